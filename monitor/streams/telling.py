"""What each platform's stream tells, in one form.

A platform that can be followed has a module `stream` in its folder of collectors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pyarrow as pa

from base.errors import BadInput
from collectors.collector import Access, Cursor, Page, Source, Window
from store.schema import ITEM, STREAM

Keep = Callable[[str], str | None]
Tell = Callable[[Source, Cursor | None, Access, "Ears"], Iterator["Told"]]


@dataclass(frozen=True)
class Ears:
    """How a stream is listened to. keep: a city that a text may be about. wait: sleeps, but not
    beyond the end. is_over: whether to end."""

    keep: Keep
    wait: Callable[[float], None]
    is_over: Callable[[], bool]


@dataclass(frozen=True)
class Told:
    """A page, and what was told with it.

    deleted: native ids of posts that were taken back; closed: authors whose accounts were closed;
    both after the page's posts. span: what was listened to, None where nothing was added.
    """

    page: Page
    deleted: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    span: Window | None = None


def told_by(source: Source) -> Tell:
    """How a source is followed. Raises BadInput where its platform has no stream."""
    if source.platform not in _BY_PLATFORM:
        raise BadInput(
            f"{source.platform} has no stream that is read",
            where=f"source {source.code!r}",
            available=_BY_PLATFORM,
        )
    return _BY_PLATFORM[source.platform]


def _bluesky(source: Source, cursor: Cursor | None, access: Access, ears: Ears) -> Iterator[Told]:
    from collectors.bluesky import stream  # its sockets take time to import

    pages = stream.follow(
        ears.keep, address=source.address, cursor=cursor, stop=ears.is_over, sleep=ears.wait,
        page_seconds=stream.PAGE_SECONDS,
        now=access.http.now, tls=access.http.tls,
    )  # fmt: skip
    for found in pages:
        page = replace(found.page, dropped=found.dropped)
        yield Told(page, found.deleted, found.closed, found.span)


def _mastodon(source: Source, cursor: Cursor | None, access: Access, ears: Ears) -> Iterator[Told]:
    from collectors.mastodon import read_reached
    from collectors.mastodon.stream import TakenBack, follow

    reached = read_reached(cursor, source)
    began = access.http.now() if reached is None else reached.at
    for found in follow(source, cursor, access, ears.is_over):
        if isinstance(found, TakenBack):
            yield Told(Page(_NOTHING, None, 0), found.native_ids)
            continue
        # what was missed while nobody listened is caught up before anything is told
        span = Window(began, access.http.now())
        began = span.until
        page = _tied(found, ears.keep) if source.home == STREAM else found
        yield Told(page, span=span)


def _tied(page: Page, keep: Keep) -> Page:
    """The page without the posts that name no city."""
    kept = [keep(text) is not None for text in page.items["text"].to_pylist()]
    items = page.items.filter(pa.array(kept, pa.bool_()))
    return replace(page, items=items, dropped=page.dropped + kept.count(False))


_NOTHING = pa.RecordBatch.from_pylist([], schema=ITEM)
_BY_PLATFORM: dict[str, Tell] = {"bluesky": _bluesky, "mastodon": _mastodon}
