"""A `requests` session whose every byte goes through our own HTTP client.

tweepy, praw and Mastodon.py speak to their platforms through `requests`. Given this session, they
keep the client's bounds, pace, patience and proxies, and what goes wrong is our own tree:
RateLimited and Unreachable (Transient), AccessRefused, Gone and WrongShape come out of the
library as they were raised, or as the cause of what it raises (`reason`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import requests
from requests.adapters import BaseAdapter

from base.errors import UniteError
from collectors.errors import AccessRefused
from collectors.http import Http


def session(http: Http, moved: Mapping[str, str] | None = None) -> requests.Session:
    """A session for one collector at work.

    moved: origin that a library has built in → where that service stands instead.
    """
    found = requests.Session()
    found.trust_env = False  # proxies and certificates are the client's matter
    for scheme in ("https://", "http://"):
        found.mount(scheme, _Through(http))
    for origin, service in (moved or {}).items():
        found.mount(f"{origin}/", _Through(http, origin, service.rstrip("/")))
    return found


class _Through(BaseAdapter):  # type: ignore[misc]  # requests has no types
    """Sends what requests would send."""

    def __init__(self, http: Http, origin: str = "", service: str = "") -> None:
        super().__init__()
        self._http = http
        self._origin, self._service = origin, service

    def send(
        self, request: requests.PreparedRequest, *_args: Any, **_more: Any
    ) -> requests.Response:
        """The answer as the libraries expect it. Raises CollectError."""
        headers = {k: v for k, v in request.headers.items() if k.lower() not in _OURS}
        address = self._service + (request.url or "").removeprefix(self._origin)
        if request.method == "POST":
            body = request.body or b""
            content = body.encode() if isinstance(body, str) else body
            answer = self._http.post(address, content=content, headers=headers)
        else:
            answer = self._http.get(address, headers=headers)
        response = requests.Response()
        response.status_code = answer.status
        response.headers.update(answer.headers)
        # the client has unfolded the body
        for name in ("content-encoding", "content-length"):
            response.headers.pop(name, None)
        response._content = answer.body
        response.url, response.request, response.encoding = answer.address, request, "utf-8"
        return response

    def close(self) -> None:
        """The client is closed by whoever opened it."""


_OURS = ("user-agent", "accept-encoding", "connection", "content-length", "host")


def reason(error: BaseException) -> UniteError | None:
    """The error of ours that a library wrapped into one of its own."""
    seen: list[BaseException] = []
    found: BaseException | None = error
    while found is not None and found not in seen:
        if isinstance(found, UniteError):
            return found
        seen.append(found)
        found = getattr(found, "original_exception", None) or found.__cause__ or found.__context__
    return None


@contextmanager
def told(where: str, hint: str) -> Iterator[None]:
    """Ours for whatever a library wraps; of a refusal, which source it was and what to do."""
    try:
        yield
    except Exception as error:
        ours = reason(error)
        if ours is None:
            raise
        if isinstance(ours, AccessRefused):
            ours.where, ours.hint = where, hint
        if ours is error:
            raise
        raise ours from error
