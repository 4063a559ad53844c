"""Searches of X from names and words: every pair is looked for, none is too long."""

from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from base.errors import BadInput
from collectors.x.query import ENTERPRISE, FULL, NO_REPOSTS, RECENT, limit, own_words, queries, term
from monitor import cities

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Wien", "Wien"),
        ("#wien", "#wien"),
        ("Відень", "Відень"),
        ("فيينا", "فيينا"),
        ("Novi Sad", '"Novi Sad"'),
        ("  Novi   Sad ", '"Novi Sad"'),
        ("Cluj-Napoca", '"Cluj-Napoca"'),  # a hyphen would mean: not
        ("is:retweet", '"is:retweet"'),
        ("or", '"or"'),
        ("AND", '"AND"'),
        ('das "Boot" ist voll', '"das Boot ist voll"'),
        ('"', ""),
        ("...", ""),
        ("", ""),
    ],
)
def test_a_term_is_written_so_that_x_reads_no_operator_in_it(said: str, meant: str) -> None:
    assert term(said) == meant


@pytest.mark.parametrize(
    ("query", "sent"),
    [
        ("Wien Asyl", "Wien Asyl -is:retweet"),
        ("Wien  OR\nGraz", "(Wien OR Graz) -is:retweet"),  # OR binds weaker
        ("(Wien OR Graz) Asyl", "(Wien OR Graz) Asyl -is:retweet"),
        ('"Wien OR Graz"', '"Wien OR Graz" -is:retweet'),
        ("((a OR b) c) OR d", "(((a OR b) c) OR d) -is:retweet"),
        ("Wien -is:retweet", "Wien -is:retweet"),
    ],
)
def test_reposts_are_left_out_of_every_query(query: str, sent: str) -> None:
    assert own_words(query) == sent
    assert own_words(sent) == sent


def test_what_fits_is_one_search() -> None:
    (found,) = queries(["Wien", "#wien"], ["Asyl", "offene Grenzen"])
    assert found == '(#wien OR Wien) ("offene Grenzen" OR Asyl) -is:retweet'
    assert queries(["Wien"], language="de") == ("Wien -is:retweet lang:de",)


def test_limits_of_plans() -> None:
    assert limit(full=False, enterprise=False) == RECENT == 512
    assert limit(full=True, enterprise=False) == FULL == 1_024
    assert limit(full=True, enterprise=True) == limit(full=False, enterprise=True) == ENTERPRISE


@pytest.mark.parametrize("lists", [([], ["Asyl"]), (['"'], []), (["a" * 300], ["b" * 300]),
                                   (["a" * 600], [])])  # fmt: skip
def test_what_no_search_can_hold_is_said(lists: tuple[list[str], list[str]]) -> None:
    with pytest.raises(BadInput):
        queries(*lists)


WORDS = st.text('abcdefäöß #-"ي', min_size=1, max_size=40)


def pairs(query: str) -> set[tuple[str, ...]]:
    """The places and words that a query pairs, read back from its text."""
    text = query.partition(f" {NO_REPOSTS}")[0]
    one = r'"[^"]*"|[^\s()"]+'
    groups = re.findall(rf"\((?:{one})(?: OR (?:{one}))*\)|{one}", text)
    return set(product(*(re.findall(one, g.replace(" OR ", "\n")) for g in groups)))


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, max_size=12), st.lists(WORDS, max_size=30), st.integers(105, 400))
def test_every_place_meets_every_word_in_one_search_and_none_is_too_long(
    places: list[str], words: list[str], longest: int
) -> None:
    first = {term(p).casefold() for p in places} - {""}
    second = {term(w).casefold() for w in words} - {""}
    if not first:
        with pytest.raises(BadInput):
            queries(places, words, longest=longest)
        return
    found = queries(places, words, longest=longest)
    met = [tuple(t.casefold() for t in pair) for query in found for pair in pairs(query)]
    wanted = set(product(first, second)) if second else {(p,) for p in first}
    assert set(met) == wanted
    assert len(met) == len(wanted)  # in one search only
    assert all(len(query) <= longest for query in found)
    assert found == queries(places[::-1], words[::-1] + words, longest=longest)


def test_the_searches_of_a_real_city_are_few() -> None:
    wien = cities.load().city("wien")
    places = [*wien.names, *wien.exact, *(f"#{h}" for h in wien.hashtags)]
    words = [f"Wort{n:03d}" for n in range(100)]
    short, long = (queries(places, words, longest=n) for n in (RECENT, ENTERPRISE))
    assert len(long) == 1
    # the text of all pairs, were nothing shared, would fill thousands
    room = RECENT - len(NO_REPOSTS) - 2
    sides = [sum(len(t) + 4 for t in terms) for terms in (places, words)]
    fewest = -(-sides[0] // (room // 2)) * -(-sides[1] // (room // 2))
    assert len(short) <= fewest + 2
