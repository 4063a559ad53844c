"""The way to Elasticsearch: each thing that can be wrong on it has its own message.

A front answers as Elasticsearch does; what is asked here is the certificate, the key and the
words of refusals. tests/server asks the real one.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from authority import Authority, Shown, own_fingerprint
from elasticsearch import Elasticsearch
from front import PRODUCT, Asked, Cut, Front, Hang, Said, front, refused
from servers import free_port

from base.errors import BadInput, Terminal, Transient, UniteError
from store.elastic import faults
from store.elastic.door import Address, connect, translated
from store.elastic.faults import (
    Busy,
    KeyRefused,
    NotPermitted,
    NotTrusted,
    NotWritable,
    Refused,
    Unavailable,
    Unreachable,
    WrongServer,
)
from store.elastic.translate import of_item
from store.index import IndexFault, IndexMissing, IndexNotWritten

pytestmark = pytest.mark.unit
KEY = "VnVhQ2ZHY0JDZGJrUW0tZTVhT3g6dWkybHAyYXhUTm1zeWFrdzl0dk5udw=="
INFO = {"version": {"number": "9.4.3"}, "tagline": "You Know, for Search"}


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tried again is tried at once."""
    monkeypatch.setattr("store.elastic.door._BACKOFF", 0.001)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Another authority of the same name."""
    return Authority(tmp_path_factory.mktemp("stranger"))


@contextmanager
def server(
    shown: Shown | None = None,
    key: str | None = None,
    instead: Callable[[Asked], Said | None] = lambda _: Said(body=INFO),
) -> Iterator[Front]:
    with front("http://127.0.0.1:1", shown, key=key, instead=instead) as found:
        yield found


def ask(url: str, timeout: float = 10.0, **given: Any) -> Any:
    with translated(), connect(Address.parse(url, timeout=timeout, **given)) as client:
        return client.info().body


def fault_of(url: str, **given: Any) -> UniteError:
    with pytest.raises(UniteError) as caught:
        ask(url, **given)
    assert caught.value.__cause__ is None  # nothing of the library's is printed
    return caught.value


# --- the certificate


def test_what_the_authority_signed_is_trusted(authority: Authority) -> None:
    with server(authority.issue(), key=KEY) as there:
        assert ask(there.url, ca=authority.file, api_key=KEY) == INFO


def test_a_fingerprint_is_the_servers_own_or_its_authoritys(authority: Authority) -> None:
    shown = authority.issue("elsewhere.example")  # who has the key is it, whatever its name
    with server(shown) as there:
        for digits in (own_fingerprint(shown), authority.fingerprint()):
            assert ask(there.url, fingerprint=digits) == INFO
            pairs = ":".join(digits[n : n + 2] for n in range(0, 64, 2)).upper()
            assert ask(there.url, fingerprint=pairs) == INFO


CERTIFICATES: dict[str, tuple[Callable[[Authority, Authority], Shown], str]] = {
    "an authority of the same name": (
        lambda _, other: other.issue(),
        "authority that is not trusted",
    ),
    "another authority": (
        lambda ours, _: Authority(ours.folder / "other", "Another").issue(),
        "authority that is not trusted",
    ),
    "another name": (lambda ours, _: ours.issue("es.example"), "for another address"),
    "expired": (lambda ours, _: ours.issue(is_over=True), "has expired"),
}


@pytest.mark.parametrize("case", CERTIFICATES)
def test_a_wrong_certificate_is_told(case: str, authority: Authority, stranger: Authority) -> None:
    make, said = CERTIFICATES[case]
    with server(make(authority, stranger), key=KEY) as there:
        fault = fault_of(there.url, ca=authority.file, api_key=KEY)
    assert isinstance(fault, NotTrusted)
    assert said in fault.what
    assert there.url in str(fault)
    assert there.asked == []  # the key went to nobody


def test_a_certificate_for_another_name_is_told(authority: Authority) -> None:
    with server(authority.issue("es.example")) as there:
        address = there.url.replace("127.0.0.1", "localhost")
        assert "for another name" in fault_of(address, ca=authority.file).what


def test_where_no_certificate_is_named_only_public_authorities_count(authority: Authority) -> None:
    with server(authority.issue()) as there:
        fault = fault_of(there.url)
    assert isinstance(fault, NotTrusted)
    assert faults.CA in str(fault)


def test_another_fingerprint_is_told_with_those_that_are_shown(
    authority: Authority, stranger: Authority
) -> None:
    shown = stranger.issue()
    with server(shown, key=KEY) as there:
        fault = fault_of(there.url, fingerprint=authority.fingerprint(), api_key=KEY)
    assert isinstance(fault, NotTrusted)
    assert fault.available == (own_fingerprint(shown), stranger.fingerprint())
    assert there.asked == []


def test_who_sends_the_right_authoritys_certificate_along_is_not_the_server(
    authority: Authority, stranger: Authority
) -> None:
    """It is public, so anybody can; the official client's own check of fingerprints lets it in."""
    forged = stranger.issue(along=authority)
    with server(forged, key=KEY) as there:
        naive = Elasticsearch(
            there.url, ssl_assert_fingerprint=authority.fingerprint(), api_key=KEY
        )
        assert naive.info().body == INFO
        assert len(there.asked) == 1
        fault = fault_of(there.url, fingerprint=authority.fingerprint(), api_key=KEY)
    assert isinstance(fault, NotTrusted)
    assert len(there.asked) == 1


