"""Searches of X built from the names of a city and the words of a topic, few and short enough.

A search is `(place OR place …) (word OR word …) -is:retweet`. Where everything does not fit into
one, both lists are parted so that each place stands beside each word in exactly one search.
Pure text: nothing is asked. Limits as of 2026:
https://docs.x.com/x-api/posts/search/integrate/build-a-query
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from base.errors import BadInput
from base.text import nfc

NO_REPOSTS = "-is:retweet"
# characters of a query: what everybody may search, what the whole archive and contracts take
RECENT, FULL, ENTERPRISE = 512, 1_024, 4_096

_OR = " OR "
_PLAIN = re.compile(r"#?\w+")
_OPERATORS = ("and", "or", "not")

Group = tuple[str, ...]


def queries(
    places: Iterable[str],
    words: Iterable[str] = (),
    *,
    longest: int = RECENT,
    language: str | None = None,
) -> tuple[str, ...]:
    """The searches that find each place (names, #hashtags) beside each word.

    Without words the places alone; language: ISO 639-1, of the posts. The same lists in any
    order give the same searches. Raises BadInput without a place, and where two terms alone
    are longer than `longest`.
    """
    tail = f" {NO_REPOSTS}" + (f" lang:{language}" if language else "")
    room = longest - len(tail)
    first, second = _terms(places), _terms(words)
    if not first:
        raise BadInput("a search needs a place", expected="a name or a hashtag of the city")
    if not second:
        groups = _packed(first, room)
        if not groups:
            raise _too_long(longest)
        return tuple(sorted(_either(g) + tail for g in groups))
    # parting the one list first, or the other, may need fewer
    plans = [_plan(first, second, room), [(a, b) for b, a in _plan(second, first, room)]]
    best = min((plan for plan in plans if plan), key=len, default=None)
    if best is None:
        raise _too_long(longest)
    return tuple(sorted(f"{_either(a)} {_either(b)}{tail}" for a, b in best))


def limit(*, full: bool, enterprise: bool) -> int:
    """The characters that a query may have."""
    return ENTERPRISE if enterprise else FULL if full else RECENT


def own_words(query: str) -> str:
    """The query without reposts, which have no words of their own and cost as much."""
    query = " ".join(query.split())
    if re.search(r"\bis:retweet\b", query):
        return query
    open_parts = re.sub(r'"[^"]*"', "", query)
    while (inner := re.sub(r"\([^()]*\)", "", open_parts)) != open_parts:
        open_parts = inner
    # OR binds weaker than what stands beside it
    has_choice = re.search(r"\bOR\b", open_parts)
    return f"({query}) {NO_REPOSTS}" if has_choice else f"{query} {NO_REPOSTS}"


def term(given: str) -> str:
    """One word, hashtag or phrase as a query holds it; empty when nothing is left of it."""
    found = " ".join(nfc(given).replace('"', " ").split())
    if _PLAIN.fullmatch(found) and found.casefold() not in _OPERATORS:
        return found
    return f'"{found}"' if re.search(r"\w", found) else ""


def _terms(given: Iterable[str]) -> list[str]:
    """Each term once (case does not count), the longest first."""
    found = {t.casefold(): t for t in sorted(map(term, given), reverse=True) if t}
    return sorted(found.values(), key=lambda t: (-len(t), t))


def _either(terms: Group) -> str:
    return terms[0] if len(terms) == 1 else f"({_OR.join(terms)})"


def _plan(outer: Sequence[str], inner: Sequence[str], room: int) -> list[tuple[Group, Group]]:
    """The fewest pairs of groups, the outer list in equal parts of every number; empty if none."""
    best: list[tuple[Group, Group]] = []
    for count in range(1, len(outer) + 1):
        if best and count >= len(best):
            break  # each part needs at least one search
        parts = _parts(outer, count, room)
        beside = [_packed(inner, room - len(_either(part)) - 1) for part in parts]
        pairs = [(part, b) for part, groups in zip(parts, beside, strict=True) for b in groups]
        if all(beside) and pairs and (not best or len(pairs) < len(best)):
            best = pairs
    return best


def _parts(terms: Sequence[str], count: int, room: int) -> list[Group]:
    """At most `count` groups, about equally long; none where that is too few."""
    low, high = len(terms[0]), room
    found: list[Group] = []
    while low <= high:
        middle = (low + high) // 2
        groups = _packed(terms, middle)
        if 0 < len(groups) <= count:
            found, high = groups, middle - 1
        else:
            low = middle + 1
    return found


def _packed(terms: Sequence[str], room: int) -> list[Group]:
    """Groups whose text is at most `room` long, terms from long to short, each where it fits first.

    Empty where a term alone is longer.
    """
    groups: list[list[str]] = []
    sizes: list[int] = []  # of the text in brackets
    for one in terms:
        if len(one) > room:
            return []
        for at, size in enumerate(sizes):
            if size + len(_OR) + len(one) <= room:
                groups[at].append(one)
                sizes[at] += len(_OR) + len(one)
                break
        else:
            groups.append([one])
            sizes.append(len(one) + len("()"))
    return [tuple(g) for g in groups]


def _too_long(longest: int) -> BadInput:
    return BadInput(
        "two terms alone are too long for a search of X",
        expected=f"at most {longest:,} characters with everything around them",
    )
