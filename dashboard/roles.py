"""Who may do what: role × action, in one place. What is not in the table is refused.

`open` lets a page be laid out, `read` lets a card ask for figures of the counts tier, `choose`
turns choices of the filter into an address, `tend` shows the health of sources and acknowledges
alerts, `enter` changes the cities and their sources.
"""

from __future__ import annotations

from collections.abc import Mapping

from base.errors import NotAllowed

OPEN, READ, CHOOSE, TEND, ENTER = "open", "read", "choose", "tend", "enter"
ADMINISTRATOR = "administrator"

ALLOWED: Mapping[str, frozenset[str]] = {
    ADMINISTRATOR: frozenset({OPEN, READ, CHOOSE, TEND, ENTER}),
}


def require(role: str | None, action: str) -> None:
    """Raises NotAllowed unless the table lets the role do it; unknown names are refused too."""
    if action not in ALLOWED.get(role or "", frozenset()):
        raise NotAllowed(
            "this is not open to you",
            expected=f"a role that may {action}",
            hint="start `unite serve` and open the address it prints",
        )
