"""Airflow's view of the jobs: which are when due, for whom. What they do stands in monitor/jobs."""
