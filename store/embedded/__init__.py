"""The embedded index inside: immutable DuckDB segments under a manifest.

Its face is `store.duckdb_index`.
"""
