"""Work on the word lists: what is wrong with them, how much they hold, what a term would add."""
