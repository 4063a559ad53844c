"""The one HTTP client: every byte from a platform or site comes through here.

Bounded in time (connect, read, the whole answer) and size (on the wire and unfolded), patient
(waits its turn at each host, honours Retry-After and X-RateLimit-*, repeats what may succeed
later) and plain about who asks. Follows a few redirects, never out of https and never from a
public host into a private network. Proxies come from the environment (HTTPS_PROXY, HTTP_PROXY,
NO_PROXY), certificates from there (SSL_CERT_FILE) and from `tls` (`trust.py`). Tests pass a
`transport`, or a clock and a sleep.

Raises RateLimited and Unreachable (Transient), AccessRefused, Gone, WrongShape and BadInput
(Terminal); `collectors/http/errors.py` holds the map.
"""

from __future__ import annotations

import http.cookiejar
import json
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from importlib import metadata

import httpx
import tenacity

from base.errors import Transient, UniteError
from base.time import now as wall_clock
from collectors.errors import RateLimited, Unreachable, WrongShape
from collectors.http.address import REDIRECTS, onward, origin, read_address
from collectors.http.body import ENCODINGS, read_body
from collectors.http.deadline import Deadline
from collectors.http.errors import FOREIGN, refusal, seconds_to_wait, translate
from collectors.http.pace import Pace
from collectors.http.quota import Quotas, read_quota
from collectors.http.reserved import Reserved
from collectors.http.robots import MOST_BYTES, Robots
from collectors.http.trust import trust

AGENT = "UniteEurope"
# A HEAD refused, or answered by nothing: what a GET says counts, for what is gone stays gone.
_ASK_BY_GET = (404, 405, 410, 451, 501)
_MOST_SAID = 20_000  # bytes
_SECRETS = ("authorization", "cookie", "proxy-authorization", "x-goog-api-key")


@dataclass(frozen=True)
class Limits:
    """Seconds, bytes and counts that one request may take."""

    connect: float = 10.0
    read: float = 20.0
    total: float = 60.0
    most_bytes: int = 20_000_000
    tries: int = 4
    redirects: int = 5
    interval: float = 1.0  # seconds between two requests to one host
    longest_wait: float = 60.0  # told to wait longer, we say so and leave


