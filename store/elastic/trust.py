"""How the server is known to be the right one: its certificate.

Named by the file of an authority, only what that authority signed is trusted, no public one
beside it. Named by a fingerprint, the certificate with it is asked for first and then is the only
authority: the official client compares fingerprints of a chain that nobody verified, so anybody
who sends the public certificate of the right authority along passes there (tried, see
tests/unit/test_elastic_door.py).
"""

from __future__ import annotations

import hashlib
import re
import socket
import ssl
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import SplitResult

from base.errors import BadInput, UniteError
from store.elastic.faults import (
    CA,
    FINGERPRINT,
    URL,
    NotTrusted,
    Unreachable,
    WrongServer,
)
from store.elastic.translate import chain, unreachable

_PROBE = 3.0  # s
# OpenSSL's numbers of what is wrong with a certificate → said, what to do
_VERDICTS = {
    7: ("is signed by an authority that is not trusted here", None),
    9: ("is not valid yet", "are the clocks right?"),
    10: ("has expired", "renew it on the cluster"),
    18: ("is signed by nobody but itself", None),
    19: ("is signed by an authority that is not trusted here", None),
    20: ("is signed by an authority that is not trusted here", None),
    21: ("is signed by an authority that is not trusted here", None),
    62: ("is for another name", "use a name of the certificate in the address"),
    64: ("is for another address", "use a name of the certificate in the address"),
}
_NO_TLS = {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE",
           "PACKET_LENGTH_TOO_LONG"}  # fmt: skip
_TRUST = f"name the authority's file in {CA}, or its SHA-256 in {FINGERPRINT}"


def context(
    parts: Sequence[SplitResult], ca: Path | None, fingerprint: str | None, timeout: float
) -> ssl.SSLContext:
    """What a server of these addresses must show. Raises BadInput, NotTrusted, Unreachable."""
    if ca and fingerprint:
        raise BadInput("the certificate is named twice", where=f"{CA}, {FINGERPRINT}",
                       expected="one of them")  # fmt: skip
    if fingerprint:
        return pinned(parts, fingerprint, timeout)
    if ca is None:
        return ssl.create_default_context()
    try:
        return ssl.create_default_context(cafile=str(ca))
    except (OSError, ssl.SSLError) as error:
        is_there = isinstance(error, ssl.SSLError)
        raise BadInput(
            f"{ca} holds no certificate" if is_there else f"{ca} cannot be read ({error.strerror})",
            where=CA, expected="a file of certificates (PEM)",
        ) from None  # fmt: skip


def pinned(parts: Sequence[SplitResult], fingerprint: str, timeout: float) -> ssl.SSLContext:
    """Trusts the one certificate with this fingerprint, and what it signed."""
    wanted = fingerprint.replace(":", "").replace(" ", "").lower()
    if not re.fullmatch("[0-9a-f]{64}", wanted):
        raise BadInput("this is no fingerprint", where=FINGERPRINT,
                       expected="SHA-256 of a certificate: 64 hexadecimal digits")  # fmt: skip
    shown: list[str] = []
    failed: UniteError | None = None
    for part in parts:
        try:
            certificates = _chain(part, timeout)
        except UniteError as error:
            failed = error
            continue
        found = {hashlib.sha256(c).hexdigest(): c for c in certificates}
        if wanted in found:
            return _trusting(found[wanted])
        shown.extend(found)
    if failed and not shown:
        raise failed
    raise NotTrusted(
        "the server shows other certificates", where=f"{FINGERPRINT}, at {_place(parts[0])}",
        expected=wanted, available=shown,
        hint="ask who runs the cluster which is right before you change the setting",
    )  # fmt: skip


def _trusting(certificate: bytes) -> ssl.SSLContext:
    found = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    found.check_hostname = False  # who has the fingerprint's key is the server, whatever its name
    found.load_verify_locations(cadata=certificate)
    found.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # the server's own, signed by another
    return found


def _chain(part: SplitResult, timeout: float) -> list[bytes]:
    """The certificates that a server shows, its own first (DER). Nothing is believed yet."""
    asking = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    asking.check_hostname = False
    asking.verify_mode = ssl.CERT_NONE
    host, port = str(part.hostname), part.port or 443
    try:
        with (
            socket.create_connection((host, port), timeout) as plain,
            asking.wrap_socket(plain, server_hostname=host) as secure,
        ):
            own = secure.getpeercert(True) or b""
            return [own, *_sent(secure)]
    except ssl.SSLError as error:
        raise fault(error, _place(part)) from None
    except OSError as error:
        raise unreachable(error, _place(part)) from None


def _sent(secure: ssl.SSLSocket) -> list[bytes]:
    if hasattr(secure, "get_unverified_chain"):  # Python 3.13
        return list(secure.get_unverified_chain())
    found = secure._sslobj.get_unverified_chain() or ()  # type: ignore[attr-defined]
    return [ssl.PEM_cert_to_DER_cert(c.public_bytes()) for c in found]


def fault(error: BaseException, place: str) -> UniteError:
    """What a failed handshake means."""
    where = f"{URL} {place}"
    for cause in chain(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            said, hint = _VERDICTS.get(
                cause.verify_code, (f"is wrong: {cause.verify_message}", None)
            )
            return NotTrusted(f"the server's certificate {said}", where=where, hint=hint or _TRUST)
        if isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError):
            return Unreachable("the connection was cut off", where=where, hint="try again")
        if isinstance(cause, ssl.SSLError) and cause.reason in _NO_TLS:
            return WrongServer("the server does not speak https", where=where,
                               expected="http://… for a server without certificate, or the port "
                               "that speaks https")  # fmt: skip
        if isinstance(cause, ssl.SSLError):
            reason = (cause.reason or "no reason given").replace("_", " ").lower()
            return NotTrusted(f"no secure connection ({reason})", where=where,
                              expected="TLS 1.2 or newer, and no certificate of ours")  # fmt: skip
    return Unreachable("no secure connection", where=where)


def only_tls(place: str) -> WrongServer:
    """What an http address of a server with a certificate means."""
    return WrongServer("the server speaks only https", where=f"{URL} {place}",
                       expected="https://… and how its certificate is known: "
                       f"{CA} or {FINGERPRINT}")  # fmt: skip


def speaks_tls(host: str, port: int) -> bool:
    """Whether who cut off a plain question answers a secure one."""
    asking = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    asking.check_hostname = False
    asking.verify_mode = ssl.CERT_NONE
    try:
        with (
            socket.create_connection((host, port), _PROBE) as plain,
            asking.wrap_socket(plain, server_hostname=host),
        ):
            return True
    except OSError:
        return False


def _place(part: SplitResult) -> str:
    return f"{part.scheme}://{part.netloc}"
