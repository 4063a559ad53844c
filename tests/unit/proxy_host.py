"""A proxy that stands in for the whole web: every https address is answered on this machine.

A process that is given `environment()` reaches the hosts of `names` under their own names and
certificates, and no other. A host that is not named cannot be reached (502). What speaks no HTTP
is named by its port: the proxy takes TLS off and passes bytes on.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from test_http_host import Ask, Host, running

from base.time import now


class Tunnel(Ask):
    """A connection through the proxy, opened as the host it asks for."""

    name = ""

    def do_CONNECT(self) -> None:
        proxy = self.server
        assert isinstance(proxy, Proxy)
        self.name = self.path.partition(":")[0]
        proxy.connected.append(self.name)
        scheme, _, given = self.headers.get("proxy-authorization", "").partition(" ")
        if scheme == "Basic":
            proxy.allowed.append(given)
        self.close_connection = self.name not in proxy.names
        self.send_response_only(502 if self.close_connection else 200)
        self.end_headers()
        if not self.close_connection:
            self.connection = proxy.tls.wrap_socket(self.connection, server_side=True)
            target = proxy.names[self.name]
            if isinstance(target, int):
                self.close_connection = True
                _pass_on(self.connection, target)
                return
            self.rfile = self.connection.makefile("rb")
            self.wfile = self.connection.makefile("wb", buffering=0)  # type: ignore[assignment]

    def asked_of(self, host: Host) -> Host:
        assert isinstance(host, Proxy)
        found = host.names[self.name]
        assert isinstance(found, Host)
        return found

    def finish(self) -> None:
        super().finish()
        self.connection.close()


class Proxy(Host):
    """names: host name → who answers for it. connected: the names asked for, in turn; allowed: the
    names and passwords given, as they were sent."""

    def __init__(self, names: Mapping[str, Host | int], tls: ssl.SSLContext) -> None:
        super().__init__()
        self.RequestHandlerClass = Tunnel
        self.names, self.tls = names, tls
        self.connected: list[str] = []
        self.allowed: list[str] = []

    def environment(self, certificate: Path) -> dict[str, str]:
        """What leads a process here."""
        found = dict.fromkeys(("HTTPS_PROXY", "https_proxy"), self.at(""))
        return {**found, "NO_PROXY": "127.0.0.1", "no_proxy": "", "SSL_CERT_FILE": str(certificate)}


@contextmanager
def proxied(names: Mapping[str, Host | int], certificate: Path) -> Iterator[Proxy]:
    """The proxy, running; its certificate of all the names is written there."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(_certify(list(names), certificate))
    proxy = Proxy(names, tls)
    with running(proxy):
        yield proxy


def _pass_on(client: ssl.SSLSocket, port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as server:

        def answers() -> None:
            with contextlib.suppress(OSError):
                while part := server.recv(65536):
                    client.sendall(part)
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)

        thread = threading.Thread(target=answers, daemon=True)
        thread.start()
        with contextlib.suppress(OSError):
            while part := client.recv(65536):
                server.sendall(part)
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def _certify(names: list[str], certificate: Path) -> Path:
    """A key with a certificate for all the names, signed by itself; the file with both."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a test")])
    signed = (
        x509.CertificateBuilder()
        .subject_name(issuer).issuer_name(issuer).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - timedelta(days=1)).not_valid_after(now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(n) for n in names]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    both = certificate.with_suffix(".both")
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    pem = key.private_bytes(serialization.Encoding.PEM, form, plain)
    both.write_bytes(certificate.read_bytes() + pem)
    return both
