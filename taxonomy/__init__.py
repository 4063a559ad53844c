"""The tree of integration: dimensions, areas, terms, slang, groups, rights, by language."""
