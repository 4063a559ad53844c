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
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from base.errors import Terminal, UniteError
from base.ids import keyed


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


_TRACKING = re.compile(r"^(utm_\w+|fbclid|gclid|ref|ref_src|s|t|si|igshid)$")


def normal_address(address: str) -> str:
    """An address without scheme, www, mobile host, tracking parameters, fragment, last slash."""
    parts = urlsplit(address.strip() if "//" in address else f"//{address.strip()}")
    host = re.sub(r"^(www|m|mobile|old|new)\.", "", (parts.hostname or "").lower())
    kept = sorted(p for p in parts.query.split("&") if p and not _TRACKING.match(p.split("=")[0]))
    path = parts.path.rstrip("/")
    return f"{host}{path}" + (f"?{'&'.join(kept)}" if kept else "")
