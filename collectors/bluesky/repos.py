"""Events of the network's own stream, com.atproto.sync.subscribeRepos.

Each message is a frame of DAG-CBOR with the records of a commit beside it, as the protocol's own
library decodes them. It is larger and slower to read than Jetstream, and needs no relay of others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from atproto_core.car import CAR
from atproto_core.cid import CID
from atproto_subscription.frames import Frame, MessageFrame

from collectors.bluesky.events import CLOSED, COLLECTION, LAST_US, OPENED, OPERATIONS, Event
from collectors.errors import Unmappable
from collectors.shapes.bluesky import instant

# an operation's path as CBOR writes it, with its length; a like names posts too, but not there
_POST = re.compile(rb"dpath(?:[\x60-\x77]|x.|y..)app\.bsky\.feed\.post/", re.DOTALL)


def may_matter(message: bytes) -> bool:
    """Whether a message may say something of a post or an account; false only where it does not."""
    return b"#account" in message[:40] or _POST.search(message) is not None


def read(message: bytes) -> tuple[Event, ...]:
    """The events of posts or of an account in a message. Raises Unmappable."""
    try:
        return tuple(_events(message))
    except Unmappable:
        raise
    except Exception:  # whatever the decoder stumbles over; its words may hold the bytes
        raise Unmappable("no frame that can be read", column="message") from None


def _events(message: bytes) -> Iterator[Event]:
    frame = Frame.from_bytes(message)
    if not isinstance(frame, MessageFrame) or frame.type not in ("#commit", "#account"):
        return
    body = frame.body
    at, seq = instant(body.get("time")), body.get("seq")
    if at is None or type(seq) is not int or not 0 < seq < 2**53:
        raise Unmappable("no moment", column="time")
    time_us = int(at.timestamp() * 1_000_000)
    if not 0 < time_us < LAST_US:
        raise Unmappable("no moment", column="time")
    if frame.type == "#commit":
        yield from _commit(body, time_us, seq)
        return
    account = str(body["did"])
    kind = CLOSED if body.get("active") is False else OPENED
    yield Event(kind, time_us, seq, account, account, {}, f"{body.get('status')} {seq}")


def _commit(body: dict[str, Any], time_us: int, seq: int) -> Iterator[Event]:
    account, revision = str(body["repo"]), str(body.get("rev"))
    records: dict[CID, Any] | None = None
    for operation in body["ops"]:
        path, action = operation["path"], operation["action"]
        if not path.startswith(f"{COLLECTION}/"):
            continue
        record: Any = {}
        if action != "delete":
            if records is None:
                records = CAR.from_bytes(body["blocks"]).blocks
            record = records.get(CID.from_decoded_bytes(operation["cid"]))
            if not isinstance(record, dict):
                raise Unmappable("no record", column="record")
        name = f"at://{account}/{path}"
        yield Event(OPERATIONS[action], time_us, seq, name, account, record, revision)
