"""What a backup is sealed with: a passphrase, or the public half of a key kept elsewhere.

Passphrase: scrypt (RFC 7914), then a key a file by HKDF (RFC 5869). Key pair: X25519 with a fresh
half a file, then HKDF; who makes the backup cannot open it again. Both make a key of 32 bytes for
each file from the seed that stands at its beginning.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from base.errors import BadInput
from monitor.backup.sealing import SEED

WORK = 17  # log2 of scrypt's cost: 128 MB and about half a second for each guess
MOST_WORK = 20  # a folder that asks for more wants to use up our memory
LEAST_LETTERS = 12


@dataclass(frozen=True)
class Passphrase:
    """Seals and opens. secret: what scrypt made of the words."""

    secret: bytes = field(repr=False)

    @classmethod
    def of(cls, words: str, salt: bytes, work: int = WORK) -> Passphrase:
        """What these words mean in a folder with this salt."""
        return cls(Scrypt(salt=salt, length=32, n=1 << work, r=8, p=1).derive(words.encode()))

    @property
    def check(self) -> str:
        """Tells a wrong passphrase from a damaged file; says nothing of the words."""
        return _derived(self.secret, b"", b"check").hex()[:16]

    def fresh(self) -> tuple[bytes, bytes]:
        """Seed and key of a new file."""
        seed = os.urandom(SEED)
        return seed, self.key(seed)

    def key(self, seed: bytes) -> bytes:
        """The key of the file that begins with `seed`."""
        return _derived(self.secret, seed, b"file")


@dataclass(frozen=True)
class Recipient:
    """Seals for whoever has the secret half. public: 32 bytes."""

    public: bytes

    def fresh(self) -> tuple[bytes, bytes]:
        """Seed and key of a new file; the seed is the public half of a key used once."""
        once = X25519PrivateKey.generate()
        seed = once.public_key().public_bytes_raw()
        shared = once.exchange(X25519PublicKey.from_public_bytes(self.public))
        return seed, _derived(shared, seed + self.public, b"file")


@dataclass(frozen=True)
class Identity:
    """The secret half: seals and opens."""

    private: X25519PrivateKey = field(repr=False)

    @property
    def recipient(self) -> Recipient:
        """The public half."""
        return Recipient(self.private.public_key().public_bytes_raw())

    def fresh(self) -> tuple[bytes, bytes]:
        """Seed and key of a new file."""
        return self.recipient.fresh()

    def key(self, seed: bytes) -> bytes:
        """The key of the file that begins with `seed`."""
        try:
            shared = self.private.exchange(X25519PublicKey.from_public_bytes(seed))
        except ValueError:  # a seed of zeros, which no honest writer makes
            shared = bytes(32)
        return _derived(shared, seed + self.recipient.public, b"file")


Secret = Passphrase | Recipient | Identity


def make_key(path: Path) -> Path:
    """Write a new key, mode 0600, and its public half beside it; the path of that half."""
    public = path.with_name(f"{path.name}.pub")
    private = X25519PrivateKey.generate()
    pem = serialization.Encoding.PEM
    secret = private.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    shown = private.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
    for file, content, mode in ((path, secret, 0o600), (public, shown, 0o644)):
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        except OSError as error:
            raise BadInput(
                f"cannot be written ({error.strerror})", where=file.name,
                expected="a name that is not taken, in a folder of yours",
            ) from error  # fmt: skip
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(content)
    return public


def read_recipient(path: Path) -> Recipient:
    """The public half in a file. Raises BadInput."""
    try:
        found = serialization.load_pem_public_key(_read(path))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _no_key(path, "the file that ends in .pub") from error
    if not isinstance(found, X25519PublicKey):
        raise _no_key(path, "the file that ends in .pub")
    return Recipient(found.public_bytes_raw())


def read_identity(path: Path) -> Identity:
    """The secret half in a file. Raises BadInput."""
    try:
        found = serialization.load_pem_private_key(_read(path), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _no_key(path, "the secret file, without .pub") from error
    if not isinstance(found, X25519PrivateKey):
        raise _no_key(path, "the secret file, without .pub")
    return Identity(found)


def read_words(path: Path) -> str:
    """The passphrase in a file: its first line. Raises BadInput."""
    try:
        lines = _read(path).decode().splitlines()
    except UnicodeDecodeError as error:
        raise BadInput("no text", where=path.name, expected="a passphrase in UTF-8") from error
    return checked_words(lines[0] if lines else "", path.name)


def checked_words(words: str, where: str) -> str:
    """The passphrase itself. Raises BadInput where it is too short to protect anything."""
    if len(words.strip()) < LEAST_LETTERS:
        raise BadInput(
            "the passphrase is too short", where=where,
            expected=f"at least {LEAST_LETTERS} characters, kept where the backup is not",
        )  # fmt: skip
    return words.strip()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"cannot be read ({error.strerror})", where=path.name) from error


def _no_key(path: Path, expected: str) -> BadInput:
    return BadInput(
        "no such key", where=path.name, expected=f"{expected}, made by `unite backup --new-key`"
    )


def _derived(secret: bytes, salt: bytes, about: bytes) -> bytes:
    info = b"unite backup " + about
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=info).derive(secret)
