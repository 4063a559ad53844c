"""The writing side of the embedded index: one writer at a time brings it up to the lake.

New files are written beside the old ones; the manifest's rename is the one moment at which the
new generation begins. Killed before it, a writer leaves files that nobody lists: the next one
removes them. Files of the generation before are listed as retired, with the time, and deleted
a minute later; after a forget they are not listed at all and deleted at once.
"""

from __future__ import annotations

import hashlib
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from store.embedded import manifest as manifest_file
from store.embedded import segments
from store.embedded.manifest import NAME, SEGMENTS, Coverage, Manifest, Segment
from store.embedded.tables import VERSION
from store.index import IndexDamaged, IndexMissing, IndexNotWritten, Snapshot
from store.lock import exclusive

KEPT_SECONDS = 60.0


def catch_up(
    folder: Path, lake: Snapshot, *, rebuild: bool, forget: bool, memory_limit: str, threads: int
) -> int:
    """Bring the index to `lake`; the number of months rebuilt."""
    with _writing(folder):
        before = _before(folder, rebuild)
        _remove_unlisted(folder, before)
        generation = _next(before)

        def build_month(month: str) -> Segment:
            path = folder / SEGMENTS / f"{month}-{generation}.duckdb"
            made = segments.build_month(
                path, lake.read(month), memory_limit=memory_limit, threads=threads
            )
            return Segment(path.name, path.stat().st_size, **made, files=_names(lake, month))

        def build_coverage(table: pa.Table, digest: str) -> Coverage:
            path = folder / SEGMENTS / f"coverage-{generation}.duckdb"
            rows = segments.build_coverage(path, table, memory_limit=memory_limit, threads=threads)
            return Coverage(path.name, path.stat().st_size, rows, digest)

        stale = [m for m in sorted(lake.months) if rebuild or _is_stale(folder, before, lake, m)]
        months = {
            month: build_month(month) if month in stale else before.months[month]
            for month in sorted(lake.months)
        }
        coverage = _coverage(folder, before, lake.coverage(), rebuild, build_coverage)
        after = Manifest(generation, months, coverage, before.retired)
        changed = after.files() != before.files() or not (folder / NAME).exists()
        if changed:
            left = before.files() - after.files()
            after = replace(after, retired=before.retired | dict.fromkeys(left, time.time()))
        else:
            after = before
        _finish(folder, after, changed=changed, at_once=forget)
        return len(stale)


def tidy(folder: Path) -> int:
    """Delete the retired files whose time is over; how many. Raises IndexMissing."""
    with _writing(folder):
        return _finish(folder, manifest_file.read(folder), changed=False, at_once=False)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        (folder / SEGMENTS).mkdir(parents=True, exist_ok=True)
        with exclusive(folder / "lock"):
            yield
    except (duckdb.Error, OSError) as error:
        raise IndexNotWritten(
            f"the index could not be brought up to date ({manifest_file.told(error, folder)})",
            hint="is the disk full or the folder read-only? what stood before goes on answering",
        ) from error


def _before(folder: Path, rebuild: bool) -> Manifest:
    try:
        return manifest_file.read(folder)
    except IndexMissing:
        return Manifest("", {})
    except IndexDamaged:
        if not rebuild:
            raise
        return Manifest("", {})


def _next(before: Manifest) -> str:
    number = before.generation.partition("-")[0]
    return f"{int(number or 0) + 1:06d}-{secrets.token_hex(4)}"


def _names(lake: Snapshot, month: str) -> dict[str, list[str]]:
    return {home: sorted(names) for home, names in sorted(lake.months[month].files.items())}


def _is_whole(folder: Path, file: str, size: int) -> bool:
    path = folder / SEGMENTS / file
    return path.is_file() and path.stat().st_size == size


def _is_stale(folder: Path, before: Manifest, lake: Snapshot, month: str) -> bool:
    held = before.months.get(month)
    return (
        held is None
        or held.files != _names(lake, month)
        or not _is_whole(folder, held.file, held.size)
    )


def _coverage(
    folder: Path,
    before: Manifest,
    table: pa.Table,
    rebuild: bool,
    build: Callable[[pa.Table, str], Coverage],
) -> Coverage:
    """Coverage has no file sets: its content tells whether it changed."""
    order = ("month", *segments.SEEN_KEYS)
    table = table.sort_by([(name, "ascending") for name in order])
    digest = hashlib.sha256(str(VERSION).encode())
    for name in segments.SEEN_KEYS:
        digest.update(repr(table[name].to_pylist()).encode())
    for numbers in (table["seen"], pc.list_flatten(table["seen_folds"])):
        digest.update(numbers.to_numpy().astype(np.int64).tobytes())
    held = before.coverage
    if (
        not rebuild
        and held is not None
        and held.digest == digest.hexdigest()
        and _is_whole(folder, held.file, held.size)
    ):
        return held
    return build(table, digest.hexdigest())


def _finish(folder: Path, manifest: Manifest, *, changed: bool, at_once: bool) -> int:
    """Write the manifest if it differs from what stands there; delete what is over."""
    now = time.time()
    over = {
        file
        for file, left in manifest.retired.items()
        if at_once or not 0 <= now - left < KEPT_SECONDS
    }
    if over or changed:
        kept = {f: t for f, t in manifest.retired.items() if f not in over}
        manifest_file.write(folder, replace(manifest, retired=kept))
    for file in over:
        (folder / SEGMENTS / file).unlink(missing_ok=True)
    return len(over)


def _remove_unlisted(folder: Path, manifest: Manifest) -> None:
    """What a killed writer left: parts, logs, spilled rows, segments that no manifest lists."""
    listed = manifest.files() | set(manifest.retired)
    for path in (folder / SEGMENTS).iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name not in listed:
            path.unlink()
    for path in folder.glob(f".{NAME}*"):
        path.unlink()
