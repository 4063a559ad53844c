"""The way of one post, as functions: seal, tag, merge, then stories, coverage and the index.

The command line, the clock, Airflow, Spark and the tests call these; none has a way of its own.
A crash at any point repeats work and neither loses nor doubles anything: the vault is merged
before the posts, the window after them, the cursor last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

import pyarrow as pa
import pyarrow.compute as pc

from base import log, points
from base.errors import UniteError
from base.time import now
from collectors.collector import Page, Source, Window
from monitor import permits, stories
from monitor.kept_texts import without_text
from monitor.look import Look, Progress, Row
from monitor.sealing import Sealed
from monitor.spark import scratch
from monitor.watching import alerts as watch_alerts
from monitor.watching import hits
from monitor.workspace import Workspace
from store import schema
from store.snapshot import snapshot
from store.writer import Guard

__all__ = ["Look", "Making", "Taken", "finished", "mark_gaps", "refresh", "tagged", "take"]
LONGEST_HELD = 300.0  # seconds after which what was read is merged, be it little


@dataclass(frozen=True)
class Taken:
    """What became of the items, in items. other_text: took the place of another text.

    untied: of a stream, about none of its cities after all; they were not kept.
    """

    fetched: int = 0
    new: int = 0
    known: int = 0
    relevant: int = 0
    rejected: int = 0
    forgotten: int = 0
    other_text: int = 0
    untied: int = 0

    def __add__(self, other: Taken) -> Taken:
        mine, theirs = vars(self), vars(other)
        return Taken(**{name: mine[name] + theirs[name] for name in mine})


@dataclass(frozen=True)
class Making:
    """How items become posts of the lake: sealed page by page, then tagged batch by batch."""

    seal: Callable[[pa.RecordBatch, Source, datetime, str], Sealed]
    tag: Callable[[pa.RecordBatch], pa.Table]

    @classmethod
    def here(cls, workspace: Workspace) -> Making:
        """In this process."""
        return cls(lambda *given: workspace.sealer(*given), lambda batch: tagged(workspace, batch))


def take(
    workspace: Workspace,
    looks: Iterable[Look],
    *,
    collected: datetime | None = None,
    spare: Callable[[Look, UniteError], None] | None = None,
    untied: list[str] | None = None,
    making: Making | None = None,
) -> Taken:
    """Bring looks into the lake, joined into batches of at most UNITE_NLP_BATCH posts.

    collected: the moment of collection; now, unless a test or the sample says otherwise.
    spare: is told of a look whose pages cannot be read, and the others go on; without it the
    error is raised, after what was read was brought in. Of a look that breaks off the pages
    before stay: its cursor stands behind the last of them, and its window was looked at as far
    as they reach for certain. A long look is brought in part by part in the same way.
    untied: takes the ids of posts of streams that are about none of their cities.
    making: where the pages bring what was sealed and tagged elsewhere; in this process without it.
    """
    intake = _Intake(workspace, collected or now(), making or Making.here(workspace))
    for look in looks:
        error = intake.add(look)
        if error is not None and spare is None:
            intake.flush()
            raise error
        if error is not None and spare is not None:
            spare(look, error)
    intake.flush()
    if untied is not None:
        untied += intake.untied
    return intake.total


class _Intake:
    """Gathers sealed pages of many looks and brings them in batch by batch."""

    def __init__(self, workspace: Workspace, collected: datetime, making: Making) -> None:
        self._workspace = workspace
        self._making = making
        self._collected = collected
        self._sealed: list[Sealed] = []
        self._count = 0
        self._held_since = monotonic()
        self._looks: list[Progress] = []  # what is not told of yet; the last may still be read
        self.untied: list[str] = []
        self.total = Taken()

    def add(self, look: Look) -> UniteError | None:
        """Take a look's pages; the error with which they broke off, if they did."""
        progress = Progress(look)
        self._looks.append(progress)
        pages = iter(look.pages)
        while True:
            try:
                page = next(pages, None)
            except UniteError as error:
                progress.broke_off = progress.has_ended = True
                if progress.is_file:
                    # the mended file is another part: it names the rejected rows, these too, once
                    progress.rejected, progress.cursor = [], None
                return error
            if page is None:
                progress.has_ended = True
                return None
            self._take(progress, page)

    def _take(self, progress: Progress, page: Page) -> None:
        most = self._workspace.settings.nlp_batch
        if self._sealed and self._count + page.items.num_rows > most:
            self.flush()
        self.total += Taken(fetched=page.fetched)
        progress.took(page)
        if page.items.num_rows:
            look = progress.look
            sealed = self._making.seal(page.items, look.source, self._collected, look.author_rule)
            ends = pc.min_max(sealed.posts["created"]).as_py()
            progress.saw(ends["min"], ends["max"])
            self._sealed.append(sealed)
            self._count += page.items.num_rows
        if self._count >= most or (self._sealed and monotonic() - self._held_since > LONGEST_HELD):
            self.flush()

    def flush(self) -> None:
        """Merge what is held, then remember the windows, then commit the cursors.

        Of a look that is still being read too: what of it was merged need not be read again.
        """
        if self._sealed:
            self._merge()
        self._held_since = monotonic()
        told, self._looks = self._looks, [p for p in self._looks if not p.has_ended]
        self._remember(told)
        is_any = False
        for progress in told:
            if progress.cursor is not None and (progress.has_ended or not progress.is_file):
                source = progress.look.source
                self._workspace.database.commit_cursor(
                    source.home, source.code, progress.cursor.state, progress.unfinished
                )
                is_any = True
        if is_any:
            points.reached("cursor-committed")

    def _merge(self) -> None:
        sealed, self._sealed, self._count = self._sealed, [], 0
        posts = self._making.tag(_joined([s.posts for s in sealed]))
        vault = pa.concat_tables([s.vault for s in sealed])
        guard = Guard(
            pa.concat_arrays([s.guard.lookup for s in sealed]),
            pa.concat_arrays([s.guard.author for s in sealed]),
        )
        tied = self._tied(posts)
        if tied.false_count:
            self.untied += posts["id"].filter(pc.invert(tied)).to_pylist()
            posts, vault = posts.filter(tied), vault.filter(tied)
            guard = Guard(guard.lookup.filter(tied), guard.author.filter(tied))
        # The lock is taken before the first file and given back after the commit.
        with self._workspace.lake.writing() as writer:
            merged = writer.merge_posts(
                posts, vault, guard, lambda new: hits.note(self._workspace, new)
            )
        watch_alerts.bring_up(self._workspace.database)
        log.event("pipeline", "merged", posts=posts.num_rows, new=merged.new, known=merged.known)
        self.total += Taken(
            new=merged.new,
            known=posts.num_rows - merged.new - merged.forgotten,  # also twice in one batch
            relevant=pc.sum(posts["relevant"]).as_py() or 0,
            forgotten=merged.forgotten,
            other_text=merged.other_text,
            untied=tied.false_count,
        )

    def _tied(self, posts: pa.Table) -> pa.BooleanArray:
        """Marks what may be kept: of a stream only posts about its cities; the rest is counted."""
        tied = pa.array([True] * posts.num_rows)
        for progress in self._looks:
            source = progress.look.source
            if source.home != schema.STREAM:
                continue
            mine = pc.and_(
                pc.equal(posts["home"], source.home), pc.equal(posts["source"], source.code)
            )
            cities = progress.look.cities
            is_kept = (
                pc.is_valid(posts["city"]) if cities is None
                else pc.is_in(posts["city"], value_set=pa.array(sorted(cities), pa.string()))
            )  # fmt: skip
            lost = pc.and_(tied, pc.and_(mine, pc.invert(is_kept)).combine_chunks())
            progress.dropped += lost.true_count
            tied = pc.and_not(tied, lost)
        return tied

    def _remember(self, told: list[Progress]) -> None:
        rows = {}
        for progress in told:
            source = progress.look.source
            if progress.has_ended or not progress.is_file:
                self._workspace.database.quarantine(
                    source.home, source.code, progress.part, progress.rejected
                )
                self.total += Taken(rejected=len(progress.rejected))
                progress.rejected = []
            for row in progress.rows():
                rows[row[:4]] = row
        if rows:
            write_windows(self._workspace, rows.values())
            points.reached("windows-merged")


