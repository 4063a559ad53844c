"""A Query and a View survive an address, JSON and the command line; nonsense is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import fields
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import store.query
from base.errors import BadInput
from base.text import words
from store.query import (
    HATE_VALUES,
    NAMES,
    UNASKED,
    Query,
    View,
    column_of,
    phrases,
    term_phrase,
)
from store.schema import KINDS, POST_COLUMNS, SPEECHES, TONES, VOICES

pytestmark = pytest.mark.unit

some_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
codes = st.lists(some_text, max_size=3).map(tuple)
# on the command line a city is a bare word, so it cannot look like an option
cities = st.lists(some_text.filter(lambda c: not c.startswith("--")), max_size=3).map(tuple)
searches = some_text.filter(lambda text: bool(words(text)))


def closed(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), max_size=3).map(tuple)


queries = st.builds(
    Query,
    cities=cities,
    places=codes,
    countries=codes,
    areas=codes,
    languages=codes,
    platforms=codes,
    sources=codes,
    voices=closed(VOICES),
    kinds=closed(KINDS),
    since=st.none() | st.dates(max_value=date(2020, 1, 1)),
    until=st.none() | st.dates(min_value=date(2020, 1, 2)),
    text=st.just("") | searches,
    terms=st.lists(searches, max_size=3).map(tuple),
    groups=codes,
    rights=codes,
    hate=closed(HATE_VALUES),
    tone=closed(TONES),
    speech=closed(SPEECHES),
    experience=st.none() | st.booleans(),
    relevant=st.none() | st.booleans(),
    fold_stories=st.booleans(),
)
views = st.builds(
    View,
    page=st.sampled_from(["", "city", "compare", "a/b"]),
    query=queries,
    parameters=st.lists(st.tuples(some_text, some_text), max_size=3).map(tuple),
)
often = settings(max_examples=300, deadline=None)


@given(queries)
@often
def test_a_query_survives_its_address(query: Query) -> None:
    assert Query.from_url(query.to_url()) == query
    assert Query.from_url(f"?{query.to_url()}") == query
    assert query.to_url().isascii()


@given(queries)
@often
def test_a_query_survives_json(query: Query) -> None:
    assert Query.from_json(json.loads(json.dumps(query.to_json()))) == query


@given(queries)
@often
def test_a_query_survives_the_command_line(query: Query) -> None:
    given = query.to_cli()
    assert Query.from_cli(given) == query
    options = [word for word in given if word.startswith("--")]
    assert Query.from_cli([*options, *given[: len(given) - len(options)]]) == query


@given(views)
@often
def test_a_view_survives_address_and_json(view: View) -> None:
    assert View.from_url(view.to_url()) == view
    again = View.from_json(json.loads(json.dumps(view.to_json())))
    assert again == view
    assert again.key() == view.key()


@given(queries, queries)
@often
def test_different_queries_have_different_addresses(one: Query, other: Query) -> None:
    assert (one == other) == (one.to_url() == other.to_url())
    assert (one == other) == (View("p", one).key() == View("p", other).key())


def test_the_plain_query_says_nothing() -> None:
    assert Query().to_url() == ""
    assert Query().to_json() == {}
    assert Query().to_cli() == []
    assert View("city").to_url() == "/city"


def test_repeats_fall_away_and_order_is_kept() -> None:
    assert Query(cities=("wien", "berlin", "wien")).cities == ("wien", "berlin")


def test_an_address_can_be_read() -> None:
    query = Query(cities=("wien",), since=date(2026, 3, 1), relevant=None, fold_stories=True)
    assert query.to_url() == "city=wien&since=2026-03-01&relevant=any&fold-stories=yes"
    assert query.to_cli() == [
        "wien", "--since=2026-03-01", "--relevant=any", "--fold-stories=yes"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("citty=wien", "did you mean 'city'"),
        ("voice=personnal", "did you mean 'personal'"),
        ("kind=tweet", "unknown kind"),
        ("tone=angry", "unknown tone"),
        ("speech=x", "unknown speech"),
        ("hate=maybe", "unknown hate"),
        ("since=2026-02-30", "is not a day"),
        ("since=", "is not a day"),
        ("until=tomorrow", "is not a day"),
        ("since=2026-01-02&until=2026-01-02", "is empty"),
        ("since=2026-01-02&until=2026-01-01", "is empty"),
        ("since=2026-01-01&since=2026-01-02", "given twice"),
        ("text=a&text=b", "given twice"),
        ("text=%20", "holds no word"),
        ("text=%2A", "holds no word"),
        ("term=...", "holds no word"),
        ("term=", "holds no word"),
        ("experience=perhaps", "neither yes, no nor any"),
        ("relevant=", "neither yes, no nor any"),
        ("fold-stories=any", "no answer here"),
        ("fold_stories=yes", "unknown filter"),
        ("_page=2", "unknown filter"),
    ],
)
def test_nonsense_is_refused(address: str, says: str) -> None:
    with pytest.raises(BadInput) as caught:
        Query.from_url(address)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    "read",
    [
        lambda: Query.from_json({"nothing": 1}),
        lambda: Query.from_json({"since": 5}),
        lambda: Query.from_json({"text": ["a", "b"]}),
        lambda: Query.from_json({"relevant": 1}),
        lambda: Query.from_cli(["wien", "--colour=red"]),
        lambda: Query.from_cli(["--since"]),
        lambda: Query(cities="wien"),  # type: ignore[arg-type]
        lambda: View.from_url("/city?citty=wien"),
        lambda: View.from_json({"page": "city", "query": {"citty": "wien"}}),
        lambda: View.from_json({}),
        lambda: View.from_json({"page": "city", "parameters": ["x"]}),
        lambda: View.from_json({"page": "city", "query": ["wien"]}),
    ],
)
def test_nonsense_in_other_forms_is_refused(read: Callable[[], Any]) -> None:
    with pytest.raises(BadInput):
        read()


def test_codes_are_checked_against_open_lists() -> None:
    known = {"cities": ["wien", "berlin"], "areas": ["housing"]}
    query = Query(cities=("wien",), areas=("housing",), sources=("anything",))
    assert query.check(known) is query
    with pytest.raises(BadInput, match="wein") as caught:
        Query(cities=("wein",)).check(known)
    assert caught.value.hint == "did you mean 'wien'?"


def test_every_column_is_asked_for_or_has_a_reason() -> None:
    asked = {column_of(name) for name in NAMES}
    for column in POST_COLUMNS:
        reason = UNASKED.get(column.name, "")
        assert (column.name in asked) != (len(reason.split()) >= 3), column.name
    assert set(UNASKED) <= {column.name for column in POST_COLUMNS}
    assert asked - {None} <= {column.name for column in POST_COLUMNS}


def test_the_table_and_the_names_hold_every_field() -> None:
    there = {field.name for field in fields(Query)}
    assert set(NAMES) == there
    assert len(set(NAMES.values())) == len(NAMES)
    rows = re.findall(r"^\| ([a-z_, ]+?) +\|", store.query.__doc__ or "", re.M)
    named = [name for row in rows for name in row.split(", ")]
    assert sorted(named) == sorted([*there, "field"])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Neue  Wohnung", [(("neue",), False), (("wohnung",), False)]),
        ('schul* "neue Wohnung"', [(("schul",), True), (("neue", "wohnung"), False)]),
        ('"neue wohn*"', [(("neue", "wohn"), True)]),
        ("e-mail", [(("e", "mail"), False)]),
        ('"offen', [(("offen",), False)]),
        ("* - …", []),
        ("Łódź*", [(("lodz",), True)]),
        ("ﷺ", [(("صليالله" + "عليهوسلم",), False)]),  # a ligature is one word
    ],
)
def test_phrases(text: str, found: list[tuple[tuple[str, ...], bool]]) -> None:
    assert phrases(text) == found


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("neue Wohnung", (("neue", "wohnung"), False)),
        ('"neue Wohnung"', (("neue", "wohnung"), False)),
        ("neue wohn*", (("neue", "wohn"), True)),
        ('"neue wohn*"', (("neue", "wohn"), True)),
        ("schul*", (("schul",), True)),
    ],
)
def test_a_term_is_one_phrase(term: str, found: tuple[tuple[str, ...], bool]) -> None:
    assert term_phrase(term) == found
