"""Whether posts of Bluesky are still public: the network gives what stands and leaves out the rest.

Deleted posts, and those of accounts that were closed, suspended or switched off by their owners,
are all left out of the answer. No key is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from atproto_client.models.app.bsky.feed.get_posts import Params

from collectors.bluesky.api import Api, checked, listed
from collectors.collector import Access

BATCH = 25  # the most the network gives at once


def still_public(native_ids: Sequence[str], access: Access) -> dict[str, bool]:
    """Whether each post is still public; ids that are no post's address are left out."""
    wanted = [n for n in native_ids if n.startswith("at://did:")]
    api = Api(access, signed_in=False)
    found: dict[str, bool] = {}
    for first in range(0, len(wanted), BATCH):
        batch = wanted[first : first + BATCH]
        posts = listed(api.ask("app.bsky.feed.getPosts", checked(Params, uris=batch)), "posts")
        there = {_name(post) for post in posts}
        found |= {name: name in there for name in batch}
    return found


def _name(post: Any) -> str:
    return str(post.get("uri")) if isinstance(post, dict) else ""
