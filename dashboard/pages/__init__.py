"""One module a page, each with a constant `PAGE`; the folder is the menu."""
