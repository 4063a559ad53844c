"""Files brought in under Spark: workers read, seal, scrub and tag pages, the driver merges them.

Each worker reads the whole file, as one process does, and makes posts of every n-th page: so a
row means the same wherever it stands, and nothing of a file passes through Spark but numbers. What
a worker writes is scrubbed; the driver takes page after page, while the next are made, on the
way of every import: `forgotten` is read again, windows and quarantine are told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import count
from pathlib import Path
from time import sleep

import pyarrow as pa

from base.errors import UniteError
from base.time import now
from collectors.collector import Page, Source
from collectors.files.opening import FileLimits
from monitor import importing, pipeline
from monitor.importing import Import
from monitor.look import Look
from monitor.pipeline import Making, Taken
from monitor.spark import scratch, staged
from monitor.spark.errors import told, translated
from monitor.spark.session import session
from monitor.spark.worker import Installation
from monitor.tagging import present
from monitor.workspace import Workspace
from store import schema

_PAGE = FileLimits(page_rows=10_000, page_text=16_000_000)  # small, so that all have some
_PAUSE = 0.05  # seconds between two looks for a page
_OUT = pa.schema([("pages", pa.int64())])


def take(
    workspace: Workspace,
    files: Sequence[Path],
    wanted: Import,
    spare: Callable[[Look, UniteError], None],
) -> Taken:
    """As `pipeline.take` of `importing.looks`, on the cores of Spark's master."""
    collected = now()
    keys = workspace.keys
    _ = (keys.id, keys.vault, keys.author(collected))  # made here, before many ask at once
    digest = present(workspace.settings, workspace.registry)
    sources = [importing.source_of(workspace, path, wanted) for path in files]
    with session(workspace) as spark:
        place = scratch.of(workspace.home) / "pages"
        place.mkdir(mode=0o700)
        stripes = spark.sparkContext.defaultParallelism
        work = _Work(
            Installation.of(workspace, digest),
            [str(path.absolute()) for path in files], [source for source, _ in sources],
            wanted, collected, stripes, str(place),
        )  # fmt: skip
        tasks = stripes * len(files)
        rows = spark.range(0, tasks, 1, tasks).mapInArrow(work, "pages long")
        with (
            translated(workspace.settings.monitor_spark_master),
            ThreadPoolExecutor(1) as beside,
        ):
            job = beside.submit(rows.collect)
            try:
                return pipeline.take(
                    workspace,
                    (importing.look(source, code, _pages(place, job, number), wanted)
                     for number, (source, code) in enumerate(sources, start=1)),
                    collected=collected,
                    spare=spare,
                    making=Making(partial(staged.sealed, workspace), pa.table),
                )  # fmt: skip
            except BaseException:
                spark.sparkContext.cancelAllJobs()
                raise


def _pages(place: Path, job: Future[object], number: int) -> Iterator[Page]:
    """The pages of a file as its workers finish them, in order."""
    for page in count():
        path = staged.path(place, number, page)
        while not path.exists():
            if job.done() and not path.exists():
                job.result()  # raises what went wrong
                raise AssertionError("a worker ended before its pages did")
            sleep(_PAUSE)
        found = staged.read(path)
        path.unlink()
        if found is None:
            return
        yield found


@dataclass(frozen=True)
class _Work:
    """In a worker: the number of a task in, how many pages it made out.

    stripes: workers of a file. place: where pages are put.
    """

    installation: Installation
    files: Sequence[str]
    sources: Sequence[Source]
    wanted: Import
    collected: datetime
    stripes: int
    place: str

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        with told():
            for batch in batches:
                made = [self._stripe(*divmod(n, self.stripes)) for n in batch["id"].to_pylist()]
                yield pa.RecordBatch.from_arrays([pa.array(made, pa.int64())], schema=_OUT)

    def _stripe(self, file: int, stripe: int) -> int:
        """Make posts of every page whose number is this stripe's; how many pages those were.

        The page after the last says how the file ended: well, or with which error.
        """
        source, made, number = self.sources[file], 0, 0
        error: UniteError | None = None
        pages = importing.read(
            Path(self.files[file]), source, self.wanted, file + 1,
            latest=self.collected, limits=_PAGE,
        )  # fmt: skip
        while True:
            try:
                page = next(pages, None)
            except UniteError as found:
                page, error = None, found
            if page is None:
                break
            if number % self.stripes == stripe:
                self._make(file, number, page, source)
                made += 1
            number += 1
        if number % self.stripes == stripe:
            staged.write_end(staged.path(Path(self.place), file + 1, number), error)
        return made

    def _make(self, file: int, number: int, page: Page, source: Source) -> None:
        workspace = self.installation.workspace()
        path = staged.path(Path(self.place), file + 1, number)
        if page.items.num_rows == 0:
            staged.write(path, workspace, page, schema.POST.empty_table(), None)
            return
        self.installation.tagger()  # also checks that it is the driver's
        sealed = workspace.sealer(page.items, source, self.collected, self.wanted.author_rule)
        staged.write(path, workspace, page, pipeline.tagged(workspace, sealed.posts), sealed)
