"""A Query as SQL over one segment: the semantics of `store.query`'s table, clause by clause.

All but `text` and `terms`, which are looked up first (`text`).

Codes are numbers in a segment and 0 is null there, so no clause below matches a null: it only
names numbers of values that are asked for. None stands for "no row of this segment can match".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from datetime import date

from store.embedded.reader import Attached
from store.query import Query, lies_in
from store.schema import HATE_KINDS, KINDS, SPEECHES, TONES, VOICES

_EPOCH = date(1970, 1, 1).toordinal()


def where(query: Query, segment: Attached, countries: Mapping[str, str]) -> str | None:
    """The condition that a row of the segment's posts must meet; None when none can."""
    clauses: list[str | None] = [
        *_period(query, segment),
        _coded(segment, "city", query.cities),
        _country(segment, query.countries, countries),
        _coded(segment, "lang", query.languages),
        _coded(segment, "platform", query.platforms),
        _coded(segment, "source", query.sources),
        _listed(segment, "areas", query.areas, str.__eq__),
        _listed(segment, "groups", query.groups, str.__eq__),
        _listed(segment, "rights", query.rights, str.__eq__),
        _listed(segment, "places", query.places, lies_in),
        _closed("_voice", VOICES, query.voices),
        _closed("_kind", KINDS, query.kinds),
        _closed("_tone", TONES, query.tone),
        _closed("_speech", SPEECHES, query.speech),
        _hate(query.hate),
        _experience(query.experience),
        _relevant(query.relevant),
    ]  # fmt: skip
    if any(clause is None for clause in clauses):
        return None
    return " AND ".join(f"({c})" for c in clauses if c) or "true"


def _numbered(column: str, numbers: Iterable[int]) -> str | None:
    listed = ", ".join(str(n) for n in numbers)
    return f"{column} IN ({listed})" if listed else None


def _coded(segment: Attached, name: str, asked: tuple[str, ...]) -> str | None:
    return _coded_in(segment, name, frozenset(asked)) if asked else ""


def _coded_in(segment: Attached, name: str, wanted: Set[str]) -> str | None:
    codes = segment.codes[name]
    return _numbered(f"_{name}", (n for n, code in enumerate(codes) if code in wanted))


def _country(segment: Attached, asked: tuple[str, ...], countries: Mapping[str, str]) -> str | None:
    if not asked:
        return ""
    lie_there = {city for city, country in countries.items() if country in asked}
    return _coded_in(segment, "city", lie_there)


def _listed(
    segment: Attached, name: str, asked: tuple[str, ...], fits: Callable[[str, str], bool]
) -> str | None:
    if not asked:
        return ""
    members = {code for codes in segment.sets[name] for code in codes}
    fitting = {code for code in members if any(fits(code, one) for one in asked)}
    return _numbered(
        f"_{name}",
        (n for n, codes in enumerate(segment.sets[name]) if not fitting.isdisjoint(codes)),
    )


def _closed(column: str, codes: tuple[str, ...], asked: tuple[str, ...]) -> str | None:
    return _numbered(column, (codes.index(a) + 1 for a in asked)) if asked else ""


def _hate(asked: tuple[str, ...]) -> str:
    parts = []
    for value in asked:
        if value == "no":
            parts.append("_hate = 1")
        elif value == "yes":
            parts.append("_hate = 2")
        else:
            parts.append(f"_hate = 2 AND _hkind = {HATE_KINDS.index(value) + 1}")
    return " OR ".join(parts)


def _experience(asked: bool | None) -> str:
    return "" if asked is None else f"_experience = {2 if asked else 1}"


def _relevant(asked: bool | None) -> str:
    return "" if asked is None else f"_relevant = {2 if asked else 1}"


def _period(query: Query, segment: Attached) -> list[str | None]:
    clauses: list[str | None] = []
    if query.since:
        since = query.since.toordinal() - _EPOCH
        clauses.append(None if segment.last < since else f"_day >= {since}")
    if query.until:
        until = query.until.toordinal() - _EPOCH
        clauses.append(None if segment.first >= until else f"_day < {until}")
    return clauses
