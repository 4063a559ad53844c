"""The fixed grid: the questions that the counts tier answers.

A question passes when each of its cells is one of these: one period (`analysis.periods`) × one
city, one country or all × one area or all × at most one value of one more closed column. A cell
over several cities, areas or values that somebody picks is refused: picking many such unions and
comparing them would average the rounding away. Everything else belongs to the posts tier.

What `tests/unit/test_attack.py` decided, with every cell of the grid in the attacker's hands:
- Blocks of 4, 13 and 52 weeks are counted from a fixed Monday. With sliding blocks 58 % of the
  suppressed weeks were guessed right where chance gets 45 %; with fixed ones 48 %.
- An exact zero is a free equation. Told for every cell, it gave away 79 % of the suppressed
  weeks in spite of the rounding, so zero is told apart from few only where `tells_zero` says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from analysis.periods import KINDS, containing, exactly, nearest
from base.errors import NotAllowed, UniteError
from store.query import NAMES, Query

# closed column: dimension → the field of Query that filters it
CLOSED = {
    "platform": "platforms", "voice": "voices", "lang": "languages", "speech": "speech",
    "tone": "tone", "hate": "hate", "group": "groups", "place": "places", "right": "rights",
}  # fmt: skip
_BASE = ("platform", "voice", "lang")  # closed columns that the base of all posts seen knows
_REFUSED = ("text", "terms", "sources", "kinds")
_PLACES = {"city": "cities", "country": "countries"}
_TIME = ("week", "month")
# Where posts seen were found and what they are about: alone, without any other filter.
_CROSSINGS = (("city", "origin"), ("home", "origin"))
_YEARS = ("52 weeks", "year")
_HINT = "or ask in the posts tier: --purpose NAME (unite purpose add)"


@dataclass(frozen=True)
class Question:
    """What kind of cell a question on the grid asks for.

    period: a kind of `analysis.periods.KINDS`. column: the further closed column, if any.
    """

    period: str
    column: str | None
    of_one_city: bool

    @property
    def tells_zero(self) -> bool:
        """Whether `zero` may be told apart from `few`.

        Only for a city's whole year without a further column: no cell of the grid encloses it,
        so that its state cannot be subtracted from anything.
        """
        return self.period in _YEARS and self.column is None and self.of_one_city


def check(query: Query, by: Sequence[str]) -> Question:
    """The kind of question, if it is on the grid. Raises NotAllowed naming the nearest that is."""
    if "origin" in by or "home" in by:
        return _crossing(query, by)
    for name in _REFUSED:
        if getattr(query, name):
            raise _refused(f"the filter {NAMES[name]}", f"leave out {NAMES[name]}")
    if query.experience is not None:
        raise _refused("the filter experience", "leave out experience")
    for name in by:
        if name not in (*_PLACES, "area", *_TIME, *CLOSED):
            raise _refused(f"counts by {name}", f"by {', '.join((*_PLACES, 'area', *_TIME))}, …")
    column = _column(query, by)
    _one_each(query, by)
    if query.relevant is False or (
        query.relevant is None and (query.areas or "area" in by or column not in (None, *_BASE))
    ):
        raise _refused("counts of posts that are not relevant", "relevant posts, or all by city")
    return Question(_period(query, by), column, "city" in by or len(query.cities) == 1)


def _crossing(query: Query, by: Sequence[str]) -> Question:
    """The question which posts seen about a city were found elsewhere, or the other way round."""
    plain = Query(cities=query.cities, since=query.since, until=query.until, relevant=None)
    if tuple(by) not in _CROSSINGS or query != plain or (query.cities and "city" not in by):
        near = " or by ".join(", ".join(c) for c in _CROSSINGS)
        raise _refused(f"counts by {', '.join(by)} with these filters", f"all posts by {near}")
    return Question(_period(query, by), "origin", of_one_city=True)


def _column(query: Query, by: Sequence[str]) -> str | None:
    asked = [name for name, field in CLOSED.items() if name in by or getattr(query, field)]
    if len(asked) > 1:
        raise _refused(
            f"{' and '.join(asked)} at once", f"city × area and one of them, such as {asked[0]}"
        )
    return asked[0] if asked else None


def _one_each(query: Query, by: Sequence[str]) -> None:
    """Each cell has one city (or country, or all), one area (or all), one value."""
    if "city" not in by and len(query.cities) != 1:
        if query.cities:
            raise _refused("several cities in one figure", "each city by itself (by city)")
        if "country" not in by and len(query.countries) > 1:
            raise _refused("several countries in one figure", "each by itself (by country)")
    for name, field in {"area": "areas", **CLOSED}.items():
        values = getattr(query, field)
        # `hate` filters kinds, but its cells are yes and no
        whole = name in by and (name != "hate" or set(values) <= {"yes", "no"})
        if len(values) > 1 and not whole:
            raise _refused(f"several values of {name} in one figure", f"each by itself (by {name})")


def _period(query: Query, by: Sequence[str]) -> str:
    times = [name for name in _TIME if name in by]
    if len(times) > 1:
        raise _refused("weeks cut by months", "by week or by month")
    if times:
        _whole(query, times[0])
        return times[0]
    if query.since is None or query.until is None:
        day = query.since or (query.until and query.until - timedelta(days=1))
        raise _refused(
            "a period without both ends",
            str(containing("year", day)) if day else "a period (--since, --until)",
        )
    period = exactly(query.since, query.until)
    if period is None:
        near = nearest(query.since, query.until)
        raise _refused(f"the period {query.since} to {query.until}", str(near))
    return period.kind


def _whole(query: Query, kind: str) -> None:
    """The ends of a series by week or month do not cut one."""
    since = containing(kind, query.since).since if query.since else None
    until = containing(kind, query.until - timedelta(days=1)).until if query.until else None
    if (since, until) != (query.since, query.until):
        near = [f"--{name} {day}" for name, day in (("since", since), ("until", until)) if day]
        raise _refused(f"a series that cuts a {kind}", " ".join(near))


def _refused(what: str, near: str) -> UniteError:
    return NotAllowed(
        f"the counts tier does not answer {what}",
        expected=f"a question on the grid: {', '.join(KINDS)}; city × area × at most one of "
        + ", ".join(CLOSED),
        hint=f"nearest: {near}; {_HINT}",
    )
