"""How the hosts of one run answer: which are left alone, and whose deletions are believed.

A site that moved or is broken answers 404 for everything. So what a host says is gone is held
back while it was asked little, and not believed at all when nearly everything of much is gone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from monitor.retention.standing import NOT_ASKED, Standing

ENOUGH = 20  # posts asked of a host before its answers are judged
SUSPICIOUS = 0.9  # share of them that is gone
_PATIENCE = 3  # posts without an answer, one after the other


class Hosts:
    """The answers of one run. believed: hosts that a person has vouched for."""

    def __init__(self, believed: Iterable[str] = ()) -> None:
        self._believed = frozenset(h.lower() for h in believed)
        self._asked: Counter[str] = Counter()
        self._gone: Counter[str] = Counter()
        self._silent: Counter[str] = Counter()
        self._held: dict[str, list[str]] = defaultdict(list)

    def note(self, host: str, post: str, standing: Standing) -> None:
        """Count one answer; a post that is gone is held until `release`."""
        if standing in NOT_ASKED:
            return
        self._asked[host] += 1
        if standing is Standing.GONE:
            self._gone[host] += 1
            self._held[host].append(post)
        if standing is Standing.WAIT:
            self._silent[host] = _PATIENCE
        elif standing is Standing.SILENT:
            self._silent[host] += 1
        elif self._silent[host] < _PATIENCE:
            self._silent[host] = 0

    def is_left_alone(self, host: str) -> bool:
        """Whether the host is not asked any more in this run."""
        return self._silent[host] >= _PATIENCE or self.is_suspicious(host)

    def is_suspicious(self, host: str) -> bool:
        """Whether nearly everything is gone, and nobody has said that this is so."""
        if host in self._believed or self._asked[host] < ENOUGH:
            return False
        return self._gone[host] > SUSPICIOUS * self._asked[host]

    def release(self, *, at_end: bool) -> list[str]:
        """The posts that are gone and believed; each is given out once."""
        found: list[str] = []
        for host in list(self._held):
            is_judged = at_end or host in self._believed or self._asked[host] >= ENOUGH
            if is_judged and not self.is_suspicious(host):
                found += self._held.pop(host)
        return found

    def suspicious(self) -> dict[str, int]:
        """Posts that are held back, by host."""
        return {h: len(posts) for h, posts in sorted(self._held.items()) if self.is_suspicious(h)}
