"""Sources of the registry: tried, watched, entered."""
