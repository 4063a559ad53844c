"""What every answer carries: no foreign host, no frame, no guessing, no trace left elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

_REST = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def security(script_hashes: Sequence[str] = ()) -> list[tuple[bytes, bytes]]:
    """The headers. script_hashes: of the inline scripts of Dash's own page, `'sha256-…'`.

    Styles may stand inline: the components write theirs into the page as they are drawn. No
    script may but those hashed, and nothing may be fetched from, or sent to, another host.
    """
    policy = {
        "default-src": "'none'",
        "script-src": " ".join(["'self'", *script_hashes]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    written = "; ".join(f"{name} {value}" for name, value in policy.items())
    return [(b"content-security-policy", written.encode()), *_REST.items()]
