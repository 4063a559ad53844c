"""Posts of a Discourse forum as its JSON gives them, under the names of ITEM.

The native id is the post's short address (`https://forum/p/123`), for every forum counts from 1.
The author is the forum's number of the account. Quotes of others are dropped.
Schema: https://docs.discourse.org (Posts, Topics).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from collectors.errors import Unmappable
from collectors.html_text import bounded, plain

_BY_PERSONS = (1, 2)  # post_type: a post, a moderator's post; 3 a note of the forum, 4 a whisper
# a quote or a preview without another inside
_QUOTE = re.compile(
    r'<aside class="(?:quote|onebox)[^<>]*>[^<]*(?:<(?!/?aside\b)[^<]*)*</aside>', re.IGNORECASE
)
_LIKE = 2  # actions_summary: the kinds of reactions


def fields(post: Mapping[str, Any], base: str, title: str | None = None) -> dict[str, Any]:
    """The fields of one post of the forum at `base`. Raises Unmappable.

    title: of its topic, where the post does not say it; told with the first post only.
    """
    if post.get("deleted_at") or post.get("user_deleted") or post.get("hidden"):
        raise Unmappable("removed by its author or the platform", column="text")
    if post.get("post_type", 1) not in _BY_PERSONS:
        raise Unmappable("a note of the forum, no post", column="kind")
    cooked, number, topic = post.get("cooked"), post.get("post_number"), post.get("topic_id")
    if not isinstance(cooked, str) or not post.get("id"):
        raise Unmappable("no text", column="text")
    # the caption under a picture (its file's name and size) is the forum's
    words = plain(_own(bounded(cooked)))
    is_first = number == 1
    author = post.get("user_id")
    return {
        "native_id": f"{base}/p/{post['id']}",
        "address": f"{base}/t/{post.get('topic_slug') or '-'}/{topic}/{number}",
        "author": f"{base}/u/{author}" if author else None,
        "created": post.get("created_at"),
        "kind": "post" if is_first else "reply",
        "thread": f"{base}/t/{topic}" if topic else None,
        "title": (post.get("topic_title") or title) if is_first else None,
        "text": words.text,
        "replies": post.get("reply_count"),
        "likes": _likes(post.get("actions_summary")),
        "image": words.image,
        "video": words.video or "<video" in cooked or "lazy-video" in cooked,
        "lang": post.get("locale"),
    }


def _own(cooked: str) -> str:
    """Without captions of pictures and most quotes: what is left seldom takes a parser."""
    if '<div class="meta">' in cooked:
        first, *others = cooked.split('<div class="meta">')
        cooked = first + "".join(part.partition("</div>")[2] for part in others)
    return _QUOTE.sub("", cooked) if "<aside" in cooked else cooked


def _likes(given: object) -> int:
    actions = given if isinstance(given, list) else []
    found = (a.get("count") for a in actions if isinstance(a, dict) and a.get("id") == _LIKE)
    count = next(found, 0)
    return count if isinstance(count, int) else 0
