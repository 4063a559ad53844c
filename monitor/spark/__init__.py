"""Retagging and back-fills on many cores: the same functions, under Spark's `mapInArrow`.

Runs in an environment of its own (`scripts/setup-spark.sh`); nothing else imports it. Workers do
what a process does with one file or page; only the driver, which holds the locks, commits.
"""
