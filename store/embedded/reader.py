"""The reading side of the embedded index: one generation's segments, attached and held.

An in-memory DuckDB attaches the segments read-only; it writes nothing, not even to spill. Each
question looks whether the manifest was replaced (one stat); then the new segments are attached,
and the new generation answers from the next question on. A question in flight keeps its own
generation until it is done: what it reads is detached only afterwards.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from store.embedded import manifest as manifest_file
from store.embedded.manifest import SEGMENTS, Manifest, Stamp, damaged, told
from store.embedded.tables import CODES, SETS, quoted
from store.index import IndexFault
from store.tables import OFFLINE, SILENT

_TRIES = 100


@dataclass(frozen=True, eq=False)
class Attached:
    """A month's segment as it can be asked. Number 0 of codes is None, of sets the empty one."""

    alias: str
    rows: int
    first: int
    last: int
    newest: int
    codes: dict[str, list[str | None]]
    sets: dict[str, list[tuple[str, ...]]]


@dataclass(eq=False)
class Generation:
    """What one question reads. `memo` keeps what was worked out for this generation."""

    name: str
    stamp: Stamp
    con: duckdb.DuckDBPyConnection
    segments: list[Attached]
    coverage: str | None  # alias
    files: frozenset[str]
    users: int = 0
    memo: dict[Any, Any] = field(default_factory=dict)


class Reader:
    """Attached segments for many threads."""

    def __init__(self, folder: Path, memory_limit: str, threads: int) -> None:
        self._folder = folder
        self._settings = {
            "memory_limit": memory_limit,
            "threads": str(threads),
            "temp_directory": "",
            **OFFLINE,
        }
        self._lock = threading.Lock()
        self._con: duckdb.DuckDBPyConnection | None = None
        self._now: Generation | None = None
        self._in_use: list[Generation] = []
        self._attached: dict[str, tuple[str, Attached | None]] = {}
        self._count = 0

    @contextmanager
    def generation(self) -> Iterator[Generation]:
        """The newest generation, held until the block ends. Raises IndexMissing, IndexDamaged."""
        held = self._take()
        try:
            yield held
        except duckdb.ProgrammingError:
            raise  # a mistake of ours, not of the file
        except duckdb.OutOfMemoryException as error:
            raise IndexFault(
                "the question needs more memory than the index may use",
                hint="ask for less at once, or raise the index's memory limit",
            ) from error
        except duckdb.Error as error:
            with self._lock:  # an instance that met damage may refuse everything afterwards
                if self._con is held.con:
                    self._forget_all()
            raise damaged(
                f"a segment cannot be read ({told(error, self._folder)})", SEGMENTS
            ) from error
        finally:
            self._give(held)

    def _take(self) -> Generation:
        with self._lock:
            now = self._now
            if now is None or now.stamp != manifest_file.stamp(self._folder):
                now = self._now = self._load()
                if now not in self._in_use:
                    self._in_use.append(now)
                self._prune()
            now.users += 1
            return now

    def _give(self, held: Generation) -> None:
        with self._lock:
            held.users -= 1
            self._prune()

    def _load(self) -> Generation:
        for _ in range(_TRIES):
            stamp = manifest_file.stamp(self._folder)
            manifest = manifest_file.read(self._folder)
            try:
                return self._attach_all(manifest, stamp)
            except FileNotFoundError as error:
                gone = str(error)
                if manifest_file.stamp(self._folder) == stamp:
                    raise damaged("a segment is gone", f"{SEGMENTS}/{gone}") from error
        raise IndexFault("the index is replaced faster than it can be opened", hint="try again")

    def _attach_all(self, manifest: Manifest, stamp: Stamp) -> Generation:
        if self._con is None:
            self._con = duckdb.connect(config=self._settings)
            self._con.execute("SET TimeZone = 'UTC'")
            self._con.execute(SILENT)
        segments = []
        for segment in manifest.months.values():
            found = self._attach(segment.file, segment.size)
            if self._attached[segment.file][1] is None:
                codes, sets = self._dictionaries(found)
                self._attached[segment.file] = (
                    found,
                    Attached(
                        found,
                        segment.rows,
                        segment.first,
                        segment.last,
                        segment.newest,
                        codes,
                        sets,
                    ),
                )
            attached = self._attached[segment.file][1]
            assert attached is not None
            segments.append(attached)
        coverage = manifest.coverage and self._attach(
            manifest.coverage.file, manifest.coverage.size
        )
        return Generation(
            manifest.generation, stamp, self._con, segments, coverage or None,
            frozenset(manifest.files()),
        )  # fmt: skip

    def _attach(self, file: str, size: int) -> str:
        path = self._folder / SEGMENTS / file
        if file in self._attached:
            return self._attached[file][0]
        try:
            found = path.stat().st_size
        except FileNotFoundError as error:
            raise FileNotFoundError(file) from error
        if found != size:
            raise damaged(f"{found} bytes long, not {size}", f"{SEGMENTS}/{file}")
        alias = f"s{self._count}"
        self._count += 1
        assert self._con is not None
        try:
            self._con.execute(f"ATTACH {quoted(path)} AS {alias} (READ_ONLY)")
        except duckdb.Error as error:
            if not path.exists():
                raise FileNotFoundError(file) from error
            raise damaged(
                f"cannot be opened ({told(error, self._folder)})", f"{SEGMENTS}/{file}"
            ) from error
        self._attached[file] = alias, None
        return alias

    def _dictionaries(
        self, alias: str
    ) -> tuple[dict[str, list[str | None]], dict[str, list[tuple[str, ...]]]]:
        codes: dict[str, list[str | None]] = {name: [None] for name in CODES}
        sets: dict[str, list[tuple[str, ...]]] = {name: [()] for name in SETS}
        assert self._con is not None
        try:
            listed = f"FROM {alias}.codes ORDER BY field, no"
            for name, code in self._con.execute(f"SELECT field, code {listed}").fetchall():
                codes[name].append(code)
            listed = f"FROM {alias}.sets ORDER BY field, no"
            for name, members in self._con.execute(f"SELECT field, codes {listed}").fetchall():
                sets[name].append(tuple(members))
        except (duckdb.Error, KeyError) as error:
            self._forget_all()
            raise damaged(
                f"a segment cannot be read ({told(error, self._folder)})", SEGMENTS
            ) from error
        return codes, sets

    def _prune(self) -> None:
        """Detach what neither the newest generation nor a question in flight reads."""
        self._in_use = [g for g in self._in_use if g.users or g is self._now]
        if self._con is None:
            return
        wanted = {f for g in self._in_use if g.con is self._con for f in g.files}
        for file in [f for f in self._attached if f not in wanted]:
            alias, _ = self._attached.pop(file)
            self._con.execute(f"DETACH {alias}")

    def _forget_all(self) -> None:
        self._con, self._now, self._attached = None, None, {}
