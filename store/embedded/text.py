"""`text` and `terms`: which rows of a segment hold the words.

The table `words` is in the order of its words, so that a word is one look-up and `wor*` a range.
A phrase is where all its words are, and then its line says whether they stand side by side.
Rows are marks, one a row of the segment: AND and OR cost nothing, and the join that follows is
over a list whose length is known (from a subquery, DuckDB's guess was wrong for `wor*`: 4 times
slower).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

import duckdb
import numpy as np
import numpy.typing as npt

from store.embedded.reader import Attached
from store.embedded.tables import quoted
from store.embedded.where import where
from store.query import Query, phrases, term_phrase

Marks = npt.NDArray[np.bool_]
Phrase = tuple[tuple[str, ...], bool]
# sorts after every word that begins like the text before it
_LAST = "\U0010ffff"
_HITS = "row IN (SELECT row FROM hits)"


def condition(
    con: duckdb.DuckDBPyConnection,
    query: Query,
    segment: Attached,
    countries: Mapping[str, str],
) -> str | None:
    """The condition that a row of the segment's posts must meet; None when none can.

    It holds on `con` only, where the rows that hold the text are listed.
    """
    plain = where(query, segment, countries)
    if plain is None or not (query.text or query.terms):
        return plain
    wanted = phrases(query.text)
    if len(wanted) == 1 and len(wanted[0][0]) == 1 and not wanted[0][1] and not query.terms:
        # the usual search, and one that DuckDB guesses right
        return f"{plain} AND row IN ({_rows_sql(wanted[0][0][0], False, segment)})"
    marks = _marks(con, query, segment)
    if not marks.any():
        return None
    _list(con, marks)
    return f"{plain} AND {_HITS}"


def _marks(con: duckdb.DuckDBPyConnection, query: Query, segment: Attached) -> Marks:
    marks = np.ones(segment.rows, bool)
    for phrase in phrases(query.text):
        marks &= _holding(con, phrase, segment)
    if query.terms:
        terms = (_holding(con, term_phrase(term), segment) for term in query.terms)
        marks &= reduce(np.logical_or, terms)
    return marks


def _holding(con: duckdb.DuckDBPyConnection, phrase: Phrase, segment: Attached) -> Marks:
    parts, is_open = phrase
    marks = _look_up(con, parts[-1], is_open, segment)
    for word in parts[:-1]:
        if marks.any():
            marks &= _look_up(con, word, False, segment)
    if len(parts) == 1 or not marks.any():
        return marks
    _list(con, marks)
    line = " " + " ".join(parts) + ("" if is_open else " ")
    rows = f"SELECT row FROM {segment.alias}.posts WHERE {_HITS}"
    return _marked(con.execute(f"{rows} AND contains(line, {quoted(line)})"), segment)


def _look_up(con: duckdb.DuckDBPyConnection, word: str, is_open: bool, segment: Attached) -> Marks:
    return _marked(con.execute(_rows_sql(word, is_open, segment)), segment)


def _rows_sql(word: str, is_open: bool, segment: Attached) -> str:
    beyond = f">= {quoted(word)} AND word < {quoted(word + _LAST)}"
    fits = beyond if is_open else f"= {quoted(word)}"
    return f"SELECT row FROM {segment.alias}.words WHERE word {fits}"


def _marked(found: duckdb.DuckDBPyConnection, segment: Attached) -> Marks:
    marks = np.zeros(segment.rows, bool)
    marks[found.fetchnumpy()["row"]] = True
    return marks


def _list(con: duckdb.DuckDBPyConnection, marks: Marks) -> None:
    con.register("hits", {"row": np.flatnonzero(marks).astype(np.uint32)})
