"""The vault: which native id and address a post had, sealed.

AES-256-GCM under the vault's own key (NIST SP 800-38D; 96-bit random nonces), the post's id as
associated data, so that a sealed row cannot be moved to another post. `lookup` finds a post by
its address without opening anything.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from urllib.parse import unquote

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from base.errors import Terminal, UniteError
from base.ids import keyed
from base.text import nfc


class VaultFault(UniteError, Terminal):
    """A sealed row cannot be opened: another key, or altered."""


@dataclass(frozen=True)
class Origin:
    """What the vault keeps of a post."""

    native_id: str | None
    address: str | None


class Vault:
    """Seals and opens under one key of 32 bytes."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)
        self._key = key

    def seal(self, post: str, origin: Origin) -> bytes:
        """Nonce and ciphertext; `post` is the id it belongs to."""
        nonce = os.urandom(12)
        plain = json.dumps([origin.native_id, origin.address]).encode()
        return nonce + self._cipher.encrypt(nonce, plain, post.encode())

    def open(self, post: str, sealed: bytes) -> Origin:
        """What was sealed for `post`. Raises VaultFault."""
        try:
            plain = self._cipher.decrypt(sealed[:12], sealed[12:], post.encode())
        except (InvalidTag, ValueError) as error:
            raise VaultFault(
                "a vault row cannot be opened",
                expected="the key it was sealed with",
                hint="restore UNITE_HOME/keys from the backup that belongs to this lake",
            ) from error
        return Origin(*json.loads(plain))

    def lookup(self, address: str) -> str:
        """The keyed hash an address is found by; the same for its usual spellings."""
        return keyed(self._key, "lookup", normal_address(address))


_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|igshid|mibextid|ref|ref_src|ref_url|si", re.I)
# Parameters that say how a post was reached on one site, and which post it is on another.
_TRACKING_ON = {"x.com": frozenset("st"), "youtube.com": frozenset("t")}
_SAME_HOST = {"twitter.com": "x.com", "youtu.be": "youtube.com"}
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.I)


def normal_address(address: str) -> str:
    """An address without scheme, port, www, mobile host, tracking parameters, fragment, last slash.

    Escapes are undone and Unicode is NFC, so that an address read on a page and one copied from
    the browser's bar are the same.
    """
    given = nfc(address).strip()
    bare = _SCHEME.sub("", given, count=1).removeprefix("//").partition("#")[0]
    beside, _, query = bare.partition("?")
    host, _, path = beside.partition("/")
    host = re.sub(r":\d*$", "", host.rpartition("@")[2]).rstrip(".").lower()
    host = _plain_host(re.sub(r"^(www|m|mobile|old|new)\.", "", host))
    path = _unescaped(path).rstrip("/")
    pairs = [p for p in query.split("&") if p]
    if host == "youtu.be":
        path, pairs = "watch", [f"v={path}", *pairs]
    host = _SAME_HOST.get(host, host)
    here = _TRACKING_ON.get(host, frozenset())
    names = (p.partition("=")[0] for p in pairs)
    kept = sorted(
        _unescaped(p)
        for p, name in zip(pairs, names, strict=True)
        if not _TRACKING.fullmatch(name) and name not in here
    )
    return f"{host}/{path}".rstrip("/") + (f"?{'&'.join(kept)}" if kept else "")


def _unescaped(part: str) -> str:
    return nfc(unquote(part, errors="surrogateescape"))


def _plain_host(host: str) -> str:
    """A host in letters, whether it was given in letters or as `xn--…`."""
    try:
        return nfc(host.encode("ascii").decode("idna"))
    except UnicodeError:
        return nfc(host)
