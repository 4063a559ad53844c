"""What the index asks of Elasticsearch is what docs/elasticsearch.md says that its key may."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from front import Asked, Front, Said, front, refused
from strategies import COUNTRIES, posts, snapshot

from store.elastic import purging, reading
from store.elastic.door import Address, connect
from store.elastic.faults import NotPermitted
from store.elastic_index import ElasticIndex
from store.query import Query

pytestmark = pytest.mark.server
DOCUMENT = Path(__file__).parents[2] / "docs" / "elasticsearch.md"
ROW = re.compile(
    r"^\| `([A-Z]+) (/[^`]*)` \| (writer|both) \| [^|]+ \| (cluster|index) `(\S+)` \|$",
    re.MULTILINE,
)
ROLE = re.compile(r'"role_descriptors": \{ "(writer|reader)": (\{.*?\] \}) \}', re.DOTALL)


def listed(who: str) -> set[tuple[str, str]]:
    """(method, path) of the document's table that a key may."""
    rows = ROW.findall(DOCUMENT.read_text(encoding="utf-8"))
    return {(method, path) for method, path, whose, *_ in rows if whose in (who, "both")}


def kind(asked: Asked, name: str) -> tuple[str, str]:
    """A request as the document writes it: without its options, months, builds and ids."""
    path = asked.path.partition("?")[0].replace(name, "NAME").replace("%2C", ",")
    path = re.sub(r"NAME-(posts|coverage)-[\w-]+", r"NAME-\1-…", path)
    path = re.sub(r"(NAME-(?:posts|coverage)-…)(,\1|,NAME-(?:posts|coverage)-…)+", "NAME-…", path)
    path = re.sub(r"NAME-(posts|coverage)-…", "NAME-…", path)
    return asked.method, re.sub(r"(/_doc)/.+", r"\1/…", path)


@pytest.fixture(scope="module")
def name(elastic_module_name: str) -> str:
    return elastic_module_name


def opened(there: Front, name: str) -> ElasticIndex:
    return ElasticIndex(connect(Address.parse(there.url)), COUNTRIES, name=name)


def use(index: ElasticIndex, lake: object) -> None:
    """All that who asks can ask."""
    index.generation()
    index.taggers()
    index.counts(Query(), ("area", "city"))
    index.seen(Query(relevant=None), ("city",))
    index.posts(Query(relevant=None), limit=3)
    index.standing(lake)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def life(elasticsearch_url: str, name: str) -> dict[str, set[tuple[str, str]]]:
    """What was asked while an index was built, changed, rebuilt, forgotten and used: by whom."""
    rows = posts(60, seed=3)
    last = snapshot(rows[10:], "forgotten")
    found = {}
    with front(elasticsearch_url) as there, pytest.MonkeyPatch.context() as patch:
        patch.setattr(purging, "SMALL", 0)  # as a large index is purged
        patch.setattr(purging, "PATIENCE", 0.1)
        writer = opened(there, name)
        writer.catch_up(snapshot(rows))
        writer.catch_up(snapshot(rows[5:], "fewer"))
        writer.catch_up(snapshot(rows[5:], "fewer"), rebuild=True)
        writer.catch_up(last, forget=True)
        found["writer"] = {kind(a, name) for a in there.asked}
    with front(elasticsearch_url) as there, pytest.MonkeyPatch.context() as patch:
        use(opened(there, name), last)
        patch.setattr(reading, "_HOPES", 0)  # as where generations follow each other quickly
        use(opened(there, name), last)
        found["reader"] = {kind(a, name) for a in there.asked}
    return found


@pytest.mark.parametrize("who", ["writer", "reader"])
def test_nothing_is_asked_that_the_document_does_not_list(
    who: str, life: dict[str, set[tuple[str, str]]]
) -> None:
    assert life[who] - listed(who) == set()


def test_nothing_is_listed_that_is_never_asked(life: dict[str, set[tuple[str, str]]]) -> None:
    assert listed("writer") - life["writer"] - life["reader"] == set()
    assert listed("reader") - life["reader"] == set()


def test_the_keys_of_the_document_hold_the_privileges_of_its_table_and_no_more() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    roles = {who: json.loads(body) for who, body in ROLE.findall(text)}
    for who in ("writer", "reader"):
        needed: dict[str, set[str]] = {"cluster": set(), "index": set()}
        for _, _, whose, where, privilege in ROW.findall(text):
            if whose in ("both", who):
                needed[where].add(privilege)
        assert set(roles[who]["cluster"]) == needed["cluster"]
        assert set(roles[who]["indices"][0]["privileges"]) == needed["index"]


def test_a_key_that_may_only_ask_is_told_so_when_it_writes(
    elasticsearch_url: str, name: str, life: dict[str, set[tuple[str, str]]]
) -> None:
    """The front refuses what the document does not give a reader."""
    assert life

    def deny(asked: Asked) -> Said | None:
        if kind(asked, name) in listed("reader"):
            return None
        return refused(403, "security_exception", "action [indices:data/write/bulk[s]] is "
                       "unauthorized for API key id [x] of user [y], this action is granted by "
                       "the index privileges [write,all]")  # fmt: skip

    lake = snapshot(posts(60, seed=3)[10:], "forgotten")
    with front(elasticsearch_url, instead=deny) as there:
        index = opened(there, name)
        use(index, lake)
        with pytest.raises(NotPermitted) as caught:
            index.catch_up(lake, rebuild=True)
    assert "indices:data/write/bulk[s]" in caught.value.what
    assert caught.value.expected == "index privileges [write, all]"
