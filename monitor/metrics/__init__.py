"""What Prometheus reads: how far collection is, what is kept, what waits, what fails.

Nothing is counted in a process for its own sake: commands, jobs and the pages run apart, so each
scrape reads the lake's log, the index and the application database, where all of them write. Only
the times of questions are this server's own.
"""
