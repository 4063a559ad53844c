"""Which terms no text at hand holds: candidates to be mended, or taken out.

Comes in: a taxonomy, batches of texts with their language. Goes out: what was found, by language,
and a finding `dead` for each term that was not. A text counts for the lists of its own language
only; one whose language is unknown, or has no lists, for none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from monitor.terms.findings import Finding
from nlp.evidence import Evidence
from nlp.match import Match
from nlp.patterns import Patterns
from taxonomy.model import ASIDE
from taxonomy.taxonomy import Entry, Taxonomy

LISTS = ("terms", "slang", "groups", "rights")


@dataclass
class Life:
    """texts: language → texts looked at. found: (language, list, code, term) with a hit."""

    texts: Counter[str] = field(default_factory=Counter)
    found: set[tuple[str, str, str, str]] = field(default_factory=set)

    def has(self, entry: Entry) -> bool:
        """Whether any text held the term."""
        return (entry.language, entry.list, entry.code, entry.term) in self.found


def life(taxonomy: Taxonomy, batches: Iterable[pa.RecordBatch]) -> Life:
    """What the texts hold. batches: `text`, `lang`."""
    match, known = Match(Patterns(taxonomy)), taxonomy.listed("terms")
    total = Life()
    for batch in batches:
        languages = pa.array(sorted(known), pa.string())
        of_known = batch.filter(pc.is_in(batch.column("lang").cast(pa.string()), languages))
        codes = of_known.column("lang").dictionary_encode()
        for language in codes.dictionary.to_pylist():
            rows = of_known.filter(pc.equal(of_known.column("lang"), language))
            total.texts[language] += rows.num_rows
            evidence = Evidence.of(match(rows))
            keys = np.stack([evidence.list_of, evidence.code_of, evidence.term_of], axis=1)
            # terms put aside were found, in posts about another area
            lists = ["terms" if name == ASIDE else name for name in evidence.lists]
            total.found.update(
                (language, lists[a], evidence.codes[b], evidence.terms[c])
                for a, b, c in np.unique(keys, axis=0).tolist()
            )
    return total


def dead(taxonomy: Taxonomy, of: Life) -> Iterator[Finding]:
    """A finding for each term of the languages looked at that no text held."""
    for language in sorted(of.texts):
        for name in LISTS:
            for entry in taxonomy.of(name, language):
                if not of.has(entry):
                    yield Finding("dead", entry.where, entry.term, entry.code)
