"""The way of one post, as functions: seal, tag, merge, then stories, coverage and the index.

The command line, the clock, Airflow, Spark and the tests call these; none has a way of its own.
A crash at any point repeats work and neither loses nor doubles anything: the vault is merged
before the posts, the window after them, the cursor last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from base import log, points
from base.errors import UniteError
from base.time import day_of, midnight, now, zone
from collectors.collector import Cursor, Gap, Page, Source, Window
from monitor import permits, stories
from monitor.database import Quarantined
from monitor.kept_texts import without_text
from monitor.sealing import Sealed
from monitor.workspace import Workspace
from store import schema
from store.snapshot import snapshot
from store.writer import Guard


@dataclass(frozen=True)
class Look:
    """One look at one source: what was asked and the pages that came.

    window: None for a file, whose window runs from its first to its last post. part: what of
    the source the pages are, where more than one look shares a source: a file's content.
    """

    source: Source
    window: Window | None
    pages: Iterable[Page]
    author_rule: str = "source"
    part: str | None = None


@dataclass(frozen=True)
class Taken:
    """What became of the items, in items. other_text: took the place of another text."""

    fetched: int = 0
    new: int = 0
    known: int = 0
    relevant: int = 0
    rejected: int = 0
    forgotten: int = 0
    other_text: int = 0

    def __add__(self, other: Taken) -> Taken:
        mine, theirs = vars(self), vars(other)
        return Taken(**{name: mine[name] + theirs[name] for name in mine})


def take(
    workspace: Workspace,
    looks: Iterable[Look],
    *,
    collected: datetime | None = None,
    spare: Callable[[Look, UniteError], None] | None = None,
) -> Taken:
    """Bring looks into the lake, joined into batches of at most UNITE_NLP_BATCH posts.

    collected: the moment of collection; now, unless a test or the sample says otherwise.
    spare: is told of a look whose pages cannot be read, and the others go on; without it the
    error is raised, after the looks before it were brought in. Of a file that breaks off, the
    pages before stay and were looked at; another source is looked at wholly or not at all.
    """
    intake = _Intake(workspace, collected or now())
    for look in looks:
        error = intake.add(look)
        if error is not None and spare is None:
            intake.flush()
            raise error
        if error is not None and spare is not None:
            spare(look, error)
    intake.flush()
    return intake.total


@dataclass
class _Ended:
    """A look whose pages have been read, waiting for its batch to be merged."""

    look: Look
    fetched: int = 0
    unmapped: int = 0
    dropped: int = 0
    rejected: list[Quarantined] = field(default_factory=list)
    cursor: Cursor | None = None
    gaps: list[Gap] = field(default_factory=list)
    first: datetime | None = None
    last: datetime | None = None

    def window(self) -> Window | None:
        """What was looked at; of a file the whole local days from its first to its last post."""
        if self.look.window is not None:
            return self.look.window
        if self.first is None or self.last is None:
            return None
        local = zone(self.look.source.time_zone)
        after = day_of(self.last, local) + timedelta(days=1)
        return Window(midnight(day_of(self.first, local), local), midnight(after, local))


class _Intake:
    """Gathers sealed pages of many looks and brings them in batch by batch."""

    def __init__(self, workspace: Workspace, collected: datetime) -> None:
        self._workspace = workspace
        self._collected = collected
        self._sealed: list[Sealed] = []
        self._count = 0
        self._ended: list[_Ended] = []
        self._whole = 0  # sealed pages that belong to looks that have ended
        self.total = Taken()

    def add(self, look: Look) -> UniteError | None:
        """Take a look's pages; the error with which they broke off, if they did."""
        state = _Ended(look)
        pages = iter(look.pages)
        while True:
            try:
                page = next(pages, None)
            except UniteError as error:
                self._broke_off(state)
                return error
            if page is None:
                break
            state.fetched += page.fetched
            state.unmapped += len(page.rejected)
            state.dropped += page.dropped
            state.rejected += [Quarantined(r.position, r.column, r.reason) for r in page.rejected]
            state.cursor = page.cursor or state.cursor
            state.gaps += page.gaps
            if page.items.num_rows:
                self._seal(state, page.items)
        self._end(state)
        return None

    def _end(self, state: _Ended) -> None:
        self._ended.append(state)
        self._whole = len(self._sealed)
        self.total += Taken(fetched=state.fetched, rejected=len(state.rejected))

    def _broke_off(self, state: _Ended) -> None:
        """Keep what was read of a file; let go of another look, which may come again."""
        if state.look.window is None and state.first is not None:
            # the mended file is another part: it names the rejected rows, these too, once
            state.rejected, state.cursor = [], None
            self._end(state)
            return
        del self._sealed[self._whole :]
        self._count = sum(s.posts.num_rows for s in self._sealed)

    def _seal(self, state: _Ended, items: pa.RecordBatch) -> None:
        most = self._workspace.settings.nlp_batch
        if self._sealed and self._count + items.num_rows > most:
            self.flush()
        sealed = self._workspace.sealer(
            items, state.look.source, self._collected, state.look.author_rule
        )
        ends = pc.min_max(sealed.posts["created"]).as_py()
        state.first = min(state.first or ends["min"], ends["min"])
        state.last = max(state.last or ends["max"], ends["max"])
        self._sealed.append(sealed)
        self._count += items.num_rows
        if self._count >= most:
            self.flush()

    def flush(self) -> None:
        """Merge what is held, then remember the windows, then commit the cursors."""
        if self._sealed:
            self._merge()
        ended, self._ended = self._ended, []
        self._remember(ended)
        for state in ended:
            if state.cursor is not None:
                source = state.look.source
                self._workspace.database.commit_cursor(source.home, source.code, state.cursor.state)
        if ended:
            points.reached("cursor-committed")

    def _merge(self) -> None:
        sealed, self._sealed, self._count, self._whole = self._sealed, [], 0, 0
        posts = finished(self._workspace.tagger(_joined([s.posts for s in sealed])))
        posts = without_text(posts, permits.untexted(self._workspace.registry.platforms))
        vault = pa.concat_tables([s.vault for s in sealed])
        guard = Guard(
            pa.concat_arrays([s.guard.lookup for s in sealed]),
            pa.concat_arrays([s.guard.author for s in sealed]),
        )
        # The lock is taken before the first file and given back after the commit.
        with self._workspace.lake.writing() as writer:
            merged = writer.merge_posts(posts, vault, guard)
        log.event("pipeline", "merged", posts=posts.num_rows, new=merged.new, known=merged.known)
        self.total += Taken(
            new=merged.new,
            known=posts.num_rows - merged.new - merged.forgotten,  # also twice in one batch
            relevant=pc.sum(posts["relevant"]).as_py() or 0,
            forgotten=merged.forgotten,
            other_text=merged.other_text,
        )

    def _remember(self, ended: list[_Ended]) -> None:
        rows = {}
        for state in ended:
            window, source = state.window(), state.look.source
            begins = "" if window is None else window.since.isoformat()
            self._workspace.database.quarantine(
                source.home, source.code, state.look.part or begins, state.rejected
            )
            if window is None:  # a file without one usable row looked at no day
                continue
            counts = (state.fetched, state.unmapped, state.dropped)
            for part, reason in _looked_at(window, state.gaps):
                row = (source.home, source.code, part.since, part.until, *counts, reason,
                       state.look.author_rule)  # fmt: skip
                rows[row[:4]] = row
                counts = (0, 0, 0)
        if rows:
            columns = [list(c) for c in zip(*rows.values(), strict=True)]
            with self._workspace.lake.writing() as writer:
                writer.merge_rows("windows", pa.table(columns, schema=schema.WINDOW))
            points.reached("windows-merged")


