"""Jobs: what is done again and again. One table, which the clock and Airflow both go through."""

from monitor.jobs.running import due, run, run_interval

__all__ = ["due", "run", "run_interval"]
