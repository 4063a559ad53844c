"""Whom connections believe: the authorities everybody trusts, and one's own beside them.

SSL_CERT_FILE, where it is set, takes the place of the public ones, as everywhere.
"""

from __future__ import annotations

import ssl
from pathlib import Path

import httpx

from base.errors import BadInput

SETTING = "UNITE_COLLECTORS_CA"


def trust(own: Path | None = None) -> ssl.SSLContext:
    """own: certificates in PEM, of an own authority or a proxy that signs. Raises BadInput."""
    try:
        found = httpx.create_ssl_context()
    except OSError as error:  # also ssl.SSLError
        raise _unusable("SSL_CERT_FILE", error) from error
    if own is not None:
        try:
            found.load_verify_locations(cafile=own)
        except OSError as error:
            raise _unusable(SETTING, error) from error
    return found


def _unusable(where: str, error: OSError) -> BadInput:
    is_content = isinstance(error, ssl.SSLError)
    what = "it holds no certificate" if is_content else error.strerror or "unreadable"
    return BadInput(
        f"the certificates cannot be read ({what})", where=where,
        expected="a file of certificates in PEM (-----BEGIN CERTIFICATE-----)",
    )  # fmt: skip
