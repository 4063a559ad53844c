"""The monitor itself: settings, cities, pipeline, sample, commands."""
