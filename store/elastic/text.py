"""`text` and `terms` as clauses over the field `words`.

The field holds the house's own words, so a clause compares words and analyses nothing. A trailing
`*` is exact however many words begin so: it never expands into a list that has an end.
"""

from __future__ import annotations

from typing import Any

from store.elastic.template import LONGEST_WORD
from store.query import Query, phrases, term_phrase

Clause = dict[str, Any]
_NO_END = 2_147_483_647


def text_clauses(query: Query) -> list[Clause]:
    """Clauses that all must hold."""
    found = [_holding(phrase) for phrase in phrases(query.text)]
    if query.terms:
        terms = [_holding(term_phrase(term)) for term in query.terms]
        found.append({"bool": {"should": terms, "minimum_should_match": 1}})
    return found


def fed(word: str) -> str:
    """A word as the field holds it."""
    return word[:LONGEST_WORD]


def _holding(phrase: tuple[tuple[str, ...], bool]) -> Clause:
    words, is_open = phrase
    if len(words) == 1:
        return {"prefix" if is_open else "term": {"words": {"value": fed(words[0])}}}
    line = " ".join(fed(word) for word in words)
    if is_open:
        return {"match_phrase_prefix": {"words": {"query": line, "max_expansions": _NO_END}}}
    return {"match_phrase": {"words": {"query": line}}}
