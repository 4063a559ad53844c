"""Events of Bluesky's stream, and which messages of Jetstream tell of one.

A message is JSON as Jetstream sends it (https://github.com/bluesky-social/jetstream, /subscribe):
a commit (a record was created, updated or deleted), an account's state, or something else. Most
are something else, and are told by a look at their bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from collectors.errors import Unmappable
from collectors.shapes import dig

COLLECTION = "app.bsky.feed.post"
# A name in quotes: inside a text the quotes would be escaped, and an address goes on with a slash.
_POST = b'"app.bsky.feed.post"'
_ACCOUNT = b'"account"'

LAST_US = 4_102_444_800_000_000  # the year 2100: a cursor from beyond it would end the stream

WRITTEN, REWRITTEN, DELETED, CLOSED, OPENED = "written", "rewritten", "deleted", "closed", "opened"
OPERATIONS = {"create": WRITTEN, "update": REWRITTEN, "delete": DELETED}


@dataclass(frozen=True)
class Event:
    """What happened to a post or an account, at `time_us` microseconds of Unix time.

    position: by which the stream is gone on with: that moment, or a number of its own. name: the
    post's address in the network (at://…), or the account's id. record: the post.
    """

    kind: str
    time_us: int
    position: int
    name: str
    account: str
    record: Mapping[str, Any] = field(default_factory=dict, repr=False)
    revision: str = ""

    @property
    def digest(self) -> str:
        """What tells this event from another, 16 hex digits."""
        given = f"{self.kind} {self.name} {self.revision}".encode("utf-8", "replace")
        return hashlib.blake2b(given, digest_size=8).hexdigest()

    def view(self) -> dict[str, Any]:
        """The post as the app would show it, as far as the stream tells."""
        seen = datetime.fromtimestamp(self.time_us / 1e6, UTC).isoformat(timespec="microseconds")
        return {
            "uri": self.name,
            "author": {"did": self.account},
            "record": self.record,
            "indexedAt": seen.replace("+00:00", "Z"),
        }


def may_matter(message: bytes) -> bool:
    """Whether a message may say something of a post or an account; false only where it does not."""
    return _POST in message or _ACCOUNT in message


def read(message: bytes) -> tuple[Event, ...]:
    """The event of a message, nothing where it is none of a post. Raises Unmappable."""
    try:
        found = json.loads(message)
    except (ValueError, RecursionError):
        raise Unmappable("no JSON", column="message") from None
    if not isinstance(found, dict):
        raise Unmappable("no object", column="message")
    kind, account = found.get("kind"), found.get("did")
    is_post = kind == "commit" and dig(found, "commit", "collection") == COLLECTION
    if not is_post and kind != "account":
        return ()
    time_us = found.get("time_us")
    if type(time_us) is not int or not 0 < time_us < LAST_US:
        raise Unmappable("no moment", column="time_us")
    if not isinstance(account, str) or not account.startswith("did:"):
        raise Unmappable("no account", column="did")
    if kind == "account":
        is_open = dig(found, "account", "active") is not False
        status = dig(found, "account", "status")
        state = OPENED if is_open else CLOSED
        return (Event(state, time_us, time_us, account, account, {}, f"{status} {time_us}"),)
    commit = found["commit"]
    operation, key, record = (commit.get(n) for n in ("operation", "rkey", "record"))
    if operation not in OPERATIONS or not isinstance(key, str) or not key:
        raise Unmappable("no known operation", column="operation")
    name = f"at://{account}/{COLLECTION}/{key}"
    if operation != "delete" and not isinstance(record, dict):
        raise Unmappable("no record", column="record")
    kind, revision = OPERATIONS[operation], str(commit.get("rev"))
    return (Event(kind, time_us, time_us, name, account, record or {}, revision),)
