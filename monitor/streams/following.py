"""Streams followed: what passes is gathered, and brought in every few minutes.

Each stream is read by a thread of its own; one thread, the caller's, brings in: the posts are
scrubbed, tagged and merged, those about no city dropped before the merge, posts that were taken
back forgotten, and only then is the cursor committed. So a kill loses nothing: what was not
brought in is told again. A reader that is faster than that waits, and so does its server.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from queue import Empty, Full, Queue
from time import monotonic

from base.errors import BadInput, Transient, UniteError, unknown
from collectors.collector import Source
from collectors.errors import CollectError
from collectors.http import Http
from monitor.pipeline import Taken
from monitor.streams.holding import Held, Tell
from monitor.streams.telling import Ears, Told, told_by
from monitor.streams.ties import Ties
from monitor.workspace import Workspace
from nlp.match import Match
from store.schema import STREAM

HELD = 120.0  # seconds that what passed is held before it is brought in
LONGEST_PAUSE = 300.0  # seconds before a stream is opened again
PATIENCE = 10.0  # seconds that readers have to end
_WAITING = 4  # pages that wait for the one who brings in
_TURN = 0.5  # seconds


@dataclass(frozen=True)
class Followed:
    """What was brought in, and the streams that could not be followed to the end.

    passed, dropped: posts that went by, and those of them that were about no city. forgotten:
    posts that were kept here and are no longer public.
    """

    taken: Taken = field(default_factory=Taken)
    passed: int = 0
    dropped: int = 0
    forgotten: int = 0
    failed: tuple[tuple[Source, UniteError], ...] = ()


def chosen(workspace: Workspace, cities: Sequence[str], code: str | None) -> list[Source]:
    """The listed streams, and the cities' own sources that say `follow = true` among their
    options; with `code` the one of that name. Raises BadInput where there is none."""
    registry = workspace.registry
    every = [s for city in cities or registry.with_sources for s in registry.city(city).sources]
    streams = {s.code: s for s in registry.streams}
    if code is not None:
        found = {**{s.code: s for s in every}, **streams}
        if code not in found:
            raise unknown("source", code, found)
        return [found[code]]
    own = [s for s in every if s.options.get("follow", "").lower() == "true"]
    if not streams and not own:
        raise BadInput(
            "there is no stream to follow",
            where="data/streams.toml",
            expected='a [[stream]], or a source of a city with options = { follow = "true" }',
        )
    return [*streams.values(), *own]


def follow(
    workspace: Workspace,
    streams: Sequence[Source],
    cities: Collection[str],
    *,
    stop: threading.Event,
    http: Http,
    tell: Tell = lambda _: None,
    held: float = HELD,
) -> Followed:
    """Follow the streams until `stop` is set or none can be followed any more.

    cities: whose posts are kept of streams that belong to no city; none named: all of them.
    Raises UniteError where what passed cannot be brought in.
    """
    patterns = next(s for s in workspace.tagger.steps if isinstance(s, Match)).patterns
    ties = Ties(patterns, workspace.registry, cities or None)
    only = frozenset(cities) or None
    passing: Queue[tuple[Held, Told | None]] = Queue(_WAITING)
    # a city's own source is about its city as any other source of it
    found = [Held(workspace, s, only if s.home == STREAM else None, tell) for s in streams]
    readers = [_Reader(stream, http, ties, passing, stop) for stream in found]
    for reader in readers:
        reader.start()
    try:
        _bring_in(found, passing, stop, http, held)
    finally:
        stop.set()
    return Followed(
        sum((s.taken for s in found), Taken()),
        sum(s.passed for s in found),
        sum(s.dropped for s in found) + sum(s.taken.untied for s in found),
        sum(s.forgotten for s in found),
        tuple((s.source, s.error) for s in found if s.error is not None),
    )


def _bring_in(
    streams: Sequence[Held],
    passing: Queue[tuple[Held, Told | None]],
    stop: threading.Event,
    http: Http,
    held: float,
) -> None:
    """Bring in what the readers pass on, until all have ended or had their time to."""
    reading = set(map(id, streams))
    last = None
    while reading and (last is None or monotonic() < last):
        if stop.is_set() and last is None:
            last = monotonic() + PATIENCE
        try:
            stream, told = passing.get(timeout=_TURN)
        except Empty:
            pass
        else:
            if told is None:
                reading.discard(id(stream))
            else:
                stream.take(told)
        for stream in streams:
            if stream.is_due(held):
                try:
                    stream.bring_in(http)
                except UniteError as error:
                    if not isinstance(error, Transient):
                        raise
                    stream.put_off(f"{error.what}; what passed is brought in later")
            stream.say_if_silent()
    for stream in streams:
        stream.bring_in(http)


class _Reader(threading.Thread):
    """Reads one stream and opens it again, after waits that grow, for as long as it is wanted."""

    def __init__(
        self, stream: Held, http: Http, ties: Ties,
        passing: Queue[tuple[Held, Told | None]], stop: threading.Event,
    ) -> None:  # fmt: skip
        super().__init__(name=stream.source.code, daemon=True)
        self._stream = stream
        self._passing = passing
        self._stop_wanted = stop
        self._access = stream.workspace.access(stream.source.platform, http)
        self._ears = Ears(ties, self._wait, stop.is_set)
        self._cursor = stream.cursor
        self._failures = 0

    def run(self) -> None:
        try:
            told_of = told_by(self._stream.source)
            while not self._stop_wanted.is_set():
                self._listen(told_of)
        except UniteError as error:
            self._stream.error = error
            self._stream.say(f"{error.what}; it is followed no more")
        except Exception as error:
            # whatever a stream sends must not stop the others; its message may hold a text
            self._stream.error = CollectError(
                f"an error in the reader of the stream ({type(error).__name__})",
                where=f"source {self._stream.source.code!r}",
            )
            self._stream.say(self._stream.error.what)
        self._pass_on(None)

    def _listen(self, told_of: Callable[..., Iterator[Told]]) -> None:
        """Until the stream breaks for good. Raises what waiting does not mend."""
        source = self._stream.source
        try:
            for told in told_of(source, self._cursor, self._access, self._ears):
                self._failures = 0
                self._pass_on(told)
                self._cursor = told.page.cursor or self._cursor
        except UniteError as error:
            if not isinstance(error, Transient):
                raise
            pause = min(LONGEST_PAUSE, 2.0**self._failures) * random.uniform(0.5, 1.0)
            pause = max(error.retry_after or 0.0, pause)
            self._failures += 1
            self._stream.say(f"{error.what}; again in {pause:.0f} s")
            self._wait(pause)

    def _wait(self, seconds: float) -> None:
        self._stop_wanted.wait(seconds)

    def _pass_on(self, told: Told | None) -> None:
        """Wait until there is room; whoever brings in may have left."""
        ends: float | None = None
        while ends is None or monotonic() < ends:
            if self._stop_wanted.is_set() and ends is None:
                ends = monotonic() + PATIENCE
            try:
                self._passing.put((self._stream, told), timeout=_TURN)
            except Full:
                continue
            return
