"""The index on Elasticsearch inside: monthly indices behind an alias, and a state beside them.

Its face is `store.elastic_index`.
"""
