"""What Elasticsearch's index does beyond the contract: rows that differ, one writer, forgetting."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest
from answers import cells, wrong
from elasticsearch import Elasticsearch
from strategies import COUNTRIES, Row, posts, snapshot

import store.elastic.lease as lease
import store.elastic.persons as persons
import store.elastic.purging as purging
from base.errors import BadInput
from base.text import words
from store.elastic.feeding import RefusedRow
from store.elastic.names import Names
from store.elastic.template import LONGEST_WORD
from store.elastic_index import ElasticIndex
from store.index import IndexNotWritten
from store.query import Query
from store.unseal import unseal

pytestmark = [pytest.mark.server, pytest.mark.timeout(300)]
CANARY = "Kanarienvogel8817"


@pytest.fixture(scope="module")
def client(elasticsearch_url: str) -> Iterator[Elasticsearch]:
    with Elasticsearch(elasticsearch_url) as client:
        yield client


@pytest.fixture
def index(client: Elasticsearch, elastic_name: str) -> ElasticIndex:
    return ElasticIndex(client, COUNTRIES, name=elastic_name)


@pytest.fixture
def held() -> list[Row]:
    """Posts of two months."""
    return [r for r in posts(500, seed=7) if r["month"] in ("2025-11", "2025-12")]


def writes(client: Elasticsearch, name: str) -> int:
    """How many documents were ever written or deleted under the posts' alias."""
    found = client.indices.stats(index=f"{name}-posts", metric="indexing")["_all"]["primaries"]
    return int(found["indexing"]["index_total"] + found["indexing"]["delete_total"])


def test_only_rows_that_differ_are_written(
    index: ElasticIndex, client: Elasticsearch, elastic_name: str, held: list[Row]
) -> None:
    index.catch_up(snapshot(held))
    before = writes(client, elastic_name)
    chosen = [row for row in held if row["counted"]]
    gone, changed = chosen[0], chosen[1]
    changed["engagement"] = {"replies": 9, "reposts": 9, "likes": 9}
    rows = [row for row in held if row is not gone]
    index.catch_up(snapshot(rows))
    assert writes(client, elastic_name) - before == 2
    assert not wrong(index, rows, Query(relevant=None), ("city",))


def test_of_two_rows_with_one_id_one_is_the_head(index: ElasticIndex, held: list[Row]) -> None:
    for row in held:  # as before the stories stage has seen them
        row |= {"counted": True, "story": row["id"]}
    index.catch_up(snapshot(held))
    assert not wrong(index, held, Query(relevant=None), ("city",))
    again = [row for row in held if row["home"] != "athina"]
    index.catch_up(snapshot(again))  # the lowest home of some has gone
    assert not wrong(index, again, Query(relevant=None), ("city",))
    index.catch_up(snapshot(held))  # and comes back
    assert not wrong(index, held, Query(relevant=None), ("city",))


@pytest.mark.parametrize("beginnings", [("wort",), ("eine", "wort")])
def test_a_trailing_star_knows_no_end(
    index: ElasticIndex, held: list[Row], beginnings: tuple[str, ...]
) -> None:
    """More words begin so than any of the server's limits on expansions."""
    first = " ".join(beginnings[:-1])
    for number, row in enumerate(held):
        row["text"] = " . ".join(f"{first} Wort{number}x{i}" for i in range(40))
    held[0]["text"] = "Wor eine wor wort"
    assert sum(len(words(row["text"])) for row in held) > 5_000
    index.catch_up(snapshot(held))
    asked = " ".join(beginnings) + "*"
    assert not wrong(index, held, Query(terms=(asked,), relevant=None), ("city",))


def test_words_too_long_for_the_server(index: ElasticIndex, held: list[Row]) -> None:
    long = "ж" * (LONGEST_WORD + 5_000)
    row = next(row for row in held if row["counted"] and row["relevant"])
    row["text"] = f"vor {long} nach"
    index.catch_up(snapshot(held))
    assert cells(index.counts(Query(text=long)))[()]["posts"] == 1
    assert cells(index.counts(Query(text=f'"vor {long} nach"')))[()]["posts"] == 1
    assert cells(index.counts(Query(text=f"{long[:50]}*")))[()]["posts"] == 1


