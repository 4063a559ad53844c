"""What things are called on the server: all begin with one name, so that two installations, or a
test and a dashboard, can share a cluster.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from base.errors import BadInput

_GOOD = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")


@dataclass(frozen=True)
class Names:
    """The names under one prefix. Raises BadInput for what no index may be called."""

    prefix: str

    def __post_init__(self) -> None:
        if not _GOOD.fullmatch(self.prefix):
            raise BadInput(
                f"{self.prefix!r} cannot begin an index's name",
                expected="lower-case letters, digits, - and _, beginning with a letter or digit",
            )

    @property
    def posts(self) -> str:
        """The alias of the months that answer, and their template."""
        return f"{self.prefix}-posts"

    @property
    def coverage(self) -> str:
        """The alias of the coverage that answers, and its template."""
        return f"{self.prefix}-coverage"

    @property
    def state(self) -> str:
        """The index of the state."""
        return f"{self.prefix}-state"

    def new(self, *parts: str) -> str:
        """A name for an index that nobody has had."""
        return "-".join((*parts, secrets.token_hex(4)))
