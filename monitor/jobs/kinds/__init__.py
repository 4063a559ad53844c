"""The kinds of jobs: one module each with a constant JOB, found by listing this folder."""
