"""What breaks while an index is fed: nothing is missing or double afterwards, and who asks is
answered by one state or told why not.

Faults are made at a request by its number, so that they come at the same place every time; the
server behind the front is a real one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch
from front import Asked, Cut, Front, Hang, Lost, Said, front, refused
from strategies import COUNTRIES, Row, posts, snapshot

from base.errors import Transient, UniteError
from store.duckdb_index import DuckdbIndex
from store.elastic import feeding, lease, reading
from store.elastic.door import Address, connect
from store.elastic.faults import Busy, NotWritable, Unreachable
from store.elastic_index import ElasticIndex
from store.index import Index
from store.query import Query

pytestmark = pytest.mark.server
EVERYTHING = Query(relevant=None, fold_stories=False)
ROWS = posts(160, seed=5)
BEFORE, AFTER = ROWS[:120], ROWS[40:]
PLACES = 40  # more than a catch-up makes requests


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small bulks, so that there are several, and little patience."""
    monkeypatch.setattr(feeding, "MOST_BYTES", 20_000)
    monkeypatch.setattr(feeding, "PATIENCE", 2)
    monkeypatch.setattr(reading, "_MOVES_FOR", 0.1)
    monkeypatch.setattr("store.elastic.door._BACKOFF", 0.001)
    monkeypatch.setattr(lease, "LEASE_SECONDS", 0.5)  # the wait for a writer that died


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the embedded index answers before and after: name of the state → answers."""
    found = {}
    for name, rows in (("before", BEFORE), ("after", AFTER)):
        index = DuckdbIndex(tmp_path_factory.mktemp(name), COUNTRIES)
        index.catch_up(snapshot(rows))
        found[name] = answers(index)
    return found


def answers(index: Index) -> list[dict[str, Any]]:
    return index.posts(EVERYTHING, limit=1_000).select(["id", "home", "text", "story"]).to_pylist()


def opened(url: str, name: str, timeout: float = 10.0) -> ElasticIndex:
    return ElasticIndex(connect(Address.parse(url, timeout=timeout)), COUNTRIES, name=name)


@pytest.fixture
def there(elasticsearch_url: str, elastic_name: str) -> Iterator[Front]:
    """A front before the server, where the state before was built."""
    opened(elasticsearch_url, elastic_name).catch_up(snapshot(BEFORE))
    with front(elasticsearch_url) as found:
        yield found


def whole(_: Asked) -> None:
    return None


def attempt(index: ElasticIndex, rows: list[Row]) -> UniteError | None:
    """A catch-up that may fail, if only so that the next may do better."""
    try:
        index.catch_up(snapshot(rows, "after"))
    except UniteError as error:
        if isinstance(error, Transient):
            return error
        raise  # nobody has to mend anything
    return None


def at(number: int, fault: Callable[[], Said | None], *, for_good: bool) -> Callable[[Asked], Any]:
    def instead(asked: Asked) -> Said | None:
        is_due = asked.number >= number if for_good else asked.number == number
        return fault() if is_due else None

    return instead


def cut() -> Said | None:
    raise Cut


def lost() -> Said | None:
    raise Lost


def unavailable() -> Said | None:
    return refused(503, "unavailable_shards_exception")


def check_everywhere(
    there: Front, url: str, name: str, states: dict[str, Any], fault: Callable[[], Said | None],
    numbers: range, *, for_good: bool,
) -> None:  # fmt: skip
    """A fault at each request in turn: what answers is one of the states, the next one ends it."""
    plain = opened(url, name)
    for number in numbers:
        plain.catch_up(snapshot(BEFORE))
        there.asked.clear()
        there.instead = at(number, fault, for_good=for_good)
        failed = attempt(opened(there.url, name), AFTER)
        if len(there.asked) <= number:  # it needed no more requests than that
            assert failed is None
            break
        if not for_good and fault is unavailable:
            assert failed is None  # once is no reason to give up
        assert answers(plain) in (states["before"], states["after"]), number
        there.instead = whole
        opened(there.url, name).catch_up(snapshot(AFTER, "after"))
        assert answers(plain) == states["after"], number


@pytest.mark.parametrize(("fault", "number"), [(cut, 9), (lost, 15)])
def test_the_server_goes_away_and_the_next_catch_up_ends_it(
    there: Front, elasticsearch_url: str, elastic_name: str, states: dict[str, Any],
    fault: Callable[[], Said | None], number: int,
) -> None:  # fmt: skip
    only = range(number, number + 1)
    check_everywhere(there, elasticsearch_url, elastic_name, states, fault, only, for_good=True)


@pytest.mark.long
@pytest.mark.parametrize("for_good", [True, False])
@pytest.mark.parametrize("fault", [cut, lost, unavailable])
def test_a_fault_at_any_request(
    there: Front, elasticsearch_url: str, elastic_name: str, states: dict[str, Any],
    fault: Callable[[], Said | None], for_good: bool,
) -> None:  # fmt: skip
    check_everywhere(there, elasticsearch_url, elastic_name, states, fault, range(PLACES),
                     for_good=for_good)  # fmt: skip


@pytest.mark.parametrize("fault", [cut, lost, unavailable])
def test_one_failed_bulk_is_sent_again_and_nobody_notices(
    there: Front, elastic_name: str, states: dict[str, Any], fault: Callable[[], Said | None]
) -> None:
    failed: list[Asked] = []

    def first_bulk(asked: Asked) -> Said | None:
        if "-posts-" not in asked.path or "_bulk" not in asked.path or failed:
            return None
        failed.append(asked)
        return fault()

    there.instead = first_bulk
    index = opened(there.url, elastic_name)
    index.catch_up(snapshot(AFTER, "after"))
    assert failed
    assert answers(index) == states["after"]


def test_under_pressure_it_waits_and_sends_again(
    there: Front, elastic_name: str, states: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every second bulk is refused as a whole; of every third the server takes half the rows."""
    monkeypatch.setattr(feeding, "PATIENCE", 10)
    monkeypatch.setattr(feeding.time, "sleep", lambda _: None)
    bulks: list[int] = []

    def busy(asked: Asked) -> Said | None:
        if "_bulk" not in asked.path or "-state" in asked.path:
            return None
        bulks.append(asked.number)
        return refused(429, "es_rejected_execution_exception") if len(bulks) % 2 else None

    there.instead = busy
    index = opened(there.url, elastic_name)
    index.catch_up(snapshot(AFTER, "after"))
    assert len(bulks) > 3
    assert answers(index) == states["after"]


