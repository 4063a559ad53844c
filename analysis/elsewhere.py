"""How much of what is said about a city was found in the sources of other cities.

A post of one city's source that is about another city counts for the other (`nlp.places`). So a
city's figures rest partly on sources elsewhere, and its own sources speak partly of elsewhere;
a comparison says both. Posts of sources that belong to no city (streams, countries) are neither.
Units: posts seen, relevant or not, as coverage knows them. Limits: in the counts tier rounded to
base 5, and none is not told from few.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analysis.release import Released
from base.errors import BadInput

ELSEWHERE = "elsewhere"  # the value of the dimension `origin` (store.index)


@dataclass(frozen=True)
class Elsewhere:
    """One city. came: posts about it from sources of other cities. went: posts of its own sources
    about other cities. None where too few."""

    city: str
    came: int | None
    went: int | None

    def __str__(self) -> str:
        """The result in one sentence."""
        return (
            f"{self.city}: {_said(self.came)} about it came from sources of other cities,"
            f" {_said(self.went)} of its own sources were about other cities."
        )


def elsewhere(of_city: Released, of_home: Released, cities: Iterable[str]) -> dict[str, Elsewhere]:
    """By city, from figures of posts seen by city and origin, and by home and origin.

    (city, `elsewhere`) of every city must stand in both (release's `wanted`).
    """
    if (of_city.by, of_home.by) != (("city", "origin"), ("home", "origin")):
        raise BadInput(
            f"figures by {', '.join(of_city.by)} and by {', '.join(of_home.by)}",
            expected="figures by city, origin and by home, origin",
        )
    return {
        city: Elsewhere(
            city, of_city.cell(city, ELSEWHERE).posts, of_home.cell(city, ELSEWHERE).posts
        )
        for city in cities
    }


def _said(posts: int | None) -> str:
    if posts is None:
        return "too few posts to say how many"
    return "no posts" if posts == 0 else f"{posts:,} posts"
