"""Keyed identifiers: what stands in for a native id, an author or an address.

All are BLAKE2b under an installation key (Aumasson et al., 2013; RFC 7693), so that nobody
without the key can test a guess. 128 bits as 32 hex digits; folds are 6 bits of the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

FOLDS = 64


def keyed(key: bytes, kind: str, *parts: str) -> str:
    """32 hex digits that stand for `parts` under `key`; `kind` keeps uses apart."""
    return _digest(key, kind, parts).hexdigest()


def fold_of(key: bytes, kind: str, *parts: str) -> int:
    """A stable number 0–63 for `parts` under `key`: the replicate a row belongs to."""
    return _digest(key, kind, parts).digest()[0] % FOLDS


def record_key(key: bytes, *parts: str) -> int:
    """A stable 32-bit number a row adds to the key of every cell that it stands in."""
    return int.from_bytes(_digest(key, "record", parts).digest()[:4], "big")


def _digest(key: bytes, kind: str, parts: Iterable[str]) -> hashlib.blake2b:
    # surrogatepass: a platform's id may hold what no encoding takes
    joined = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(joined, digest_size=16, key=key[:64], person=kind.encode()[:16])


def content_id(platform: str, source: str, date_given: str, text: str) -> str:
    """The native id of an item that has none: SHA-256 of what does not change about it."""
    joined = "\0".join((platform, source, date_given, text))
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()
