"""Which word lists and rules the posts were tagged with, and whether an answer mixes them.

Each post keeps its tagger: a digest of lists, places and rules. After a change of the lists old
posts keep the old one until `unite retag`; an answer that rests on such posts is marked. The
figures are of all posts of the installation, never of a question: they tell of no cell.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from base.errors import UniteError
from monitor.tagging import present
from monitor.workspace import Workspace

_SHOWN = 3


@dataclass(frozen=True)
class Versions:
    """current: the tagger of a post that came now; None where its lists cannot be read.
    posts: tagger → how many of all posts it tagged."""

    current: str | None
    posts: Mapping[str, int]

    @property
    def others(self) -> int:
        """Posts that the present tagger did not tag."""
        return sum(n for tagger, n in self.posts.items() if tagger != self.current)

    @property
    def share(self) -> float:
        """The share of those, 0 to 1."""
        return self.others / (sum(self.posts.values()) or 1)

    def note(self, taggers: Collection[str]) -> str | None:
        """What to say beside an answer that rests on posts of these taggers; None for nothing."""
        old = sorted(set(taggers) - {self.current})
        if not old:
            return None
        if self.current is None:
            mixed = f" ({len(old)} versions in this answer)" if len(old) > 1 else ""
            return f"the present word lists cannot be read{mixed}: unite taxonomy check"
        names = ", ".join(old[:_SHOWN]) + (" …" if len(old) > _SHOWN else "")
        how = "in part " if self.current in taggers else ""
        if not self.others:
            return (f"this answer rests {how}on posts whose whole text is not kept any more, tagged"
                    f" by earlier word lists or rules ({names})")  # fmt: skip
        return (
            f"{self.others:,} of {sum(self.posts.values()):,} posts were tagged by other word lists"
            f" or rules, and this answer rests {how}on such posts ({names}):"
            " `unite retag` brings them up to date"
        )


def versions(workspace: Workspace) -> Versions:
    """What all posts of the index were tagged with. Raises IndexFault."""
    try:
        current = present(workspace.settings, workspace.registry)
    except UniteError:
        current = None  # an answer is given all the same; `unite taxonomy check` says what is wrong
    return Versions(current, workspace.index.taggers())
