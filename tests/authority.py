"""A certificate authority of the tests: what it signs lasts a day, or is already over."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Shown:
    """What a server shows. certificates: the chain, its own first. Both are PEM files."""

    certificates: Path
    key: Path


class Authority:
    """Signs certificates; its own lies in `file`. Two of one `name` differ in their keys alone."""

    def __init__(self, folder: Path, name: str = "Test Authority") -> None:
        self.folder = folder
        self.file = folder / "ca.pem"
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC)
        public = self._key.public_key()
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(self._name).issuer_name(self._name)
            .public_key(public).serial_number(x509.random_serial_number())
            .not_valid_before(now - 9 * _DAY).not_valid_after(now + 9 * _DAY)
            .add_extension(x509.BasicConstraints(True, None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(_usage(is_authority=True), critical=True)
            .sign(self._key, hashes.SHA256())
        )  # fmt: skip
        folder.mkdir(parents=True, exist_ok=True)
        self.file.write_bytes(_pem(self.certificate))

    def fingerprint(self) -> str:
        """SHA-256 of its certificate, hex."""
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    def issue(
        self, name: str = "127.0.0.1", *, is_over: bool = False, along: Authority | None = None
    ) -> Shown:
        """A certificate for a name or address. along: whose certificate is sent with it, its own
        where nobody is named."""
        key = ec.generate_private_key(ec.SECP256R1())
        until = datetime.now(UTC) + (-_DAY if is_over else _DAY)
        try:
            alternative: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(name))
        except ValueError:
            alternative = x509.DNSName(name)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(self._name)
            .public_key(key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(until - 3 * _DAY).not_valid_after(until)
            .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
            .add_extension(x509.BasicConstraints(False, None), critical=True)
            .sign(self._key, hashes.SHA256())
        )  # fmt: skip
        stem = self.folder / f"{certificate.serial_number:x}"
        shown = Shown(stem.with_suffix(".pem"), stem.with_suffix(".key"))
        shown.certificates.write_bytes(_pem(certificate) + _pem((along or self).certificate))
        shown.key.write_bytes(
            key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                              serialization.NoEncryption())
        )  # fmt: skip
        return shown


def own_fingerprint(shown: Shown) -> str:
    """SHA-256 of a server's own certificate, hex."""
    first = x509.load_pem_x509_certificates(shown.certificates.read_bytes())[0]
    return first.fingerprint(hashes.SHA256()).hex()


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True, key_cert_sign=is_authority, crl_sign=is_authority,
        content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
