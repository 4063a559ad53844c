"""Streams: sources that tell everything as it happens, of which little is kept."""
