"""From raw text to a tagged post: one file a step, chained by `tagger`."""
