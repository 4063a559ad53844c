"""The way to Elasticsearch: address, key, certificate.

`connect` looks at what was given before a byte leaves; what goes wrong later is told by
`translated` (`store.elastic.faults` draws the tree).
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import urllib3
from elastic_transport import (
    NodeConfig,
    TlsError,
    TransportError,
    Urllib3HttpNode,
)
from elasticsearch import Elasticsearch

from base.errors import BadInput
from store.elastic import translate, trust
from store.elastic.faults import CA, FINGERPRINT, KEY, URL
from store.elastic.translate import translated

__all__ = ["Address", "connect", "translated"]

_RETRIES = 5
_BACKOFF = 0.1  # s before the first retry, doubled up to _LONGEST: about 3 s in all
_LONGEST = 2.0
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True)
class Address:
    """Where the index is, and how it is known to be the right one.

    urls: one or several nodes of one cluster. api_key: the `encoded` form. ca: file of the
    certificates that sign the server's (PEM). fingerprint: SHA-256 of the server's certificate
    or of one that signed it, hex. timeout: seconds an answer may take.
    """

    urls: tuple[str, ...]
    api_key: str | None = None
    ca: Path | None = None
    fingerprint: str | None = None
    timeout: float = 30.0

    @classmethod
    def parse(cls, urls: str, **others: Any) -> Address:
        """The address of a setting, whose URLs stand with commas between."""
        return cls(tuple(u.strip().rstrip("/") for u in urls.split(",") if u.strip()), **others)


def connect(address: Address) -> Elasticsearch:
    """A client of the cluster.

    Raises BadInput where a setting cannot be right, and with a fingerprint what `trust.pinned`
    raises: the server is asked for its certificate.
    """
    parts = [_checked(url) for url in address.urls or ("",)]
    is_tls = _is_tls(parts, address)
    if address.api_key is not None:
        _check_key(address.api_key, parts)
    context = (
        trust.context(parts, address.ca, address.fingerprint, address.timeout) if is_tls else None
    )
    # what fails is told by our errors; the library's own lines hold addresses and tracebacks
    logging.getLogger("elastic_transport").setLevel(logging.CRITICAL)
    return Elasticsearch(
        list(map(_node_url, parts)),
        api_key=address.api_key,
        node_class=_Node,
        request_timeout=address.timeout,
        max_retries=_RETRIES,
        # a lone node that is slow once is slow again; of several another may answer
        retry_on_timeout=len(parts) > 1,
        retry_backoff_base=_BACKOFF,
        retry_backoff_cap=_LONGEST,
        ssl_context=context,
    )


class _Node(Urllib3HttpNode):
    """One node of the cluster, whose faults say which it is and what its certificate is."""

    def __init__(self, config: NodeConfig) -> None:
        super().__init__(config)
        context = config.ssl_context
        if context is not None:
            # the library's pool would trust every public authority beside the one that was named
            self.pool = urllib3.HTTPSConnectionPool(
                config.host,
                config.port,
                timeout=urllib3.Timeout(total=config.request_timeout),
                maxsize=config.connections_per_node,
                block=True,
                ssl_context=context,
                assert_hostname=None if context.check_hostname else False,
            )

    def perform_request(self, method: str, target: str, *args: Any, **kw: Any) -> Any:
        try:
            answer = super().perform_request(method, target, *args, **kw)
            translate.check_product(answer.meta, self.base_url)
            return answer
        except TlsError as error:
            raise trust.fault(error, self.base_url) from None
        except TransportError as error:
            is_plain_cut = self.scheme == "http" and translate.is_cut(error)
            if is_plain_cut and trust.speaks_tls(self.host, self.port):
                raise trust.only_tls(self.base_url) from None
            error.add_note(self.base_url)
            raise


def _checked(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # of a port that is none
        is_address = False
    if not is_address:
        raise BadInput(
            f"{url!r} is no address of a server" if "@" not in url
            else "this is no address of a server", where=URL,
            expected="https://host:9200, of several nodes with commas between",
        )  # fmt: skip
    if parts.username or parts.password:
        raise BadInput("an address holds no user and no password", where=URL,
                       expected=f"https://host:9200 and an API key in {KEY}")  # fmt: skip
    return parts


def _node_url(parts: SplitResult) -> str:
    port = parts.port or (443 if parts.scheme == "https" else 9200)
    host = f"[{parts.hostname}]" if ":" in str(parts.hostname) else parts.hostname
    return f"{parts.scheme}://{host}:{port}{parts.path}"


def _is_tls(parts: list[SplitResult], address: Address) -> bool:
    schemes = {p.scheme for p in parts}
    if len(schemes) > 1:
        raise BadInput("some addresses are https and some http", where=URL,
                       expected="all nodes the same way")  # fmt: skip
    is_tls = schemes == {"https"}
    if not is_tls and (address.ca or address.fingerprint):
        raise BadInput(
            "a certificate is named, and http shows none", where=CA if address.ca else FINGERPRINT,
            expected=f"https://… in {URL}, or no certificate",
        )  # fmt: skip
    return is_tls


def _check_key(key: str, parts: list[SplitResult]) -> None:
    if not re.fullmatch(r"[A-Za-z0-9+/=_-]+", key):
        raise BadInput(
            "this is no API key", where=KEY,
            expected="the `encoded` form, one word: not `id:key`, no `ApiKey` before it",
        )  # fmt: skip
    if any(p.scheme == "http" and p.hostname not in _LOOPBACK for p in parts):
        raise BadInput("the key would travel where everybody on the way can read it", where=URL,
                       expected="https://…")  # fmt: skip
