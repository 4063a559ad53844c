"""Whether a site reserves text and data mining (Directive (EU) 2019/790, Article 4(3)).

Read are the signals of the TDM Reservation Protocol (W3C Community Group, final report of 10 May
2024, https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/):

- `/.well-known/tdmrep.json` of the origin, asked once a day; its first rule that fits counts;
- the header `tdm-reservation` of an answer, which goes before that file;
- metadata inside a feed or page (`is_reserved_by`), which its collector reads;

and `X-Robots-Tag: noai`, or any refusal there that names us. A plain `noindex` is none: on a feed
it keeps the feed's own address out of search results, and much software for blogs sends it with
every feed. A signal that cannot be read, or a file that cannot be had, reserves nothing, as the
report says. Research organisations are not bound (Article 3); robots.txt binds everybody.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import httpx

from base.errors import UniteError
from collectors.errors import AccessRefused
from collectors.http.address import origin
from collectors.http.robots import KEPT_FOR

WELL_KNOWN = "/.well-known/tdmrep.json"
_MOST_RULES = 1_000
_HEADER, _POLICY = "tdm-reservation", "tdm-policy"
_AGAINST_ALL = frozenset({"noai", "notdm"})
_AGAINST_US = _AGAINST_ALL | {"noindex", "none"}
# `bot: noai`, but not `unavailable_after: 25 Jun`
_AGENT = re.compile(r"\s*([\w.-]+)\s*:\s*(?!\d)(.*)", re.S)
_KEY = re.compile(r"tdm(?:-|\w*_)reservation")  # as a feed parser writes `<tdm:reservation>`


@dataclass(frozen=True)
class _Rule:
    location: str
    is_reserved: bool
    policy: object


@dataclass(frozen=True)
class _Rules:
    read_at: float
    rules: tuple[_Rule, ...]


class Reserved:
    """The reservations of each origin; `fetch` gives the bytes of an address."""

    def __init__(
        self, agent: str, fetch: Callable[[str], bytes], clock: Callable[[], float]
    ) -> None:
        self._agent = agent.casefold()
        self._fetch = fetch
        self._clock = clock
        self._rules: dict[str, _Rules] = {}
        self._lock = threading.Lock()

    def learn(self, address: httpx.URL) -> None:
        """Have the site's own file at hand before an answer is waited for."""
        self._of(origin(address))

    def check(self, address: httpx.URL, headers: httpx.Headers) -> None:
        """Raises AccessRefused, with the signal, where an answer may not be mined."""
        if _tells_no(headers.get_list("x-robots-tag"), self._agent):
            raise reserved(address.host, "the header X-Robots-Tag")
        said = read_flag(headers.get(_HEADER))
        if said is not None:
            if said:
                raise reserved(address.host, f"the header {_HEADER}", headers.get(_POLICY))
            return
        rule = self._rule(address)
        if rule is not None and rule.is_reserved:
            raise reserved(address.host, f"the file {WELL_KNOWN}", rule.policy)

    def _rule(self, address: httpx.URL) -> _Rule | None:
        path = unquote(address.raw_path.decode("ascii", "replace"))
        return next((r for r in self._of(origin(address)) if _fits(r.location, path)), None)

    def _of(self, site: str) -> tuple[_Rule, ...]:
        with self._lock:
            known = self._rules.get(site)
        if known is not None and self._clock() - known.read_at < KEPT_FOR:
            return known.rules
        try:
            rules = _read(self._fetch(site + WELL_KNOWN))
        except UniteError:
            rules = ()
        with self._lock:
            self._rules[site] = _Rules(self._clock(), rules)
        return rules


def reserved(where: str, signal: str, policy: object = None) -> AccessRefused:
    """The error for a site that reserves mining."""
    ask = f"ask the publisher ({policy})" if _is_short(policy) else "ask the publisher"
    return AccessRefused(
        f"the site reserves text and data mining ({signal})",
        where=where,
        expected="no reservation, or a research organisation that asks",
        hint=f"{ask}; a research organisation may state research_exception = true in its purpose",
    )


def read_flag(given: object) -> bool | None:
    """`1` and `0` of the protocol; None for anything else, which says nothing."""
    return {"1": True, "0": False}.get(str(given).strip())


def is_reserved_by(found: Mapping[str, Any]) -> bool:
    """Whether the metadata of a feed or entry, as a feed parser names them, reserve mining.

    `<tdm-reservation>`, `<tdm:reservation>` under any prefix that begins so, and
    `<meta name="tdm-reservation" content="1">`.
    """
    if any(_KEY.fullmatch(key) and read_flag(value) for key, value in found.items()):
        return True
    meta = found.get("meta")
    if not isinstance(meta, Mapping) or str(meta.get("name")).casefold() != _HEADER:
        return False
    return bool(read_flag(meta.get("content")))


def _tells_no(tags: list[str], agent: str) -> bool:
    for tag in tags:
        named = _AGENT.fullmatch(tag)
        who, words = (named[1].casefold(), named[2]) if named else ("", tag)
        if who not in ("", agent):
            continue
        found = {word.strip().casefold() for word in words.split(",")}
        if found & (_AGAINST_US if who else _AGAINST_ALL):
            return True
    return False


def _read(body: bytes) -> tuple[_Rule, ...]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return ()
    rules = []
    for given in found[:_MOST_RULES] if isinstance(found, list) else ():
        if not isinstance(given, dict) or not isinstance(given.get("location"), str):
            continue
        said = read_flag(given.get(_HEADER))
        if said is not None:
            rules.append(_Rule(given["location"], said, given.get(_POLICY)))
    return tuple(rules)


def _is_short(policy: object) -> bool:
    return isinstance(policy, str) and policy.isprintable() and len(policy) <= 200


def _fits(location: str, path: str) -> bool:
    """A location as robots.txt writes one: a beginning, `*` for anything, `$` for the end."""
    parts = unquote(location).split("*")
    is_whole = parts[-1].endswith("$")
    parts[-1] = parts[-1].removesuffix("$")
    if not path.startswith(parts[0]):
        return False
    at = len(parts[0])
    for part in parts[1:-1]:
        at = path.find(part, at)
        if at < 0:
            return False
        at += len(part)
    last = parts[-1] if len(parts) > 1 else ""
    if is_whole:
        return path[at:].endswith(last) if len(parts) > 1 else at == len(path)
    return path.find(last, at) >= 0
