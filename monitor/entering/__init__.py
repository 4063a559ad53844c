"""A city enters itself: an installation's own changes to the registry, beside what ships."""
