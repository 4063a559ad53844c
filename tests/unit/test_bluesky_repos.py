"""Frames of the network's own stream, built byte by byte as its specification says."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from typing import Any

import pytest

from collectors.bluesky.repos import may_matter, read
from collectors.errors import Unmappable

pytestmark = pytest.mark.unit
WHO = "did:plc:jemand"
POST = {"$type": "app.bsky.feed.post", "text": "Wien", "createdAt": "2026-09-21T00:00:00.000Z"}


class Link(bytes):
    """A CID, which CBOR writes with tag 42."""


def cbor(value: Any) -> bytes:
    if value is None or isinstance(value, bool):
        return {None: b"\xf6", True: b"\xf5", False: b"\xf4"}[value]
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, Link):
        return b"\xd8\x2a" + cbor(b"\x00" + bytes(value))
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(cbor, value))
    ordered = sorted(value.items(), key=lambda pair: (len(pair[0]), pair[0]))
    return head(5, len(ordered)) + b"".join(cbor(k) + cbor(v) for k, v in ordered)


def head(kind: int, size: int) -> bytes:
    if size < 24:
        return bytes([kind << 5 | size])
    width = next(w for w in (1, 2, 4, 8) if size < 256**w)
    return bytes([kind << 5 | {1: 24, 2: 25, 4: 26, 8: 27}[width]]) + size.to_bytes(width, "big")


def link(record: Any) -> Link:
    return Link(b"\x01\x71\x12\x20" + hashlib.sha256(cbor(record)).digest())


def varint(size: int) -> bytes:
    out = bytearray()
    while size >= 0x80:
        out.append(size & 0x7F | 0x80)
        size >>= 7
    return bytes([*out, size])


def car(*records: Any) -> bytes:
    first = cbor({"roots": [link(records[0])], "version": 1})
    blocks = [bytes(link(r)) + cbor(r) for r in records]
    return b"".join(varint(len(part)) + part for part in (first, *blocks))


def frame(kind: str, **body: Any) -> bytes:
    given = {"seq": 7, "time": "2026-09-21T00:00:01.250Z"} | body
    return cbor({"op": 1, "t": kind}) + cbor(given)


def commit(*operations: tuple[str, str, Any], **body: Any) -> bytes:
    ops = [
        {"action": action, "path": path, "cid": None if record is None else link(record)}
        for action, path, record in operations
    ]
    records = [r for _, _, r in operations if r is not None] or [{"empty": True}]
    return frame(
        "#commit", **{"repo": WHO, "rev": "3l", "ops": ops, "blocks": car(*records)} | body
    )


def test_operations_on_posts_are_read_and_others_not() -> None:
    other = {"text": "another record"}
    message = commit(
        ("create", "app.bsky.feed.post/3k1", POST),
        ("create", "app.bsky.feed.like/3k2", other),
        ("update", "app.bsky.feed.post/3k3", POST | {"text": "Graz"}),
        ("delete", "app.bsky.feed.post/3k4", None),
    )
    assert may_matter(message)
    events = read(message)
    names = [(e.kind, e.name.rpartition("/")[2], e.record.get("text")) for e in events]
    assert names == [
        ("written", "3k1", "Wien"),
        ("rewritten", "3k3", "Graz"),
        ("deleted", "3k4", None),
    ]
    assert {(e.account, e.position, e.time_us) for e in events} == {(WHO, 7, 1_789_948_801_250_000)}


@pytest.mark.parametrize("key", ["a", "3kabcdefghijk", "x" * 300], ids=len)
def test_the_look_at_the_bytes_misses_no_post(key: str) -> None:
    message = commit(("create", f"app.bsky.feed.post/{key}", POST))
    assert may_matter(message)
    assert len(read(message)) == 1


def test_accounts_are_read() -> None:
    for active, kind in ((False, "closed"), (True, "opened")):
        message = frame("#account", did=WHO, active=active, status="deleted")
        assert may_matter(message)
        (event,) = read(message)
        assert (event.kind, event.account) == (kind, WHO)


@pytest.mark.parametrize(
    "message",
    [
        commit(("create", "app.bsky.feed.like/3k",
                {"subject": {"uri": f"at://{WHO}/app.bsky.feed.post/3k"}})),
        commit(("create", "a.b.c/3k", {"text": "path app.bsky.feed.post/3k"})),
        frame("#identity", did=WHO, handle="erfunden.example"),
        frame("#info", name="OutdatedCursor"),
        cbor({"op": -1}) + cbor({"error": "FutureCursor"}),
    ],
    ids=["like", "text", "identity", "info", "error"],
)  # fmt: skip
def test_what_is_no_post_does_not_matter(message: bytes) -> None:
    assert not may_matter(message)
    assert read(message) == ()


@pytest.mark.parametrize(
    "message",
    [
        b"", b"\xff\xff\xff", b"\xa2" * 5000, cbor({"op": 1, "t": "#commit"}),
        commit(("create", "app.bsky.feed.post/3k", POST))[:-40],
        commit(("create", "app.bsky.feed.post/3k", POST), blocks=b"nonsense"),
        commit(("create", "app.bsky.feed.post/3k", POST), blocks=car({"other": 1})),
        commit(("shuffle", "app.bsky.feed.post/3k", POST)),
        commit(("create", "app.bsky.feed.post/3k", POST), time="gestern"),
        commit(("create", "app.bsky.feed.post/3k", POST), seq=-1),
        commit(("create", "app.bsky.feed.post/3k", POST), seq="7"),
        frame("#commit", repo=WHO, ops=5, blocks=b""),
        frame("#commit", repo=WHO, ops=[None], blocks=b""),
        frame("#account", active=False),
    ],
    ids=range(14),
)  # fmt: skip
def test_odd_frames_are_rejected_without_their_words(message: bytes) -> None:
    with pytest.raises(Unmappable) as caught:
        read(message)
    assert "Wien" not in str(caught.value)
    assert "gestern" not in str(caught.value)


def test_the_protocol_s_library_waits_until_a_source_needs_it() -> None:
    script = (
        "import sys, collectors.bluesky, collectors.bluesky.stream\n"
        "sys.exit(any(name.startswith('atproto') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