def test_too_much_pressure_is_told_and_the_next_catch_up_ends_it(
    there: Front, elastic_name: str, states: dict[str, Any]
) -> None:
    there.instead = lambda asked: (
        refused(429, "es_rejected_execution_exception") if "_bulk" in asked.path else None
    )
    index = opened(there.url, elastic_name)
    assert isinstance(attempt(index, AFTER), Busy)
    assert answers(index) == states["before"]
    there.instead = whole
    index.catch_up(snapshot(AFTER, "after"))
    assert answers(index) == states["after"]


def test_no_answer_in_time_is_told_and_the_next_catch_up_ends_it(
    there: Front, elastic_name: str, states: dict[str, Any]
) -> None:
    def hang(asked: Asked) -> Said | None:
        if "_bulk" in asked.path:
            raise Hang
        return None

    there.instead = hang
    assert isinstance(attempt(opened(there.url, elastic_name, 1.0), AFTER), Unreachable)
    there.instead = whole
    index = opened(there.url, elastic_name)
    index.catch_up(snapshot(AFTER, "after"))
    assert answers(index) == states["after"]


def test_read_only_while_it_is_fed(
    there: Front, elasticsearch_url: str, elastic_name: str, states: dict[str, Any]
) -> None:
    """The months become read-only at the second bulk, as where the disk fills up."""
    with Elasticsearch(elasticsearch_url) as server:

        def block(value: bool | None) -> None:
            server.indices.put_settings(
                index=f"{elastic_name}-posts-*",
                settings={"index.blocks.read_only_allow_delete": value},
            )

        bulks: list[Asked] = []

        def fill_up(asked: Asked) -> Said | None:
            if "_bulk" in asked.path:
                bulks.append(asked)
                if len(bulks) == 2:
                    block(True)
            return None

        there.instead = fill_up
        index = opened(there.url, elastic_name)
        assert isinstance(attempt(index, AFTER), NotWritable)
        assert answers(index) == states["before"]
        block(None)
        index.catch_up(snapshot(AFTER, "after"))
        assert answers(index) == states["after"]


def test_a_server_that_is_away_for_long(
    elasticsearch_url: str, elastic_name: str, tmp_path: Path, states: dict[str, Any]
) -> None:
    """The lake goes on; what was missed in between is never asked for again."""
    index = opened(elasticsearch_url, elastic_name)
    index.catch_up(snapshot(BEFORE))
    with front(elasticsearch_url, instead=at(0, cut, for_good=True)) as away:
        for rows in (ROWS[:130], ROWS[20:140], ROWS[30:150]):
            assert isinstance(attempt(opened(away.url, elastic_name), rows), Unreachable)
    index.catch_up(snapshot(AFTER, "after"))
    assert answers(index) == states["after"]
    assert not (tmp_path / "index").exists()
