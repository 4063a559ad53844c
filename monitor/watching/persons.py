"""No watch list on a person, be it a private one or one whose name is kept."""

from __future__ import annotations

import pyarrow as pa

from base.errors import NotAllowed
from base.text import phrase
from monitor.tagging import public_figures
from nlp.scrub import Scrub
from store.query import Query, phrases
from store.schema import UNKNOWN_LANGUAGE


def check_no_person(scrubber: Scrub, query: Query) -> None:
    """Raises NotAllowed where a word or phrase of the Query names a person, or anything else
    that the scrubber takes out."""
    asked = [piece for given in (query.text, *query.terms) for piece in _spellings(given)]
    if not asked:
        return
    batch = pa.record_batch({"text": asked, "lang": [UNKNOWN_LANGUAGE] * len(asked)})
    found = scrubber(batch)["redactions"].to_pylist()
    known = public_figures()
    for text, redactions in zip(asked, found, strict=True):
        if redactions or phrase(text) in known:
            raise NotAllowed(
                "a watch list does not follow a person",
                expected="words, areas, groups, places; no name, handle, number or address",
                hint="`unite query` with a purpose answers a single question about a public debate",
            )


def _spellings(given: str) -> list[str]:
    """What was given, whole and by pieces, as typed and as names are written."""
    pieces = [given, *(" ".join(words) for words, _ in phrases(given))]
    return [s for piece in pieces if piece.strip() for s in (piece, piece.title())]
