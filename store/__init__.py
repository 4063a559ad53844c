"""The Post, the lake that holds it, the index that answers for it, and the Query that asks."""
