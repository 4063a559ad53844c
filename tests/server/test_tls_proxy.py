"""The proxy of deploy/Caddyfile before a real `unite serve`: TLS, the door, health, metrics."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from servers import free_port

from monitor.settings import Settings
from monitor.workspace import Workspace

pytestmark = pytest.mark.server
ROOT = Path(__file__).resolve().parents[2]
NAME, TOKEN = "monitor.example", "a-token-for-a-scraper"
HOST = {"Host": NAME}


@dataclass(frozen=True)
class Installation:
    """port: of the proxy. inner: of the application. opens: the address that was printed."""

    port: int
    inner: int
    opens: str
    trusted: ssl.SSLContext
    said: Path

    def ask(
        self, path: str, method: str = "GET", body: str | None = None, **headers: str
    ) -> tuple[int, dict[str, str], str]:
        """Asks through the proxy, as a browser elsewhere would: by the public name."""
        way = http.client.HTTPSConnection("localhost", self.port, context=self.trusted, timeout=30)
        named = {k.replace("_", "-"): v for k, v in headers.items()}
        way.request(method, path, body, {**HOST, **named})
        answer = way.getresponse()
        text = answer.read().decode()
        way.close()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, text


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """`unite serve` on loopback, and Caddy with the certificates of deploy/secrets.sh before it."""
    caddy = shutil.which(os.environ.get("UNITE_TEST_CADDY", "caddy"))
    if caddy is None or shutil.which("openssl") is None:
        pytest.skip("needs Caddy and openssl: apt install caddy openssl, or UNITE_TEST_CADDY")
    folder = tmp_path_factory.mktemp("proxied")
    shutil.copytree(ROOT / "deploy", folder / "deploy", ignore=shutil.ignore_patterns("secrets"))
    subprocess.run(["sh", "deploy/secrets.sh", NAME], cwd=folder, check=True, capture_output=True)
    secrets = folder / "deploy" / "secrets"
    mounted = folder / "mounted"
    mounted.mkdir()
    (mounted / "unite_dashboard_metrics_token").write_text(TOKEN)
    home = folder / "home"
    _ = Workspace(Settings(home=home)).lake
    port, inner = free_port(), free_port()
    settings = {
        "UNITE_HOME": str(home), "UNITE_SECRETS": str(mounted), "UNITE_LOG_JSON": "true",
        "UNITE_LOG_LEVEL": "debug", "UNITE_DASHBOARD_ADDRESS": f"https://{NAME}",
    }  # fmt: skip
    kept = {k: v for k, v in os.environ.items() if not k.startswith("UNITE_")}
    proxy = {
        "TLS_CERTIFICATE": str(secrets / "site.pem"), "TLS_KEY": str(secrets / "site.key"),
        "APP_PORT": str(inner), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder),
    }  # fmt: skip
    file = folder / "Caddyfile"
    text = (ROOT / "deploy" / "Caddyfile").read_text()
    file.write_text(text.replace(":8443 {", f":{port} {{"))
    said = folder / "said"
    serve = [sys.executable, "-m", "monitor.cli.main", "serve", "--no-open", "--port", str(inner)]
    run = [caddy, "run", "--config", str(file), "--adapter", "caddyfile"]
    with (
        said.open("w") as log,
        subprocess.Popen(
            serve, env={**kept, **settings}, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True
        ) as app,
        subprocess.Popen(run, env={**kept, **proxy}, stderr=log) as front,
    ):
        try:
            assert app.stdout is not None
            line = app.stdout.readline()
            opens = line.partition("once: ")[2].strip()
            trusted = ssl.create_default_context(cafile=str(secrets / "ca.pem"))
            found = Installation(port, inner, opens, trusted, said)
            _wait(found, front)
            yield found
        finally:
            front.terminate()
            app.terminate()


def _wait(found: Installation, front: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 120
    while True:
        try:
            if found.ask("/health/live")[0] == 200:
                return
        except OSError:
            pass
        assert front.poll() is None, found.said.read_text()
        assert time.monotonic() < end, found.said.read_text()
        time.sleep(0.1)


def test_the_printed_address_opens_once_through_tls(shown: Installation) -> None:
    assert shown.opens.startswith(f"https://{NAME}/?token=")
    path = shown.opens.removeprefix(f"https://{NAME}")
    assert shown.ask("/")[0] == 403
    status, headers, _ = shown.ask(path)
    assert (status, headers["location"]) == (303, "/")
    kept = headers["set-cookie"]
    assert {"Secure", "HttpOnly", "SameSite=Strict"} <= {part.strip() for part in kept.split(";")}
    cookie = kept.split(";")[0]
    status, headers, body = shown.ask("/", cookie=cookie)
    assert status == 200
    assert "UniteEurope" in body
    assert headers["strict-transport-security"].startswith("max-age=")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "server" not in headers
    assert shown.ask(path)[0] == 403
    # a change comes from the page itself
    asked = {"cookie": cookie, "content_type": "application/json"}
    for origin, is_open in ((f"https://{NAME}", True), ("https://evil.example", False),
                            (f"http://{NAME}", False)):  # fmt: skip
        status = shown.ask("/_dash-update-component", "POST", "{}", origin=origin, **asked)[0]
        assert (status != 403) is is_open


def test_only_its_own_names_are_answered(shown: Installation) -> None:
    way = http.client.HTTPSConnection("localhost", shown.port, context=shown.trusted, timeout=30)
    way.request("GET", shown.opens.partition(NAME)[2], headers={"Host": "evil.example"})
    assert way.getresponse().status == 403
    way.close()


def test_health_is_open_and_metrics_are_not(shown: Installation) -> None:
    status, _, body = shown.ask("/health/ready")
    assert status == 200
    assert '"lake": "empty"' in body
    assert shown.ask("/metrics")[0] == 403
    assert shown.ask("/metrics", authorization="Bearer wrong")[0] == 403
    status, _, body = shown.ask("/metrics", authorization=f"Bearer {TOKEN}")
    assert status == 200
    assert "unite_disk_free_bytes" in body


def test_whoever_asks_by_number_is_answered_as_the_kubelet_is(shown: Installation) -> None:
    nameless = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # sends no name, looks at no certificate
    nameless.check_hostname, nameless.verify_mode = False, ssl.CERT_NONE
    way = http.client.HTTPSConnection("127.0.0.1", shown.port, context=nameless, timeout=30)
    way.request("GET", "/health/live", headers={"Host": "10.1.2.3:8443"})
    assert way.getresponse().status == 200
    way.close()


def test_the_pages_themselves_are_on_loopback_alone(shown: Installation) -> None:
    listening = Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()
    places = re.findall(rf"^ *\d+: ([0-9A-F]+):{shown.inner:04X} \S+ 0A", listening, re.MULTILINE)
    assert places == ["0100007F"]


def test_neither_log_holds_the_token_or_what_was_asked(shown: Installation) -> None:
    shown.ask("/compare?city=kanarienstadt")
    said = shown.said.read_text()
    assert '"request"' in said
    for word in (shown.opens.partition("token=")[2], TOKEN, "kanarienstadt"):
        assert word not in said


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_old_tls_and_foreign_authorities_are_refused(shown: Installation) -> None:
    foreign = http.client.HTTPSConnection("localhost", shown.port)
    with pytest.raises(ssl.SSLCertVerificationError):
        foreign.connect()
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    outdated = http.client.HTTPSConnection("localhost", shown.port, context=old)
    with pytest.raises(OSError):
        outdated.connect()
