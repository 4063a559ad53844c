"""What a trial of a term may say to whom, as rows for a table and as one JSON row.

In the posts tier exact figures. In the counts tier words alone: whether it stands in enough
posts, of which order of size, which part is new; and windows from 10 posts and 5 people on
(DESIGN §5: windows and no counts for words that somebody picks).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from analysis.release import Tier
from monitor.terms.drafting import Draft
from monitor.terms.trying import MOST_LOOKED, Tried

LEAST_POSTS = 10
LEAST_PEOPLE = 5
ORDINARY = 0.01  # of the posts of a language: more of them than any one subject has
_FEW = f"fewer than {LEAST_POSTS} posts or {LEAST_PEOPLE} people, perhaps none"
_PARTS = ((0.05, "hardly any"), (0.5, "less than half"), (0.95, "half or more"))


def state(found: Tried | None, tier: Tier) -> str:
    """`no_lake`, `zero`, `few` or `ok`."""
    if found is None:
        return "no_lake"
    if tier is Tier.POSTS:
        return "ok" if found.hits else "zero"
    is_enough = len(found.hits) >= LEAST_POSTS and found.people >= LEAST_PEOPLE
    return "ok" if is_enough else "few"


def row(draft: Draft, found: Tried | None, tier: Tier) -> dict[str, Any]:
    """The JSON row. Figures in posts; what the tier does not tell is null."""
    entry, how = draft.entry, state(found, tier)
    exact = found if tier is Tier.POSTS else None
    told = found if how == "ok" else None
    return {
        "term": entry.term,
        "list": entry.list,
        "code": entry.code,
        "language": entry.language,
        "match": entry.match,
        "is_listed": draft.is_listed,
        "state": how,
        "posts": len(exact.hits) if exact else None,
        "cities": exact.cities if exact else None,
        "days": exact.days if exact else None,
        "adds": exact.adds if exact else None,
        "looked": exact.looked if exact else None,
        "at_least": _order(len(told.hits)) if told else None,
        "adds_part": _part(told.adds / len(told.hits)) if told else None,
        "overlaps": [
            {"term": term, "code": code, "posts": n if exact else None}
            for term, code, n in (told.overlaps if told else ())
        ],
        "is_ordinary": is_ordinary(told) if told else None,
        "findings": [str(f) for f in draft.findings],
        "microseconds": round(found.microseconds, 1) if found else None,
    }


def lines(draft: Draft, found: Tried | None, tier: Tier) -> Iterator[tuple[str, str]]:
    """What is asked of a term and what the trial answers, for a table."""
    of = row(draft, found, tier)
    yield "listed", "yes" if draft.is_listed else "no, it is new"
    yield "to look at", "; ".join(of["findings"]) or "nothing"
    if found is None:
        yield "found in", "no posts here yet: the lists alone were looked at"
        return
    yield "found in", _found(of)
    if of["state"] == "ok":
        yield "adds", _adds(of)
        overlaps = (f"{o['term']} ({o['code']}{_count(o['posts'])})" for o in of["overlaps"])
        yield "overlaps with", ", ".join(overlaps) or "no other term"
        yield "ordinary word", _ordinary(of)
    yield "speed", f"{of['microseconds']} µs for a post that holds its beginning"


def is_ordinary(found: Tried) -> bool:
    """Whether it stands in so many posts of the language that it can mean no one subject."""
    return bool(found.of_language) and len(found.hits) / found.of_language >= ORDINARY


def _found(of: dict[str, Any]) -> str:
    if of["state"] == "few":
        return _FEW
    if of["posts"] is None:
        return f"{of['at_least']:,} posts or more (exact figures: --purpose NAME)"
    newest = f" of the newest {MOST_LOOKED:,} that hold it" if of["looked"] == MOST_LOOKED else ""
    return f"{of['posts']:,} posts{newest}, {of['cities']:,} cities, {of['days']:,} days"


def _adds(of: dict[str, Any]) -> str:
    many = f"{of['adds']:,}" if of["adds"] is not None else of["adds_part"]
    return f"{many} of these have {of['code']} through it alone"


def _ordinary(of: dict[str, Any]) -> str:
    if of["is_ordinary"]:
        return f"yes: in more than {ORDINARY:.0%} of all posts in {of['language']}"
    return "no"


def _count(posts: int | None) -> str:
    return "" if posts is None else f", {posts:,}"


def _order(posts: int) -> int:
    return int(10 ** (len(str(posts)) - 1))


def _part(share: float) -> str:
    return next((said for most, said in _PARTS if share < most), "nearly all")
