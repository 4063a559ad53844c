"""What can go wrong while collecting.

CollectError
├── RateLimited      Transient   wait `retry_after` seconds
├── Unreachable      Transient   network, time-out, 5xx
├── AccessRefused    Terminal    key, plan or permission
│   └── NoKey                    nobody has set the key that the platform asks for
├── Gone             Terminal    nothing stands at the address any more (404, 410)
├── WrongShape       Terminal    the whole answer is not what the platform promises
└── Unmappable       quarantine  one item's shape is unknown; the others go on
"""

from __future__ import annotations

from base.errors import Terminal, Transient, UniteError


class CollectError(UniteError):
    """Anything that goes wrong while collecting.

    said: what the platform answered with a refusal, as far as it was JSON and short, for its
    collector to tell one refusal from another. It is never shown.
    """

    said: bytes = b""


class RateLimited(CollectError, Transient):
    """The platform asks to wait; `retry_after` seconds."""


class Unreachable(CollectError, Transient):
    """The network, a time-out or the platform's own fault (5xx)."""


class AccessRefused(CollectError, Terminal):
    """The key, plan or permission does not suffice."""


class NoKey(AccessRefused):
    """The platform asks for a key that this installation does not have."""


class Gone(CollectError, Terminal):
    """Nothing stands at the address any more: moved, removed or mistyped."""


class WrongShape(CollectError, Terminal):
    """The answer as a whole is not what the platform promises (a feed that is HTML)."""


class Unmappable(CollectError):
    """One item cannot be mapped: `field` and reason go to quarantine, content never."""

    def __init__(self, reason: str, *, column: str, where: str | None = None) -> None:
        super().__init__(reason, where=where)
        self.column = column
