"""One file a platform: public posts in, pages of items out, nothing written."""
