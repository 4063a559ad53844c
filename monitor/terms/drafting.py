"""A term as somebody thinks of it: its entry, the lists with it and without, what to look at.

Comes in: the cells of a row of the overlay that is not written yet. Goes out: a Draft. Raises the
BadInput that writing the row would raise; a term that is listed already is drafted as a change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from monitor.settings import Settings
from monitor.terms import editing
from monitor.terms.effective import overlay_of
from monitor.terms.findings import Finding
from nlp.patterns import Patterns
from nlp.rule import Rule
from taxonomy import taxonomy, vocabulary
from taxonomy.entries import Entries
from taxonomy.reader import identity
from taxonomy.taxonomy import SHIPPED, Entry, Taxonomy

_NOBODY = {"author": "-", "reason": "-"}


@dataclass(frozen=True)
class Draft:
    """entry: the term. lists: those of its language, with it. is_listed: it is no new term."""

    entry: Entry
    lists: Taxonomy
    is_listed: bool
    findings: tuple[Finding, ...]

    def alone(self) -> Patterns:
        """The term and nothing else."""
        alone = self._with([self.entry])
        return Patterns(replace(alone, vocabulary=vocabulary.table(())))

    def others(self) -> Patterns:
        """The lists of the language without the term."""
        return Patterns(self._with([e for e in self.lists.entries if e.where != self.entry.where]))

    def rule(self) -> Rule:
        """How the term is matched."""
        return self.alone().rule(0)

    def _with(self, entries: list[Entry]) -> Taxonomy:
        return replace(self.lists, entries=Entries.of(entries), _by_list={})


def draft(settings: Settings, cells: Mapping[str, str], *, lenient: bool) -> Draft:
    """The draft of a row's cells. lenient: rows of the lists that are wrong are left out."""
    overlay, language = overlay_of(settings), cells["language"]
    is_lenient = lenient or settings.taxonomy_lenient
    now = taxonomy.load(SHIPPED, [language], overlay=overlay, lenient=is_lenient)
    key = identity(Entry(cells["list"], language, cells["code"], cells["term"], cells["match"]))
    is_listed = any(identity(e) == key for e in now.of(cells["list"], language))
    action = "change" if is_listed else "add"
    change, simulated = editing.drafted(overlay, {**cells, **_NOBODY, "action": action})
    # what waits for a second person is no part of the lists yet
    counting = tuple(c for c in simulated.changes if overlay.counts(c) or c is change)
    simulated = replace(simulated, changes=counting)
    editing.refuse(change, simulated)
    lists = taxonomy.load(SHIPPED, [language], overlay=simulated, lenient=True)
    entry = next(e for e in lists.of(cells["list"], language) if e.where == change.where)
    found = editing.looked_at(settings, change, simulated)
    return Draft(entry, lists, is_listed, tuple(found))
