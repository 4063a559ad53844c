"""Pieces of a page that all pages share; each knows loading, empty, too few, no data, unmeasured, error."""
