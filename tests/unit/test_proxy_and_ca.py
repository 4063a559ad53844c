"""Behind a company's proxy that signs with its own certificate, each client reaches its platform.

The proxy takes CONNECT and speaks TLS under an authority nobody else trusts. With it in
UNITE_COLLECTORS_CA everything is read; without it the error names that setting.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from jetstream import commit, streaming
from looks import NOW
from platform_hosts import PLACES, Place, settings, standing
from proxy_host import Proxy, proxied
from test_http_host import running

from base.errors import BadInput
from collectors.bluesky.socket import messages
from collectors.errors import CollectError, Unreachable
from collectors.http import Http, Limits
from collectors.http.stream import events, stream
from collectors.http.trust import trust
from collectors.youtube import api as youtube_api
from monitor import collecting
from monitor.settings import Settings
from monitor.workspace import Workspace

pytestmark = pytest.mark.unit
_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "WSS_PROXY", "SSL_CERT_FILE")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return tmp_path / "authority.pem"


def behind(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy.at(""))


def client(certificate: Path | None) -> Http:
    limits = Limits(interval=0, tries=1, total=60)
    return Http(limits=limits, now=lambda: NOW, tls=trust(certificate))


def far_away(place: Place) -> Place:
    """The platform under a name of its own, where https is spoken."""
    name = f"https://{place.platform}.example"
    place.address = place.source.address.replace(place.host.at(""), name)
    return place


def workspace(home: Path, place: Place) -> Workspace:
    found = settings(home, place)
    service = f"{place.platform}=https://{place.platform}.example"
    services = service if found.collectors_services else ""
    return Workspace(found.model_copy(update={"collectors_services": services}))


@pytest.fixture
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    with standing(request.param) as found:
        found.show([
            found.native(n, NOW - timedelta(hours=5 - n), f"Neue Wohnungen in Wien, Haus {n}")
            for n in range(1, 4)
        ])  # fmt: skip
        yield far_away(found)


@pytest.mark.parametrize("place", PLACES, indirect=True)
def test_every_platform_is_read_through_the_proxy_and_not_without_its_authority(
    place: Place, tools: Workspace, tmp_path: Path, certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(youtube_api, "_used", {})
    name = f"{place.platform}.example"
    opened, sources = workspace(tmp_path / "home", place), [place.source]
    opened.__dict__["tagger"] = tools.tagger
    span = {"since": NOW - timedelta(days=1), "until": NOW}
    with proxied({name: place.host}, certificate) as proxy:
        behind(proxy, monkeypatch)
        with client(None) as http:
            _, failed = collecting.collect(opened, sources, http=http, **span)
        assert len(failed) == 1
        assert "UNITE_COLLECTORS_CA" in str(failed[0].error)
        assert place.host.asked == []
        with client(certificate) as http:
            taken, failed = collecting.collect(opened, sources, http=http, **span)
        assert failed == []
        assert taken.fetched == 3
    assert set(proxy.connected) == {name}


def test_a_websocket_goes_through_the_proxy(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def first(tls: Path | None) -> bytes | None:
        found = messages(
            lambda: "wss://jetstream.example/subscribe?cursor=0", now=lambda: NOW,
            sleep=lambda _: None, tls=trust(tls),
        )  # fmt: skip
        try:
            return next(message for message in found if message is not None)
        finally:
            found.close()

    with streaming(events=[commit(1, "Wohnungen")]) as server:
        with proxied({"jetstream.example": server.port}, certificate) as proxy:
            behind(proxy, monkeypatch)
            assert b"Wohnungen" in (first(certificate) or b"")
            with pytest.raises(Unreachable, match="UNITE_COLLECTORS_CA"):
                first(None)
        assert set(proxy.connected) == {"jetstream.example"}
        with proxied({}, certificate) as proxy:
            behind(proxy, monkeypatch)
            with pytest.raises(Unreachable, match="the proxy refused"):
                first(certificate)


def test_a_long_answer_goes_through_the_proxy(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running() as host, proxied({"social.example": host}, certificate) as proxy:
        behind(proxy, monkeypatch)
        host.ways["/stream"] = lambda ask: ask.give(200, b"event: update\ndata: {}\n\n")
        address = "https://social.example/stream"
        with client(certificate) as http, stream(http, address, headers={}, quiet=30) as pieces:
            assert list(events(pieces, 1000)) == [b"event: update\ndata: {}\n\n"]
        with client(None) as http, pytest.raises(CollectError, match="UNITE_COLLECTORS_CA"):  # noqa: SIM117
            with stream(http, address, headers={}, quiet=30):
                pass


def test_the_name_and_password_of_a_proxy_are_sent_and_a_refusal_names_the_variable(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with proxied({}, certificate) as proxy, client(certificate) as http:
        address = proxy.at("").replace("http://", "http://amt:geheim@")
        monkeypatch.setenv("HTTPS_PROXY", address)
        with client(certificate) as http, pytest.raises(Unreachable, match="HTTPS_PROXY=") as said:
            http.get("https://nowhere.example/")
    assert "geheim" not in str(said.value)
    assert proxy.allowed == [base64.b64encode(b"amt:geheim").decode()]


def test_what_no_proxy_names_is_reached_directly_and_http_has_its_own_proxy(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running() as near, running() as other, proxied({}, certificate) as proxy:
        behind(proxy, monkeypatch)
        monkeypatch.setenv("HTTP_PROXY", other.at(""))
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        near.ways["/"] = lambda ask: ask.give(200, b"near")
        other.ways["http://far.example/"] = lambda ask: ask.give(200, b"far")
        with client(None) as http:
            assert http.get(near.at("/")).body == b"near"
            assert http.get("http://far.example/").body == b"far"
    assert proxy.connected == []


def test_the_settings_authority_is_the_clients(
    tmp_path: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running() as host, proxied({"a.example": host}, certificate) as proxy:
        behind(proxy, monkeypatch)
        host.ways["/"] = lambda ask: ask.give(200, b"read")
        opened = Workspace(Settings(home=tmp_path / "home", collectors_ca=certificate))
        with collecting.client(opened) as http:
            assert http.get("https://a.example/").body == b"read"
        # and the variable that every program knows, in the place of the public authorities
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        with Http(limits=Limits(interval=0)) as http:
            assert http.get("https://a.example/").body == b"read"


@pytest.mark.parametrize("content", [None, b"", b"no certificate", b"\xff\xfe"])
def test_a_file_without_certificates_is_named_by_its_setting(
    tmp_path: Path, content: bytes | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "authority.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadInput, match="UNITE_COLLECTORS_CA"):
        trust(path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with pytest.raises(BadInput, match="SSL_CERT_FILE"):
        trust()


def test_libraries_have_no_way_of_their_own() -> None:
    """What speaks to a platform without our client would know nothing of proxy and authority."""
    root = Path(__file__).resolve().parent.parent.parent
    for path in (root / "collectors").rglob("*.py"):
        text = path.read_text("utf-8")
        for other in ("urlopen", "http.client", "httpx.Client(", "httpx.get(", "requests.get("):
            is_ours = path == root / "collectors" / "http" / "__init__.py"
            assert other not in text or is_ours, f"{path.name}: {other}"