def _joined(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    return pa.Table.from_batches(batches).combine_chunks().to_batches()[0]


def tagged(workspace: Workspace, sealed: pa.RecordBatch) -> pa.Table:
    """Sealed posts, scrubbed and tagged, as the lake keeps them."""
    posts = finished(workspace.tagger(sealed))
    return without_text(posts, permits.untexted(workspace.registry.platforms))


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
    write_windows(
        workspace,
        [(s.home, s.code, w.since, w.until, 0, 0, 0, reason, "source") for s, w, reason in gaps],
    )


def write_windows(workspace: Workspace, rows: Iterable[Row]) -> None:
    """Bring rows of `windows` in, once each by their key."""
    columns = [list(c) for c in zip(*rows, strict=True)]
    if columns:
        with workspace.lake.writing() as writer:
            writer.merge_rows("windows", pa.table(columns, schema=schema.WINDOW))


def refresh(workspace: Workspace, *, forget: bool = False, rebuild: bool = False) -> int:
    """Stories, coverage and the index brought up to the lake; months rebuilt.

    forget: nothing of the index' past is kept, nor what a killed Spark run left on its way.
    """
    if forget:
        scratch.sweep(workspace.home)
    stories.follow(workspace.lake)
    if forget:
        hits.tidy(workspace)
    if rebuild and workspace.has_database:
        workspace.unheld.begin_anew()
    try:
        with workspace.lake.lock.shared():  # no vacuum while the index reads
            lake = snapshot(workspace.lake)
            return workspace.index.catch_up(lake, rebuild=rebuild, forget=forget)
    finally:
        workspace.unheld.write()