@dataclass(frozen=True)
class Answer:
    """What came back: 2xx or a refusal that was asked for, with its body; 304 without.

    To `status` any, without its body.
    """

    status: int
    address: str = field(repr=False)
    headers: httpx.Headers = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def is_unchanged(self) -> bool:
        """304: nothing new since the ETag or date that was sent."""
        return self.status == 304

    def json(self) -> object:
        """The body as JSON. Raises WrongShape."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            host = httpx.URL(self.address).host
            raise WrongShape("the answer is not JSON", where=host) from error


@dataclass(frozen=True)
class _Request:
    method: str
    address: str
    headers: Mapping[str, str]
    params: Mapping[str, str | int] | None
    content: bytes | None
    robots: bool
    most: int
    mining: bool = False
    status_only: bool = False
    told: tuple[int, ...] = ()


class Http:
    """Ask hosts for answers. Close it, or use it in a `with`.

    is_research: asked for a research organisation, which sites' reservations do not bind.
    tls: whom connections believe, also those that are opened beside this client.
    """

    def __init__(
        self,
        *,
        contact: str | None = None,
        limits: Limits | None = None,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = wall_clock,
        is_research: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.is_research = is_research
        self.tls = tls or trust()
        self.limits = limits or Limits()
        self.now = now
        self.quotas = Quotas()
        self._clock = clock
        self._sleep = sleep
        self._pace = Pace(self.limits.interval, self.limits.longest_wait, clock, sleep)
        self._robots = Robots(AGENT, self._fetch_small, clock)
        self._reserved = Reserved(AGENT, self._fetch_small, clock)
        self._client = httpx.Client(
            transport=transport,
            trust_env=True,
            verify=self.tls,
            follow_redirects=False,
            timeout=httpx.Timeout(self.limits.read, connect=self.limits.connect),
            # a connection for each request: its deadline can end it without touching others
            limits=httpx.Limits(max_keepalive_connections=0),
            headers={"user-agent": _agent(contact), "accept-encoding": ENCODINGS},
            cookies=http.cookiejar.CookieJar(
                http.cookiejar.DefaultCookiePolicy(allowed_domains=[])
            ),
        )

    def get(
        self,
        address: str,
        *,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        etag: str | None = None,
        modified: str | None = None,
        robots: bool = False,
        mining: bool = False,
        most_bytes: int | None = None,
        told: tuple[int, ...] = (),
    ) -> Answer:
        """The answer to a GET; with `etag` or `modified` it may be `is_unchanged`.

        `robots`: ask the site's robots.txt first (pages and feeds; an API has its own terms).
        `mining`: the body is mined, so that a site which reserves that is refused (`reserved.py`).
        `told`: refusals that are answers here, whose body says more (403 of a video whose
        comments are switched off); what may pass is raised all the same.
        """
        sent = dict(headers or {})
        if etag:
            sent["if-none-match"] = etag
        if modified:
            sent["if-modified-since"] = modified
        most = most_bytes or self.limits.most_bytes
        is_bound = mining and not self.is_research
        request = _Request("GET", address, sent, params, None, robots, most, is_bound, told=told)
        return self._repeat(request, (Transient,))

    def post(
        self,
        address: str,
        *,
        content: bytes,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str | int] | None = None,
    ) -> Answer:
        """The answer to a POST; repeated only when the host asked to wait."""
        most = self.limits.most_bytes
        request = _Request("POST", address, dict(headers or {}), params, content, False, most)
        return self._repeat(request, (RateLimited,))

    def status(self, address: str, *, robots: bool = False) -> Answer:
        """What a host says of an address, without the body: HEAD, then GET where HEAD may mislead.

        Refusals are answers here, also 404 and 501; what may pass (RateLimited, Unreachable)
        and a robots.txt that says no are raised as by `get`.
        """
        for method in ("HEAD", "GET"):
            request = _Request(method, address, {}, None, None, robots, 0, status_only=True)
            answer = self._repeat(request, (Transient,))
            if answer.status not in _ASK_BY_GET:
                break
        return answer

    def opened(
        self, address: httpx.URL, headers: Mapping[str, str], timeout: httpx.Timeout
    ) -> AbstractContextManager[httpx.Response]:
        """An answer whose body is still to come, unread; for `http_stream`."""
        self._pace.wait(address.host)
        sent = {**headers, "accept-encoding": "identity"}
        return self._client.stream("GET", address, headers=sent, timeout=timeout)

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()

    def __enter__(self) -> Http:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _repeat(self, request: _Request, worth: tuple[type, ...]) -> Answer:
        def is_worth_it(error: BaseException) -> bool:
            if not isinstance(error, worth) or not isinstance(error, Transient):
                return False
            return (error.retry_after or 0.0) <= self.limits.longest_wait

        backoff = tenacity.wait_exponential_jitter(initial=1.0, max=30.0, jitter=1.0)

        def wait(state: tenacity.RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            asked = error.retry_after if isinstance(error, Transient) else None
            return max(asked or 0.0, backoff(state))

        again = tenacity.Retrying(
            sleep=self._sleep,
            stop=tenacity.stop_after_attempt(self.limits.tries),
            wait=wait,
            retry=tenacity.retry_if_exception(is_worth_it),
            reraise=True,
        )
        return again(self._follow, request)

    def _follow(self, request: _Request) -> Answer:
        """The answer at the end of the redirects."""
        address = read_address(request.address, request.params)
        headers = dict(request.headers)
        for _ in range(self.limits.redirects + 1):
            if request.robots:
                delay = self._robots.check(origin(address), str(address), address.host)
                if delay is not None:
                    self._pace.slow(address.host, delay)
            if request.mining:
                self._reserved.learn(address)
            answer = self._exchange(request, address, headers)
            if answer.status not in REDIRECTS:
                return answer
            if request.method == "POST":
                raise WrongShape("a POST was redirected", where=address.host)
            target = onward(address, answer.headers.get("location", ""))
            if origin(target) != origin(address):
                headers = {k: v for k, v in headers.items() if k.lower() not in _SECRETS}
            address = target
        raise WrongShape(
            "redirected again and again",
            where=address.host,
            expected=f"at most {self.limits.redirects} redirects",
        )

    def _exchange(
        self, request: _Request, address: httpx.URL, headers: Mapping[str, str]
    ) -> Answer:
        """One request and its answer, the body read."""
        host = address.host
        self._pace.wait(host)
        deadline = Deadline(self.limits.total, self._clock)
        try:
            with (
                deadline,
                self._client.stream(
                    request.method,
                    address,
                    headers=dict(headers),
                    content=request.content,
                    extensions={"trace": deadline.trace},
                ) as found,
            ):
                self.quotas.note(read_quota(found.headers, host, self.now()))
                held = seconds_to_wait(found.headers, self.now())
                if held:
                    self._pace.hold(host, held)
                status, body = found.status_code, b""
                if status not in REDIRECTS:
                    refused = refusal(status, found.headers, host, self.now())
                    if refused is not None and not _is_told(request, status, refused):
                        refused.said = _said(found, host, deadline.check)
                        raise refused
                    if refused is None and request.mining:
                        self._reserved.check(address, found.headers)
                    if status != 304 and not request.status_only:
                        body = read_body(found, request.most, host, deadline.check)
                return Answer(status, str(address), found.headers, body)
        except FOREIGN as error:
            if deadline.is_over:
                raise Unreachable(
                    "no whole answer in time",
                    where=host,
                    expected=f"within {self.limits.total:g} s",
                ) from error
            raise translate(error, host) from error

    def _fetch_small(self, address: str) -> bytes:
        """robots.txt and the like: what a site says of itself."""
        return self._follow(_Request("GET", address, {}, None, None, False, MOST_BYTES)).body


def _is_told(request: _Request, status: int, refused: UniteError) -> bool:
    """Whether a refusal is what was asked for."""
    if request.status_only and status == 501:
        return True
    is_asked_for = request.status_only or status in request.told
    return is_asked_for and not isinstance(refused, Transient)


def _said(found: httpx.Response, host: str, check: Callable[[], None]) -> bytes:
    """The platform's own account of a refusal (4xx) in JSON; of anything else nothing."""
    is_json = "json" in found.headers.get("content-type", "")
    if not is_json or not 400 <= found.status_code < 500:
        return b""
    try:
        return read_body(found, _MOST_SAID, host, check)
    except (UniteError, *FOREIGN):
        return b""  # the refusal itself counts


def _agent(contact: str | None) -> str:
    try:
        version = metadata.version("uniteeurope")
    except metadata.PackageNotFoundError:
        version = "0"
    who = "monitor of public posts about integration in European cities"
    return f"{AGENT}/{version} ({who}; {contact})" if contact else f"{AGENT}/{version} ({who})"
