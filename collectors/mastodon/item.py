"""One status of Mastodon (or of a server that speaks its API) as the fields of ITEM.

Native id is the status' ActivityPub address: the same on every server that shows it, so that two
cities' sources find one post. `thread` is what is replied to, or the post itself, as the asked
server numbers it: the API names no root. The author is the account's ActivityPub address; of the
account nothing else is looked at but whether its owner wants to be left out.

https://docs.joinmastodon.org/entities/Status/, https://docs.joinmastodon.org/entities/Account/
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from base.table import rows
from collectors.errors import Unmappable
from collectors.html_text import Plain, bounded, plain

OPEN = ("public", "unlisted")

_MARKS = Path(__file__).with_name("marks.csv")
# the link to the quoted post that servers put before the text for readers who know no quotes
_QUOTED_LINK = re.compile(r'<p class="quote-inline">.*?</p>', re.DOTALL)
# past the library's own dictionaries, which look each name up in Python
_of = dict.get
_IMAGES = ("image",)
_VIDEOS = ("video", "gifv")


def fields(status: dict[str, Any], server: str) -> dict[str, Any]:
    """The fields of a status under the names of ITEM; `server` is the asked host.

    Raises Unmappable for one without id, date or words.
    """
    account, content = status["account"], _of(status, "content")
    if not isinstance(content, str):
        raise Unmappable("no HTML", column="content")
    created = _of(status, "created_at")
    if not created:
        raise Unmappable("no date", column="created_at")
    parent, quote = _of(status, "in_reply_to_id"), _of(status, "quote")
    body = _words(content, bool(quote))
    media = [_of(m, "type") for m in _of(status, "media_attachments") or ()]
    return {
        "native_id": _of(status, "uri") or _of(status, "url"),
        "address": _of(status, "url") or _of(status, "uri"),
        "author": _of(account, "uri") or _of(account, "url"),
        "created": created,
        "date_given": None,
        "kind": "reply" if parent else "quote" if quote else "post",
        "thread": f"{server}/{parent or status['id']}",
        "title": _of(status, "spoiler_text"),
        "text": body.text + _options(_of(status, "poll")),
        "replies": _of(status, "replies_count"),
        "reposts": _of(status, "reblogs_count"),
        "likes": _of(status, "favourites_count"),
        "image": body.image or any(m in _IMAGES for m in media),
        "video": body.video or any(m in _VIDEOS for m in media),
        "lang": _of(status, "language"),
    }


def read_status(given: object) -> dict[str, Any]:
    """The status that an answer holds at one place. Raises Unmappable for something else."""
    if not isinstance(given, dict) or not _of(given, "id"):
        raise Unmappable("no status with an id", column="id")
    account = _of(given, "account")
    if not isinstance(account, dict) or not (_of(account, "uri") or _of(account, "url")):
        raise Unmappable("no account", column="account")
    return given


def is_boost(status: dict[str, Any]) -> bool:
    """Whether it only passes on another's post."""
    return bool(_of(status, "reblog"))


def is_withheld(status: dict[str, Any], *, opt_in: bool) -> bool:
    """Whether it is never to be kept: not public, or its author wants to be left out.

    Left out means: search engines are refused (`noindex`) or the profile bears a mark such as
    #nobot (marks.csv). `opt_in`: only who has allowed search in so many words
    (`indexable`) is kept; that is off for everybody who never opened the setting.
    """
    account = status["account"]
    if _of(status, "visibility", "public") not in OPEN or _of(account, "noindex"):
        return True
    if opt_in and _of(account, "indexable") is not True:
        return True
    bears = _marks().search
    told = (_of(account, "note"), _of(account, "display_name"))
    if any(t and "#" in t and bears(t) for t in told):
        return True
    return any("#" in t and bears(t) for f in _of(account, "fields") or () for t in _cells(f))


def _cells(field: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(_of(field, name) or "") for name in ("name", "value"))


def _words(content: str, has_quote: bool) -> Plain:
    content = bounded(content)
    return plain(_QUOTED_LINK.sub("", content) if has_quote else content)


def _options(poll: dict[str, Any] | None) -> str:
    titles = [str(_of(o, "title") or "") for o in _of(poll or {}, "options") or ()]
    return "".join(f"\n{t}" for t in titles if t)


@cache
def _marks() -> re.Pattern[str]:
    words = [re.escape(row["mark"]) for row in rows(_MARKS, ("mark", "meaning"))]
    # servers write a hashtag as a link, with the word in a tag of its own
    return re.compile(rf"#(?:<span>)?(?:{'|'.join(words)})(?!\w)", re.IGNORECASE)
