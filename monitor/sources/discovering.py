"""The feeds of a site, from its own address: what its page names, else where feeds usually stand.

Comes in: an address and the one HTTP client. Goes out: feeds that answered as feeds, each once.
robots.txt is obeyed at every address; what only might be a feed is never given out. Raises what
the client raises where the page itself cannot be had.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from base.errors import BadInput, Transient, UniteError
from base.table import rows
from collectors import feeds
from collectors.http import Answer, Http
from monitor.cities import DATA

MOST = 12  # feeds of one site: a page of a newspaper names one for each of its sections
_KINDS = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml"})
_MOST_BYTES = 3_000_000


@dataclass(frozen=True)
class Feed:
    """A feed of a site. named: whether the site's page names it (else it was looked for)."""

    address: str
    title: str
    is_named: bool


def discover(site: str, http: Http) -> list[Feed]:
    """The feeds of a site. Raises BadInput for none, with what was looked at."""
    address = site.strip() if "://" in site else f"https://{site.strip()}"
    answer = http.get(address, robots=True, most_bytes=_MOST_BYTES)
    own = _title(answer)
    if own is not None:
        return [Feed(address, own, is_named=True)]
    found: dict[str, Feed] = {}
    for target in list(_linked(answer))[:MOST]:
        _try(target, http, found, is_named=True)
    if not found:
        for row in rows(DATA / "feed_paths.csv", ("path", "note")):
            _try(urljoin(answer.address, row["path"]), http, found, is_named=False)
            if found:
                break
    if not found:
        raise BadInput(
            "no feed was found", where=urlsplit(answer.address).netloc,
            expected="a page that names one (link rel=alternate), or one at a usual address",
            hint="ask the site for the address of its feed, then --feed ADDRESS",
        )  # fmt: skip
    return list(found.values())


def _try(address: str, http: Http, found: dict[str, Feed], *, is_named: bool) -> None:
    try:
        answer = http.get(address, robots=True, most_bytes=feeds.MOST_BYTES)
    except UniteError as error:
        if isinstance(error, Transient):
            raise  # a site in trouble is not asked ten times more
        return
    title = _title(answer)
    if title is not None and answer.address not in found:
        found[answer.address] = Feed(answer.address, title, is_named)


def _title(answer: Answer) -> str | None:
    """The title of a feed; None for what is none."""
    try:
        parsed = feeds.parse(answer, "")
    except UniteError:
        return None
    return " ".join(str(parsed.feed.get("title") or "").split())[:120]


def _linked(answer: Answer) -> Iterator[str]:
    """The addresses that a page's head calls feeds."""
    reader = _Links()
    reader.feed(answer.body.decode("utf-8", "replace"))
    seen = set()
    for link in reader.found:
        try:
            target = urljoin(urljoin(answer.address, reader.base), link)
        except ValueError:
            continue
        if target.startswith(("http://", "https://")) and target not in seen:
            seen.add(target)
            yield target


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.base = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "base" and not self.base:
            self.base = given.get("href", "").strip()
        is_feed = given.get("type", "").partition(";")[0].strip().lower() in _KINDS
        if tag == "link" and is_feed and "alternate" in given.get("rel", "").lower().split():
            self.found.append(given.get("href", "").strip())
