"""One file a command; the docstring is the help text and the reference."""
