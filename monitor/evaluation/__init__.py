"""How good the tagger is, on example posts that nothing was made from."""