def test_https_against_http_is_told(authority: Authority) -> None:
    with server() as there:
        address = there.url.replace("http:", "https:")
        for given in ({"ca": authority.file}, {"fingerprint": authority.fingerprint()}, {}):
            fault = fault_of(address, **given)
            assert isinstance(fault, WrongServer)
            assert "does not speak https" in fault.what


def test_http_against_https_is_told(authority: Authority) -> None:
    with server(authority.issue()) as there:
        fault = fault_of(there.url.replace("https:", "http:"))
    assert isinstance(fault, WrongServer)
    assert "speaks only https" in fault.what


# --- what a setting cannot be


@pytest.mark.parametrize(("url", "said"), [
    ("localhost:9200", "'localhost:9200' is no address"),
    ("ftp://es.example:9200", "is no address"),
    ("http://", "is no address"),
    ("http://es.example:99999", "is no address"),
    (" , ", "is no address"),
    ("http://a.example:9200,https://b.example:9200", "some addresses are https and some http"),
    ("https://elastic:secret@es.example:9200", "no user and no password"),
])  # fmt: skip
def test_an_address_that_is_none_is_told_before_anything_is_asked(url: str, said: str) -> None:
    fault = fault_of(url)
    assert isinstance(fault, BadInput)
    assert said in fault.what
    assert fault.where == faults.URL
    assert "secret" not in str(fault)


@pytest.mark.parametrize(("given", "where"), [
    ({"api_key": "ApiKey abc"}, faults.KEY),
    ({"api_key": "id:secret"}, faults.KEY),
    ({"ca": Path("/none/ca.pem")}, faults.CA),
    ({"ca": Path(__file__)}, faults.CA),
    ({"fingerprint": "AB:CD"}, faults.FINGERPRINT),
    ({"fingerprint": "z" * 64}, faults.FINGERPRINT),
    ({"ca": Path("/none"), "fingerprint": "ab" * 32}, faults.FINGERPRINT),
])  # fmt: skip
def test_a_setting_that_cannot_be_is_named(given: dict[str, Any], where: str) -> None:
    fault = fault_of("https://es.example:9200", **given)
    assert isinstance(fault, BadInput)
    assert where in str(fault.where)
    assert "secret" not in str(fault)


def test_a_certificate_for_http_is_a_mistake(authority: Authority) -> None:
    fault = fault_of("http://localhost:9200", ca=authority.file)
    assert isinstance(fault, BadInput)
    assert fault.where == faults.CA


def test_a_key_never_travels_in_the_open() -> None:
    fault = fault_of("http://es.example:9200", api_key=KEY)
    assert isinstance(fault, BadInput)
    assert KEY not in str(fault)


# --- the key


