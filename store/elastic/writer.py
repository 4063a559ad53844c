"""The writing side: one writer at a time brings the index up to the lake.

A month that is new, or that is rebuilt, is written into an index of its own that nobody asks yet;
of a month that is held only what differs is written. Nothing of it shows (`refresh_interval` is
-1) until all is there: then the state is marked as moving, what was fed is shown, the aliases are
swapped and the new generation is written. Killed before, a writer leaves indices that nobody lists
and documents that nobody sees: the next one takes the former away and begins with the latter.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from elasticsearch import Elasticsearch

from store.elastic import differing, state, template
from store.elastic.coverage import CoverageScribe, digest_of
from store.elastic.differing import feed_all, feed_difference
from store.elastic.documents import PostScribe
from store.elastic.feeding import Feeder, RefusedRow
from store.elastic.lease import Lease, writing
from store.elastic.names import Names
from store.elastic.purging import purge, small
from store.elastic.state import Files, Held, Now
from store.elastic.text import Clause
from store.elastic.where import all_of, any_of
from store.index import Snapshot

_MADE_AT_ONCE = 8
_PARTS_AT_ONCE = 200  # clauses of one search


@dataclass(frozen=True)
class Server:
    """Where and how an index is kept. waits: seconds for another writer."""

    client: Elasticsearch
    names: Names
    shards: int = 1
    replicas: str = "0-1"
    waits: float = 600.0
    refused: Callable[[RefusedRow], None] = lambda _: None


def catch_up(server: Server, lake: Snapshot, *, rebuild: bool, forget: bool) -> int:
    """Bring the index to `lake`; the number of months rebuilt."""
    client, names = server.client, server.names
    state.prepare(client, names)
    with writing(client, names, waits=server.waits) as lease:
        now = state.read_or_new(client, names, rebuild=rebuild)
        before = state.held(client, names)
        if now.generation and (lease.was_left or now.moving):
            now = _show(server, now, before, before, [names.posts, names.coverage])
        _remove_unlisted(server, before)
        kept = {} if rebuild else before
        # what would be written anew for its deletions afterwards is written anew at once
        anew = small(client, {h.index for h in kept.values()}) if forget else frozenset()
        stale, held = _bring(server, lease, lake, now, before, kept, anew)
        if forget and (left := purge(client, {h.index for h in held.values()}, lease.renew)):
            now = state.read(client, names)
            _bring(server, lease, lake, now, held, _without(held, left))
        return stale


def _bring(
    server: Server, lease: Lease, lake: Snapshot, now: Now,
    before: Mapping[str, Held], kept: Mapping[str, Held], anew: Collection[str] = (),
) -> tuple[int, Mapping[str, Held]]:  # fmt: skip
    """Write what differs from `kept`, and show it: (months rebuilt, what is held then).

    anew: indices in which nothing is changed; what differs is written beside.
    """
    work = _Work(server, lease, kept, anew)
    work.make_room(sorted(lake.months))
    with work.feeder:
        stale = sum([work.month(lake, month) for month in sorted(lake.months)])
        work.coverage(lake)
        work.feeder.settle()
    lease.renew(at_once=True)
    if work.after != before or not now.generation:
        _show(server, now, before, work.after, sorted(work.touched))
        _remove_unlisted(server, work.after)
    return stale, work.after


def _without(held: Mapping[str, Held], indices: Collection[str]) -> dict[str, Held]:
    return {part: one for part, one in held.items() if one.index not in indices}


class _Work:
    """What one catch-up writes. before: what may be kept. after: what will be held."""

    def __init__(
        self, server: Server, lease: Lease, before: Mapping[str, Held], anew: Collection[str]
    ) -> None:
        self._server, self._before, self._anew = server, before, anew
        self.feeder = Feeder(server.client, lease.renew, server.refused)
        self.after: dict[str, Held] = {}
        self.touched: set[str] = set()
        self._new: dict[str, str] = {}

    def make_room(self, months: Iterable[str]) -> None:
        """An index for each month that is not held, and for coverage."""
        wanted = [part for part in (*months, state.COVERAGE) if part not in self._before]
        if wanted:
            put_templates(self._server)
            with ThreadPoolExecutor(_MADE_AT_ONCE) as pool:  # the master takes them together
                list(pool.map(self._room, wanted))

    def _room(self, part: str) -> str:
        """The new index of a part."""
        names = self._server.names
        if part not in self._new:
            kind = (names.coverage,) if part == state.COVERAGE else (names.posts, part)
            self._new[part] = names.new(*kind)
            self._server.client.indices.create(index=self._new[part])
        return self._new[part]

    def month(self, lake: Snapshot, month: str) -> bool:
        """Write what differs in a month; whether anything may."""
        files = {home: sorted(names) for home, names in sorted(lake.months[month].files.items())}
        held = self._before.get(month)
        if held is not None and held.homes == files:
            self.after[month] = held
            return False
        with PostScribe() as scribe:
            rows = scribe.rows(lake.read(month))
            if held is None or held.index in self._anew:
                index = self._room(month)
                feed_all(self.feeder, index, scribe, rows)
            else:
                index = held.index
                changed = _changed(held.homes, files)
                there = differing.held(
                    self._server.client, index, {"terms": {"home": sorted(changed)}}
                )
                feed_difference(self.feeder, index, scribe, rows, there, changed.__contains__)
            if twins := scribe.twins():
                self.feeder.settle()  # what is written twice must come in this order
                feed_all(self.feeder, index, scribe, [scribe.one_headed(twins, lake.read(month))])
        self._write(month, Held(index, files))
        return True

    def coverage(self, lake: Snapshot) -> None:
        """Write what differs in coverage. It has no file sets: its rows tell what changed."""
        with CoverageScribe() as scribe:
            parts = scribe.parts(lake.coverage())
            digests = {part: [digest_of(rows)] for part, rows in sorted(parts.items())}
            held = self._before.get(state.COVERAGE)
            if held is not None and held.homes == digests:
                self.after[state.COVERAGE] = held
                return
            if held is None or held.index in self._anew:
                index = self._room(state.COVERAGE)
                feed_all(self.feeder, index, scribe, parts.values())
            else:
                index = held.index
                changed = sorted(_changed(held.homes, digests))
                for start in range(0, len(changed), _PARTS_AT_ONCE):
                    some = changed[start : start + _PARTS_AT_ONCE]
                    there = differing.held(self._server.client, index, any_of(map(_of_part, some)))
                    rows = [parts[part] for part in some if part in parts]
                    feed_difference(self.feeder, index, scribe, rows, there, changed.__contains__)
        self._write(state.COVERAGE, Held(index, digests))

    def _write(self, part: str, held: Held) -> None:
        self.after[part] = held
        self.touched.add(held.index)


def _of_part(part: str) -> Clause:
    home, _, month = part.partition(" ")
    return all_of([{"term": {"home": home}}, {"term": {"month": month}}])


def put_templates(server: Server) -> None:
    """The templates of the two kinds of index, as this program wants them."""
    posts, coverage = server.names.posts, server.names.coverage
    for name, body in (
        (posts, template.posts_template(f"{posts}-*", server.shards, server.replicas)),
        (coverage, template.coverage_template(f"{coverage}-*", server.replicas)),
    ):
        server.client.indices.put_index_template(name=name, **body)


def _changed(before: Files, after: Files) -> set[str]:
    parts = before.keys() | after.keys()
    return {part for part in parts if before.get(part) != after.get(part)}


def _show(
    server: Server, now: Now, before: Mapping[str, Held], after: Mapping[str, Held],
    touched: Sequence[str],
) -> Now:  # fmt: skip
    """Let what was fed answer: the one moment at which the next generation begins."""
    client, names = server.client, server.names
    now = state.mark(client, names, now)
    if touched:
        client.indices.refresh(index=touched, ignore_unavailable=True)
    _point(server, after)
    state.write_held(client, names, before, after)
    shown = Now(now.next())
    state.write(client, names, shown)
    return shown


def _point(server: Server, after: Mapping[str, Held]) -> None:
    """Each alias names what is held and nothing else, all in one step."""
    client, names = server.client, server.names
    wanted = {held.index: part == state.COVERAGE for part, held in after.items()}
    actions: list[dict[str, Any]] = []
    for alias, is_coverage in ((names.posts, False), (names.coverage, True)):
        there = set(client.options(ignore_status=404).indices.get_alias(name=alias).body)
        there -= {"error", "status"}
        held = {index for index, of_coverage in wanted.items() if of_coverage == is_coverage}
        for index in sorted(there - held):
            actions.append({"remove": {"index": index, "alias": alias}})
        for index in sorted(held - there):
            actions.append({"add": {"index": index, "alias": alias}})
    if actions:
        client.indices.update_aliases(actions=actions)


def _remove_unlisted(server: Server, after: Mapping[str, Held]) -> None:
    """Indices of earlier builds, and of one that was killed."""
    names = server.names
    found = server.client.indices.get(
        index=[f"{names.posts}-*", f"{names.coverage}-*"], filter_path="*.aliases"
    )
    listed = {held.index for held in after.values()}
    for index in sorted(set(found.body) - listed):
        server.client.options(ignore_status=404).indices.delete(index=index)