def test_many_persons_are_estimated_and_few_are_exact(
    index: ElasticIndex, held: list[Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    index.catch_up(snapshot(held))
    query = Query(relevant=None)
    exact = unseal(index.counts(query, ("city", "month")))
    assert exact.near is None
    monkeypatch.setattr(persons, "EXACT", 10)
    monkeypatch.setattr(persons, "SMALL", 4)
    near = unseal(index.counts(query, ("city", "month")))
    assert near.near is not None
    assert 0 < near.near.sum() < len(near.keys)
    assert (near.persons[~near.near] == exact.persons[~near.near]).all()
    assert (abs(near.persons - exact.persons) <= 0.005 * exact.persons + 0.5).all()


def test_what_the_server_refuses_is_told_and_the_rest_goes_on(
    client: Elasticsearch, elastic_name: str, held: list[Row]
) -> None:
    refused: list[RefusedRow] = []
    index = ElasticIndex(client, COUNTRIES, name=elastic_name, refused=refused.append)
    bad = next(row for row in held if row["counted"])
    bad["areas"] = [CANARY * 2_000]  # longer than a code can be
    assert index.catch_up(snapshot(held)) == 2
    (told,) = refused
    assert told.key == f"{bad['id']}:{bad['home']}"
    assert told.field == "areas"
    assert CANARY not in repr(told)
    rest = [row for row in held if row is not bad]
    assert not wrong(index, rest, Query(relevant=None), ("city",))


def test_a_rebuild_leaves_nothing_of_the_old_build(
    index: ElasticIndex, client: Elasticsearch, elastic_name: str, held: list[Row]
) -> None:
    index.catch_up(snapshot(held))
    before = set(client.indices.get(index=f"{elastic_name}-*"))
    index.catch_up(snapshot(held), rebuild=True)
    after = set(client.indices.get(index=f"{elastic_name}-*"))
    assert len(after) == len(before)
    assert before & after == {f"{elastic_name}-state"}


def test_what_a_killed_build_left_is_cleared_away(
    index: ElasticIndex, client: Elasticsearch, elastic_name: str, held: list[Row]
) -> None:
    index.catch_up(snapshot(held))
    left = Names(elastic_name).new(f"{elastic_name}-posts", "2025-11")
    client.indices.create(index=left)
    index.catch_up(snapshot(held))
    assert not client.indices.exists(index=left)
    assert not wrong(index, held, Query(), ("city",))


def test_a_writer_that_died_is_followed(
    index: ElasticIndex, client: Elasticsearch, elastic_name: str, held: list[Row],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    index.catch_up(snapshot(held))
    rows = deepcopy(held)[10:]
    monkeypatch.setattr("store.elastic.writer._show", _die)
    monkeypatch.setattr(lease.Lease, "free", lambda *_, **__: None)
    with pytest.raises(KeyboardInterrupt):  # all is fed, nothing shown, the lease is held
        index.catch_up(snapshot(rows))
    assert not wrong(index, held, Query(), ("city",)), "nothing of it shows"
    monkeypatch.undo()
    with (
        pytest.raises(IndexNotWritten, match="another writer"),
        lease.writing(client, Names(elastic_name), waits=0.3),
    ):
        pytest.fail("the lease is held")
    monkeypatch.setattr(lease, "LEASE_SECONDS", 0.5)
    index.catch_up(snapshot(rows))
    assert not wrong(index, rows, Query(), ("city",))


def _die(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_writer_that_slept_past_its_lease_is_told(
    client: Elasticsearch, elastic_name: str, index: ElasticIndex
) -> None:
    index.catch_up(snapshot([]))
    names = Names(elastic_name)
    with (
        lease.writing(client, names, waits=1) as first,
        lease.writing(client, names, waits=5, left_after=0.5) as second,
    ):
        assert second.was_left
        with pytest.raises(IndexNotWritten, match="taken over"):
            first.renew(at_once=True)


def test_ranked_and_marked_in_its_language(
    index: ElasticIndex, client: Elasticsearch, elastic_name: str, held: list[Row]
) -> None:
    """The language's own analyzer finds another form of the word; words do not."""
    row = next(row for row in held if row["counted"])
    row |= {"text": "Die Häuser am Platz", "lang": "de"}
    index.catch_up(snapshot(held))
    found = client.search(
        index=f"{elastic_name}-posts", query={"match": {"text.de": "Haus"}},
        highlight={"fields": {"text.de": {}}},
    )["hits"]["hits"]  # fmt: skip
    assert [hit["_source"]["id"] for hit in found] == [row["id"]]
    assert found[0]["highlight"]["text.de"] == ["Die <em>Häuser</em> am Platz"]
    assert not cells(index.counts(Query(text="haus", relevant=None)))


@pytest.mark.parametrize("name", ["Unite", "a b", "", "_x", "a*", "ä"])
def test_names_that_no_index_may_have(client: Elasticsearch, name: str) -> None:
    with pytest.raises(BadInput, match="index"):
        ElasticIndex(client, COUNTRIES, name=name)


@pytest.mark.parametrize("small", [50_000, pytest.param(0, marks=pytest.mark.long)])
def test_forgotten_posts_leave_the_disk(
    index: ElasticIndex, client: Elasticsearch, held: list[Row], small: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """A small month is written anew; a large one waits for the server."""
    monkeypatch.setattr(purging, "SMALL", small)
    folder = _data_folder(client)
    chosen = [row for row in held if row["counted"]][:3]
    for row in chosen:
        row["text"] = f"ruf {CANARY} an"
    index.catch_up(snapshot(held))
    assert _files_with(folder), "the canary is in the files, else nothing is shown here"
    chosen[0]["text"] = "ein anderer Text"
    rows = [row for row in held if row not in chosen[1:]]
    index.catch_up(snapshot(rows), forget=True)
    assert not _files_with(folder)
    assert not wrong(index, rows, Query(relevant=None), ("city",))


def _data_folder(client: Elasticsearch) -> Path:
    (node,) = client.nodes.info(metric="settings")["nodes"].values()
    folder = Path(node["settings"]["path"]["home"])
    data = Path(node["settings"]["path"]["data"])
    if not (folder / data).is_dir():
        pytest.skip("the server's files are not on this machine")
    return folder / data


def _files_with(folder: Path) -> list[str]:
    """Files that hold the canary as it was fed or as a word."""
    grep = ["grep", "-rlaF", "-e", CANARY, "-e", CANARY.lower(), str(folder)]
    return subprocess.run(grep, capture_output=True, text=True, check=False).stdout.splitlines()