def test_a_missing_key_and_a_wrong_one_are_told_apart(authority: Authority) -> None:
    with server(authority.issue(), key=KEY) as there:
        missing = fault_of(there.url, ca=authority.file)
        wrong = fault_of(there.url, ca=authority.file, api_key="d3Jvbmc6a2V5")
    for fault in (missing, wrong):
        assert isinstance(fault, KeyRefused)
        assert faults.KEY in str(fault)
        assert there.url in str(fault)
    assert "none is set" in missing.what
    assert "refused the key" in wrong.what
    assert "d3Jvbmc6a2V5" not in str(wrong)


# --- what it answers: (answer, class, whether trying again helps, what is said)
DENIED = (
    "action [indices:admin/create] is unauthorized for API key id [VuaCfGcBCdbkQm-e5aOx] of user "
    "[admin] on indices [unite-2026-01], this action is granted by the index privileges "
    "[create_index,manage,all]"
)
FLOOD = (
    "index [unite-2026-01] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage "
    "watermark, index has read-only-allow-delete block; for more information, see …];"
)
ANSWERS: dict[str, tuple[Said, type[IndexFault], bool, str]] = {
    "a privilege is lacking": (
        refused(403, "security_exception", DENIED), NotPermitted, False,
        "(indices:admin/create)",
    ),
    "a line before": (
        refused(400, "media_type_header_exception", "Invalid media-type value on headers [Accept]",
                caused_by={"type": "status_exception", "reason": "Accept version must be either "
                           "version 8 or 7, but found 9. Accept=application/…"}),
        WrongServer, False, "an Elasticsearch of version 8",
    ),
    "a page": (
        Said(200, b"<html>hello</html>", {"Content-Type": "text/html"}), WrongServer, False,
        "not Elasticsearch",
    ),
    "another product": (Said(200, {"version": {"number": "2.19.0", "distribution": "other"}}, {}),
                        WrongServer, False, "not Elasticsearch"),
    "nothing of this path": (Said(404, b"gone", {"Content-Type": "text/plain"}), WrongServer, False,
                             "not Elasticsearch"),
    "no JSON": (Said(200, b"{\"version", PRODUCT), Unreachable, True, "cannot be read"),
    "too many questions": (Said(429, {"error": {"type": "es_rejected_execution_exception"}},
                                {**PRODUCT, "Retry-After": "7"}), Busy, True, "too much to do"),
    "memory": (refused(429, "circuit_breaking_exception", "Data too large"), Busy, True,
               "circuit_breaking_exception"),
    "a full disk": (refused(429, "cluster_block_exception", FLOOD), NotWritable, True,
                    "disk usage exceeded flood-stage watermark"),
    "a block by hand": (
        refused(403, "cluster_block_exception",
                "index [unite] blocked by: [FORBIDDEN/8/index write (api)];"),
        NotWritable, True, "index write (api)",
    ),
    "it is starting": (
        refused(503, "cluster_block_exception",
                "blocked by: [SERVICE_UNAVAILABLE/1/state not recovered / initialized];"),
        Unavailable, True, "not ready",
    ),
    "no master": (refused(503, "master_not_discovered_exception"), Unavailable, True,
                  "master_not_discovered"),
    "red": (
        Said(503, {"error": {"root_cause": [{"type": "no_shard_available_action_exception"}],
                             "type": "search_phase_execution_exception",
                             "reason": "all shards failed"}, "status": 503}),
        Unavailable, True, "no_shard_available_action_exception",
    ),
    "a proxy without a server": (Said(502, b"bad gateway", {}), Unreachable, True, "a proxy"),
    "a proxy with keys of its own": (Said(401, b"who?", {}), KeyRefused, False, "refused"),
    "no index": (refused(404, "index_not_found_exception", "no such index [unite]"), IndexMissing,
                 False, "not there"),
    "too many shards": (
        refused(400, "validation_exception", "Validation Failed: 1: this action would add [2] "
                "shards, but this cluster currently has [1000]/[1000] maximum normal shards "
                "open;"),
        Refused, False, "as many shards",
    ),
    "anything else": (
        refused(400, "document_parsing_exception", "failed to parse: 'a word of a post'"),
        Refused, False, "document_parsing_exception",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ANSWERS)
def test_each_answer_has_its_own_message(case: str) -> None:
    answer, kind, is_transient, said = ANSWERS[case]
    with server(instead=lambda _: answer) as there:
        fault = fault_of(there.url)
    assert type(fault) is kind
    assert isinstance(fault, Transient if is_transient else Terminal)
    assert said in fault.what
    assert there.url in str(fault) or case == "no JSON"  # the library does not say whose it was
    assert "a word of a post" not in str(fault)
    assert "VuaCfGcBCdbkQm-e5aOx" not in str(fault)


def test_a_lacking_privilege_is_named_with_those_that_would_do() -> None:
    with server(instead=lambda _: ANSWERS["a privilege is lacking"][0]) as there:
        fault = fault_of(there.url)
    assert fault.expected == "index privileges [create_index, manage, all]"
    assert "docs/elasticsearch.md" in str(fault.hint)


def test_who_is_busy_says_when_to_come_again() -> None:
    with server(instead=lambda _: ANSWERS["too many questions"][0]) as there:
        fault = fault_of(there.url)
    assert isinstance(fault, Busy)
    assert fault.retry_after == 7


def test_a_block_is_also_what_the_embedded_index_raises_for_a_full_disk() -> None:
    assert issubclass(NotWritable, IndexNotWritten)


def test_the_row_of_a_bulk_is_at_fault_only_where_the_cluster_is_not() -> None:
    assert of_item(400, {"type": "document_parsing_exception"}) is None
    assert of_item(400, {"type": "strict_dynamic_mapping_exception"}) is None
    for status, kind, fault in (
        (429, "es_rejected_execution_exception", Busy),
        (403, "cluster_block_exception", NotWritable),
        (403, "security_exception", NotPermitted),
        (503, "unavailable_shards_exception", Unavailable),
        (404, "index_not_found_exception", IndexMissing),
    ):
        assert isinstance(of_item(status, {"type": kind}), fault)


# --- no answer


def test_nobody_listens() -> None:
    fault = fault_of(f"http://127.0.0.1:{free_port()}")
    assert isinstance(fault, Unreachable)
    assert "nothing listens" in fault.what


def test_no_such_host() -> None:
    fault = fault_of("http://es.invalid:9200")
    assert isinstance(fault, Unreachable)
    assert "no host of this name" in fault.what


def _hang(_: Asked) -> Said:
    raise Hang


def _cut(_: Asked) -> Said:
    raise Cut


def test_no_answer_in_time() -> None:
    started = time.monotonic()
    with server(instead=_hang) as there:
        fault = fault_of(there.url, timeout=0.2)
    assert isinstance(fault, Unreachable)
    assert "in time" in fault.what
    assert faults.TIMEOUT in str(fault)
    assert time.monotonic() - started < 5  # a lone node is not asked six times


def test_no_handshake_in_time(authority: Authority) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"https://127.0.0.1:{silent.getsockname()[1]}"
        for given in ({"ca": authority.file}, {"fingerprint": authority.fingerprint()}):
            fault = fault_of(address, timeout=0.2, **given)
            assert isinstance(fault, Unreachable)
            assert "in time" in fault.what


def test_the_connection_is_cut() -> None:
    with server(instead=_cut) as there:
        fault = fault_of(there.url)
    assert isinstance(fault, Unreachable)
    assert "cut off" in fault.what


def test_of_several_nodes_one_that_answers_is_enough(authority: Authority) -> None:
    with server(authority.issue()) as there:
        urls = f"https://127.0.0.1:{free_port()}, {there.url}/"
        for given in ({"ca": authority.file}, {"fingerprint": authority.fingerprint()}):
            assert ask(urls, **given) == INFO


def test_a_node_that_fails_once_is_asked_again() -> None:
    def first_fails(asked: Asked) -> Said:
        return Said(body=INFO) if asked.number else refused(503, "master_not_discovered_exception")

    with server(instead=first_fails) as there:
        assert ask(there.url) == INFO


def test_the_library_writes_nothing_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with server(instead=_cut) as there:
        fault_of(there.url)
    assert caplog.text == ""
