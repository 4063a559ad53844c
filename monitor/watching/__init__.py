"""Watch lists: saved Queries that every new post is held against on its way in."""
