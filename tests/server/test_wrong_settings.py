"""Every setting wrong, one at a time: which it is, what was tried, what to do; no traceback."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from authority import Authority, own_fingerprint
from deltalake import DeltaTable
from elasticsearch import Elasticsearch
from front import Asked, Said, front, refused
from installation import KEY, filled, index_finding
from servers import free_port
from test_cli_run import Said as Told
from test_cli_run import process, unite

from store import schema

pytestmark = pytest.mark.server
URL, API_KEY, CA, FINGERPRINT, NAME, TIMEOUT = (
    f"UNITE_STORE_ELASTIC_{name}"
    for name in ("URL", "API_KEY", "CA", "FINGERPRINT", "NAME", "TIMEOUT")
)
Settings = Mapping[str, str]


@dataclass(frozen=True)
class Place:
    """What a wrong setting is made of. right: all settings as they should be."""

    right: Settings
    server: str
    authority: Authority
    stranger: Authority
    open: Callable[..., str]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def place(
    elasticsearch_url: str, elastic_module_name: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    authority = Authority(tmp_path_factory.mktemp("authority"))
    with ExitStack() as fronts:

        def opened(*given: object, **more: object) -> str:
            return fronts.enter_context(front(elasticsearch_url, *given, **more)).url  # type: ignore[arg-type]

        yield Place(
            {URL: opened(authority.issue(), key=KEY), API_KEY: KEY, CA: str(authority.file),
             NAME: elastic_module_name},
            elasticsearch_url, authority, Authority(tmp_path_factory.mktemp("stranger")), opened,
        )  # fmt: skip


def _answers(said: Said) -> Callable[[Asked], Said]:
    return lambda _: said


def _denied(asked: Asked) -> Said | None:
    if asked.method != "PUT":
        return None
    return refused(403, "security_exception", "action [indices:admin/create] is unauthorized for "
                   "API key id [x] of user [y] on indices [unite-state], this action is granted "
                   "by the index privileges [create_index,manage,all]")  # fmt: skip


OLD = refused(400, "media_type_header_exception", "Invalid media-type value on headers [Accept]",
              caused_by={"type": "status_exception", "reason": "Accept version must be either "
                         "version 8 or 7, but found 9. Accept=application/…"})  # fmt: skip
PAGE = Said(200, b"<html>a town's web site</html>", {"Content-Type": "text/html"})
# what is wrong → the settings that differ (None: not set), what the message says
WRONG: dict[str, tuple[Callable[[Place], dict[str, str | None]], tuple[str, ...]]] = {
    "no address": (lambda _: {URL: "es.example:9200"}, (URL, "'es.example:9200'", "https://")),
    "no such host": (lambda _: {URL: "https://es.invalid:9200"},
                     (URL, "https://es.invalid:9200", "no host of this name")),
    "another port": (lambda _: {URL: f"https://127.0.0.1:{free_port()}"},
                     (URL, "nothing listens there", "port")),
    "https for http": (lambda p: {URL: p.server.replace("http:", "https:")},
                       (URL, "does not speak https")),
    "http for https": (lambda p: {URL: p.right[URL].replace("https:", "http:"), CA: None},
                       (URL, "speaks only https", CA)),
    "http with a certificate": (lambda p: {URL: p.server}, (CA, "http shows none")),
    "a page": (lambda p: {URL: p.open(p.authority.issue(), instead=_answers(PAGE))},
               (URL, "not Elasticsearch", "curl")),
    "a line before": (lambda p: {URL: p.open(p.authority.issue(), instead=_answers(OLD))},
                      (URL, "version 8", "Elasticsearch 9")),
    "a file that is not there": (lambda _: {CA: "/none/ca.pem"}, (CA, "/none/ca.pem")),
    "a file of something else": (lambda _: {CA: __file__}, (CA, "no certificate")),
    "another authority": (lambda p: {CA: str(p.stranger.file)}, (URL, CA, "authority")),
    "an expired certificate": (
        lambda p: {URL: p.open(p.authority.issue(is_over=True), key=KEY)},
        (URL, "expired", "renew"),
    ),
    "a certificate for another name": (
        lambda p: {URL: p.open(p.authority.issue("es.example"), key=KEY)},
        (URL, "another address"),
    ),
    "both ways to trust": (lambda _: {FINGERPRINT: "ab" * 32}, (FINGERPRINT, CA, "twice")),
    "no fingerprint": (lambda _: {CA: None, FINGERPRINT: "12:34"}, (FINGERPRINT, "64")),
    "another fingerprint": (
        lambda p: {CA: None, FINGERPRINT: own_fingerprint(p.stranger.issue())},
        (FINGERPRINT, "other certificates", "available"),
    ),
    "no key": (lambda _: {API_KEY: None}, (API_KEY, "none is set", "docs/elasticsearch.md")),
    "a wrong key": (lambda _: {API_KEY: "d3Jvbmc="}, (API_KEY, "refused the key")),
    "id and key": (lambda _: {API_KEY: "id:d3Jvbmc="}, (API_KEY, "encoded")),
    "a key that may too little": (
        lambda p: {URL: p.open(p.authority.issue(), key=KEY, instead=_denied)},
        (API_KEY, "indices:admin/create", "create_index, manage, all", "docs/elasticsearch.md"),
    ),
    "no name": (lambda _: {NAME: "Wien Monitor"}, (NAME, "lower-case")),
    "no time": (lambda _: {TIMEOUT: "soon"}, (TIMEOUT, "Seconds")),
    "too little time": (lambda _: {TIMEOUT: "0.000001"}, (URL, TIMEOUT, "in time")),
}  # fmt: skip


def changed(right: Settings, changes: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in {**right, **changes}.items() if value is not None}


def check(told: Told, parts: tuple[str, ...]) -> None:
    assert told.code == 1, told.text
    for part in parts:
        assert part in told.err
    assert "\n  do  " in told.err or "\n  expected  " in told.err
    assert "Traceback" not in told.text
    assert "d3Jvbmc=" not in told.text
    assert KEY not in told.text


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_setting_is_told(
    case: str, home: Path, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.elastic.door._BACKOFF", 0.001)
    make, parts = WRONG[case]
    check(unite(home, "index", env=changed(place.right, make(place))), parts)


@pytest.mark.parametrize("case", ["another authority", "a wrong key"])
def test_a_process_says_the_same(case: str, home: Path, place: Place) -> None:
    make, parts = WRONG[case]
    check(process(home, "compare", "wien", env=changed(place.right, make(place))), parts)


def test_doctor_tells_it_beside_all_else(home: Path, place: Place) -> None:
    told = unite(home, "doctor", "--json", env=changed(place.right, {API_KEY: "d3Jvbmc="}))
    assert told.code == 1
    found = {row["about"]: row for row in json.loads(told.out)["rows"]}
    assert not found["index"]["is_well"]
    assert API_KEY in found["index"]["says"]
    assert found["lake"]["is_well"]


# --- the other side is not as it should be


@contextmanager
def client(place: Place) -> Iterator[Elasticsearch]:
    with Elasticsearch(place.server) as found:
        yield found


@pytest.fixture
def built(home: Path, place: Place) -> Settings:
    """The right settings, with the index built."""
    told = unite(home, "index", "--rebuild", env=place.right)
    assert told.code == 0, told.text
    return place.right


def months(server: Elasticsearch, right: Settings) -> list[str]:
    return list(server.indices.get(index=f"{right[NAME]}-posts-*"))


def test_yellow_answers_and_doctor_tells(home: Path, place: Place, built: Settings) -> None:
    with client(place) as server:
        server.indices.put_settings(
            index=months(server, built),
            settings={"auto_expand_replicas": "false", "number_of_replicas": 1},
        )
    assert unite(home, "compare", "wien", env=built).code == 0
    is_well, says = index_finding(home, built)
    assert is_well
    assert "yellow, a second copy of some shards is missing" in says


def test_red_is_told(home: Path, place: Place, built: Settings) -> None:
    with client(place) as server:
        server.options(request_timeout=30).indices.create(
            index=f"{built[NAME]}-posts-lost", wait_for_active_shards=0,
            settings={"routing.allocation.require._name": "nobody"},
            aliases={f"{built[NAME]}-posts": {}},
        )  # fmt: skip
    told = unite(home, "compare", "wien", env=built)
    check(told, (URL, "not whole", "green or yellow"))
    is_well, says = index_finding(home, built)
    assert not is_well
    assert "red: 1 shards" in says
    assert unite(home, "index", "--rebuild", env=built).code == 0  # and is mended by a rebuild


def test_a_read_only_index_answers_and_takes_no_change(
    home: Path, place: Place, built: Settings
) -> None:
    with client(place) as server:
        server.indices.put_settings(
            index=f"{built[NAME]}-*", settings={"index.blocks.read_only_allow_delete": True}
        )
        try:
            assert unite(home, "compare", "wien", env=built).code == 0
            check(unite(home, "index", env=built), (URL, "takes no change", "read-only"))
            is_well, says = index_finding(home, built)
            assert not is_well
            assert "index.blocks.read_only_allow_delete" in says
        finally:
            server.indices.put_settings(
                index=f"{built[NAME]}-*", settings={"index.blocks.read_only_allow_delete": None}
            )
    assert unite(home, "index", env=built).code == 0


def test_what_a_newer_program_wrote_is_left_alone(
    home: Path, place: Place, built: Settings
) -> None:
    with client(place) as server:
        server.update(index=f"{built[NAME]}-state", id="now", doc={"version": 99})
        before = months(server, built)
        for words in (("compare", "wien"), ("index",), ("index", "--rebuild")):
            check(unite(home, *words, env=built), (NAME, "newer version", "schema 99"))
        assert months(server, built) == before
        server.update(index=f"{built[NAME]}-state", id="now", doc={"version": 1})


def test_a_lake_of_another_schema_is_told(home: Path, place: Place, tmp_path: Path) -> None:
    copy = tmp_path / "home"
    shutil.copytree(home, copy)
    DeltaTable(str(copy / "lake" / "posts")).alter.set_table_properties(
        {"unite.schema": str(schema.VERSION + 1)}, raise_if_not_exists=False
    )
    told = unite(copy, "index", env=place.right)
    check(told, ("UNITE_HOME", f"schema {schema.VERSION + 1}", "newer program"))
