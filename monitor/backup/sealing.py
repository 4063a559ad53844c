"""A file sealed in pieces: read and written as a stream, and refused when a byte is not as it was.

MAGIC, 32 bytes of seed, then pieces of 1 MiB, each AES-256-GCM under the file's own key. A
piece's nonce is its number and whether it is the last (the STREAM construction, Hoang et al.,
2015), so that none can be cut off, moved or repeated; the file's name is associated data, so that
no file can take the place of another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from monitor.backup import BackupDamaged

MAGIC = b"unite sealed 1\n"
SEED = 32
PIECE = 1 << 20
_TAG = 16


class Sealer(Protocol):
    """Whoever may write: a fresh seed, and the key of the file that begins with it."""

    def fresh(self) -> tuple[bytes, bytes]: ...


class Opener(Protocol):
    """Whoever may read: the key of the file that begins with `seed`."""

    def key(self, seed: bytes) -> bytes: ...


def size_of(plain: int) -> int:
    """How many bytes a sealed file of `plain` bytes has."""
    pieces = max(1, -(-plain // PIECE))
    return len(MAGIC) + SEED + plain + _TAG * pieces


def seal(name: str, plain: Iterable[bytes], sealer: Sealer) -> Iterator[bytes]:
    """The bytes of the sealed file `name`. plain: in parts of any size."""
    seed, key = sealer.fresh()
    cipher = AESGCM(key)
    yield MAGIC + seed
    held, number = b"", 0
    for part in plain:
        held += part
        # a full piece is kept back until more comes: it may be the last
        while len(held) > PIECE:
            yield cipher.encrypt(_nonce(number, False), held[:PIECE], name.encode())
            held, number = held[PIECE:], number + 1
    yield cipher.encrypt(_nonce(number, True), held, name.encode())


def unseal(name: str, sealed: BinaryIO, opener: Opener, where: str) -> Iterator[bytes]:
    """What `seal` was given, piece by piece. where: for messages. Raises BackupDamaged.

    A piece that comes out is as it was; only after the last is the file known to be whole.
    """
    head = sealed.read(len(MAGIC) + SEED)
    if len(head) < len(MAGIC) + SEED:
        raise damaged(where, "cut short")
    if head[: len(MAGIC)] != MAGIC:
        raise damaged(where, "altered, or no file of a backup")
    cipher = AESGCM(opener.key(head[len(MAGIC) :]))
    number, piece = 0, sealed.read(PIECE + _TAG)
    while True:
        after = sealed.read(PIECE + _TAG)
        if len(piece) < _TAG:
            raise damaged(where, "cut short")
        try:
            plain = cipher.decrypt(_nonce(number, not after), piece, name.encode())
        except InvalidTag as error:
            raise damaged(where, "altered or cut short") from error
        yield plain
        if not after:
            return
        number, piece = number + 1, after


def damaged(where: str, what: str) -> BackupDamaged:
    """A file of the backup cannot be used."""
    return BackupDamaged(
        f"a file of the backup is {what}",
        where=where,
        hint="use another backup; `unite backup DEST --check` looks at one without restoring it",
    )


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])