def _looked_at(window: Window, gaps: Sequence[Gap]) -> Iterator[tuple[Window, str | None]]:
    """The parts of a window, the newest that was looked at first, and why the others were not."""
    end = window.until
    for gap in sorted(gaps, key=lambda g: g.until, reverse=True):
        if gap.until < end:
            yield Window(gap.until, end), None
        end = min(end, gap.since)
    if window.since < end:
        yield Window(window.since, end), None
    for gap in gaps:
        yield Window(gap.since, gap.until), gap.reason


def _joined(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    return pa.Table.from_batches(batches).combine_chunks().to_batches()[0]


def finished(tagged: pa.RecordBatch) -> pa.Table:
    """Tagged posts as the lake keeps them: what an irrelevant post does not need goes."""
    table = pa.table(tagged)
    relevant = table["relevant"]
    none = pa.nulls(table.num_rows, schema.ENGAGEMENT)
    empty = pa.array([[]] * table.num_rows, schema.POST.field("matches").type)
    for name, other in (("engagement", none), ("matches", empty)):
        index = table.schema.get_field_index(name)
        kept = pc.if_else(relevant, table[name].cast(other.type), other)
        table = table.set_column(index, name, kept)
    return table.select(schema.POST.names).cast(schema.POST)


def mark_gaps(workspace: Workspace, gaps: Iterable[tuple[Source, Window, str]]) -> None:
    """Write down periods that nobody looked at, with the reason."""
    rows = [(s.home, s.code, w.since, w.until, 0, 0, 0, reason, "source") for s, w, reason in gaps]
    if rows:
        columns = [list(c) for c in zip(*rows, strict=True)]
        with workspace.lake.writing() as writer:
            writer.merge_rows("windows", pa.table(columns, schema=schema.WINDOW))


def refresh(workspace: Workspace, *, forget: bool = False, rebuild: bool = False) -> int:
    """Stories, coverage and the index brought up to the lake; months rebuilt.

    forget: nothing of the index' past is kept.
    """
    stories.follow(workspace.lake)
    with workspace.lake.lock.shared():  # no vacuum while the index reads
        return workspace.index.catch_up(snapshot(workspace.lake), rebuild=rebuild, forget=forget)
