"""The truth, slowly: what an index must answer, read off the table in `store.query`.

Plain Python over a list of posts as dicts; written from the table and from `store.unseal.Cells`,
not from any index. `countries` is the registry: city → country.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from base.text import words
from store.query import Query

Post = Mapping[str, Any]
Key = tuple[str | None, ...]
_MANY = {"area": "areas", "group": "groups", "right": "rights", "place": "places"}


@lru_cache(maxsize=100_000)
def _words(text: str) -> tuple[str, ...]:
    return tuple(words(text))


def _holds(text: str, phrase: Sequence[str], is_open: bool) -> bool:
    """Whether the words stand side by side in the text; the last may go on when open."""
    there, size = _words(text), len(phrase)
    for i in range(len(there) - size + 1):
        piece = there[i : i + size]
        same_start = piece[:-1] == tuple(phrase[:-1])
        last, asked = piece[-1], phrase[-1]
        if same_start and (last.startswith(asked) if is_open else last == asked):
            return True
    return False


def _pieces(text: str) -> list[str]:
    """`one "two three" fou*` → one · two three · fou*"""
    pieces, quoted = [], False
    for i, part in enumerate(text.split('"')):
        quoted = i % 2 == 1 and i < text.count('"')
        pieces += [part] if quoted else part.split()
    return [p for p in pieces if words(p)]


def _lies_in(place: str, asked: str) -> bool:
    return place == asked or place.startswith(asked + "/")


def matches(post: Post, query: Query, countries: Mapping[str, str]) -> bool:
    """Whether one row counts for the question."""
    tone = (post["tone"] or {}).get("label")
    flag = (post["hate"] or {}).get("flag")
    kind = (post["hate"] or {}).get("kind")

    def one_of(asked: Sequence[str], value: str | None) -> bool:
        return not asked or (value is not None and value in asked)

    def any_of(asked: Sequence[str], values: Iterable[str]) -> bool:
        return not asked or any(v in asked for v in values)

    def hated(asked: str) -> bool:
        if asked in ("yes", "no"):
            return flag is (asked == "yes")
        return flag is True and kind == asked

    return (
        post["counted"]
        and one_of(query.cities, post["city"])
        and one_of(query.countries, countries.get(post["city"] or ""))
        and one_of(query.languages, post["lang"])
        and one_of(query.platforms, post["platform"])
        and one_of(query.sources, post["source"])
        and one_of(query.voices, post["voice"])
        and one_of(query.kinds, post["kind"])
        and one_of(query.tone, tone)
        and one_of(query.speech, post["speech"])
        and any_of(query.areas, post["areas"])
        and any_of(query.groups, post["groups"])
        and any_of(query.rights, post["rights"])
        and (
            not query.places
            or any(_lies_in(p, asked) for p in post["places"] for asked in query.places)
        )
        and (query.since is None or post["day"] >= query.since)
        and (query.until is None or post["day"] < query.until)
        and (not query.hate or any(hated(asked) for asked in query.hate))
        and (query.experience is None or post["experience"] is query.experience)
        and (query.relevant is None or post["relevant"] is query.relevant)
        and all(_holds(post["text"], words(p), p.endswith("*")) for p in _pieces(query.text))
        and (
            not query.terms
            or any(
                _holds(post["text"], words(t), t.strip().strip('"').endswith("*"))
                for t in query.terms
            )
        )
    )


def _values(post: Post, name: str, query: Query, countries: Mapping[str, str]) -> list[str | None]:
    """The values that a post has in one dimension."""
    day: date = post["day"]
    if name in _MANY:
        asked = getattr(query, _MANY[name])
        codes = sorted(set(post[_MANY[name]]))
        if name == "place":
            return [c for c in codes if not asked or any(_lies_in(c, a) for a in asked)]
        return [c for c in codes if not asked or c in asked]
    if name == "origin":
        city, home = post["city"], post["home"]
        return [
            None if city is None
            else "own" if city == home
            else "elsewhere" if home in countries
            else "wide"
        ]  # fmt: skip
    if name == "country":
        return [countries.get(post["city"] or "")]
    if name == "day":
        return [day.isoformat()]
    if name == "week":
        return [(day - timedelta(days=day.isoweekday() - 1)).isoformat()]
    if name == "month":
        return [day.isoformat()[:7]]
    if name == "tone":
        return [(post["tone"] or {}).get("label")]
    if name == "hate":
        flag = (post["hate"] or {}).get("flag")
        return [None if flag is None else ("yes" if flag else "no")]
    return [post[name]]


def _sorted(cells: Mapping[Key, Any]) -> dict[Key, Any]:
    return {k: cells[k] for k in sorted(cells, key=lambda k: [(v is None, v or "") for v in k])}


def _cell(rows: Sequence[Post], fold_stories: bool) -> dict[str, Any]:
    months: dict[str, set[str]] = defaultdict(set)
    sources, others = set(), 0
    story_fold = {row["story"]: row["story_fold"] for row in rows}
    for row in rows:
        if row["voice"] != "personal":
            others += 1
        elif row["author"] is None:
            sources.add(row["source"])
        else:
            months[row["author"].partition(":")[0]].add(row["author"])
    units = list(story_fold.values()) if fold_stories else [row["story_fold"] for row in rows]
    story_folds = [units.count(i) for i in range(64)]
    folds = [row["fold"] for row in rows]
    return {
        "posts": len(story_fold) if fold_stories else len(rows),
        "stories": len(story_fold),
        "persons": max(map(len, months.values()), default=0) + len(sources) + others,
        "key": sum(int(row["id"][:8], 16) for row in rows) % 2**32,
        "folds": story_folds if fold_stories else [folds.count(i) for i in range(64)],
        "story_folds": story_folds,
    }


def _grouped(
    posts: Sequence[Post], query: Query, by: Sequence[str], countries: Mapping[str, str]
) -> dict[Key, list[Post]]:
    cells: dict[Key, list[Post]] = defaultdict(list)
    for post in posts:
        if matches(post, query, countries):
            keys: list[Key] = [()]
            for name in by:
                values = _values(post, name, query, countries)
                keys = [(*key, value) for key in keys for value in values]
            for key in keys:
                cells[key].append(post)
    return cells


def counts(
    posts: Sequence[Post], query: Query, by: Sequence[str], countries: Mapping[str, str]
) -> dict[Key, dict[str, Any]]:
    """Cell → posts, stories, persons, key, folds, story_folds, in the order of the keys."""
    cells = _grouped(posts, query, by, countries)
    return _sorted({key: _cell(rows, query.fold_stories) for key, rows in cells.items()})


def taggers(posts: Sequence[Post], query: Query, countries: Mapping[str, str]) -> tuple[str, ...]:
    """The taggers of the posts that match."""
    return tuple(sorted({p["tagger"] for p in posts if matches(p, query, countries)}))


def seen(
    posts: Sequence[Post], query: Query, by: Sequence[str], countries: Mapping[str, str]
) -> dict[Key, dict[str, Any]]:
    """Cell → posts and folds of everything seen, relevant or not."""
    cells = _grouped(posts, query.replace(relevant=None), by, countries)
    return _sorted(
        {
            key: {"posts": len(rows), "folds": _cell(rows, False)["folds"]}
            for key, rows in cells.items()
        }
    )


def newest(posts: Sequence[Post], query: Query, countries: Mapping[str, str]) -> list[Post]:
    """All posts that match: created descending, then id, then home."""
    found = [p for p in posts if matches(p, query, countries)]
    found.sort(key=lambda p: (p["id"], p["home"]))
    found.sort(key=lambda p: p["created"], reverse=True)
    return found
