"""Where a lake stands: a folder, or a prefix in a bucket of an object store.

Both give the tables' addresses and options to Delta, a file system to Arrow, rows of some files to
DuckDB, and keep small notes beside the tables. DuckDB reads a folder's files itself; what is in a
bucket is read by Arrow into memory, the columns that are asked for alone, so that no copy of a
post is left on the machine that reads.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.fs as fs

from base.errors import BadInput
from store.bucket_faults import LAKE, translated
from store.tables import TABLES, parquet

_PARTITIONS = ds.partitioning(
    pa.schema([("home", pa.string()), ("month", pa.string())]), flavor="hive"
)
_TRIES = {"max_retries": "4", "retry_timeout": "30s", "connect_timeout": "10s", "timeout": "120s"}


class Place(Protocol):
    """Where the tables are."""

    @property
    def name(self) -> str:
        """What is said of it in a message."""
        ...

    @property
    def options(self) -> dict[str, str] | None:
        """What Delta needs beside the address."""
        ...

    def table(self, name: str) -> str:
        """The address of a table, as Delta takes it."""
        ...

    def files_of(self, name: str) -> fs.FileSystem:
        """A table's files, for Arrow."""
        ...

    def offer(
        self, con: duckdb.DuckDBPyConnection, view: str, name: str, files: Sequence[str],
        columns: Sequence[str], *, named: bool = False,
    ) -> None:  # fmt: skip
        """Let DuckDB see columns of some files of a table as `view`; named: with `filename`, the
        file a row stands in, as `files` has it."""
        ...

    def note(self, name: str) -> str | None:
        """A note that stands beside the tables, None where there is none."""
        ...

    def write_note(self, name: str, text: str) -> None:
        """Put a note in the place of the one with its name, whole or not at all."""
        ...


@dataclass(frozen=True)
class Folder:
    """A folder of this machine."""

    root: Path
    options: None = None

    @property
    def name(self) -> str:
        return self.root.name

    def table(self, name: str) -> str:
        return str(self.root / name)

    def files_of(self, name: str) -> fs.FileSystem:
        # Arrow's own file system: deltalake's is Python, and every read would wait for the GIL
        return fs.SubTreeFileSystem(str(self.root / name), fs.LocalFileSystem())

    def offer(
        self, con: duckdb.DuckDBPyConnection, view: str, name: str, files: Sequence[str],
        columns: Sequence[str], *, named: bool = False,
    ) -> None:  # fmt: skip
        # It reads the Parquet files itself: an Arrow dataset registered with DuckDB has both
        # libraries' threads wait for the GIL, and now and then for each other, for ever.
        rows = parquet([str(self.root / name / path) for path in files], named=named)
        shown = [*columns]
        if named:
            start = len(str(self.root / name)) + 2  # SQL counts from 1, and there is a slash
            shown.append(f"substr(filename, {start}) as filename")
        con.execute(f"create temp view {view} as select {', '.join(shown)} from {rows}")

    def note(self, name: str) -> str | None:
        try:
            return (self.root / name).read_text()
        except OSError:
            return None

    def write_note(self, name: str, text: str) -> None:
        path = self.root / name
        fresh = path.with_suffix(".new")
        with fresh.open("w") as handle:
            handle.write(text)
            handle.flush()
            os.fsync(handle.fileno())
        fresh.replace(path)


@dataclass(frozen=True)
class Bucket:
    """A prefix in a bucket of an object store that speaks S3 and puts only what is not there yet
    (If-None-Match), by which two commits never take one place.

    url: `s3://bucket/prefix`. endpoint: where the store is, if it is not Amazon's.
    """

    url: str
    endpoint: str | None = None
    region: str = "us-east-1"
    key_id: str | None = field(default=None, repr=False)
    key: str | None = field(default=None, repr=False)
    allow_http: bool = False

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme != "s3" or not parts.netloc or not parts.path.strip("/"):
            raise BadInput(
                "the address of the lake cannot be used",
                where=f"{LAKE}URL",
                expected="s3://BUCKET/PREFIX",
            )
        scheme = urlsplit(self.endpoint or "https://").scheme
        if scheme == "http" and not self.allow_http:
            raise BadInput(
                "the object store would be asked without encryption",
                where=f"{LAKE}ENDPOINT",
                expected="https://…",
                hint=f"{LAKE}ALLOW_HTTP=true, on a machine's own network only",
            )
        if scheme not in ("http", "https"):
            raise BadInput(
                "the address of the object store cannot be used",
                where=f"{LAKE}ENDPOINT",
                expected="https://HOST[:PORT]",
            )
        if (self.key_id is None) != (self.key is None):
            missing = "KEY_ID" if self.key_id is None else "KEY"
            raise BadInput(
                "only half of the object store's key is set",
                where=f"{LAKE}{missing}",
                expected=f"{LAKE}KEY_ID and {LAKE}KEY, or none of them",
            )

    @property
    def name(self) -> str:
        return self.url

    @property
    def options(self) -> dict[str, str]:
        given = {
            "aws_endpoint_url": self.endpoint,
            "aws_region": self.region,
            "aws_access_key_id": self.key_id,
            "aws_secret_access_key": self.key,
            "aws_allow_http": str(self.allow_http).lower(),
            "aws_conditional_put": "etag",
        }
        return {k: v for k, v in given.items() if v is not None} | _TRIES

    @property
    def path(self) -> str:
        """Bucket and prefix."""
        return self.url.removeprefix("s3://").strip("/")

    def table(self, name: str) -> str:
        return f"s3://{self.path}/{name}"

    @cached_property
    def _store(self) -> fs.S3FileSystem:
        parts = urlsplit(self.endpoint) if self.endpoint else None
        return fs.S3FileSystem(
            access_key=self.key_id,
            secret_key=self.key,
            region=self.region,
            endpoint_override=parts.netloc if parts else None,
            scheme=parts.scheme if parts else "https",
            connect_timeout=10,
            request_timeout=120,
        )

    def files_of(self, name: str) -> fs.FileSystem:
        return fs.SubTreeFileSystem(f"{self.path}/{name}", self._store)

    def offer(
        self, con: duckdb.DuckDBPyConnection, view: str, name: str, files: Sequence[str],
        columns: Sequence[str], *, named: bool = False,
    ) -> None:  # fmt: skip
        kind = TABLES[name]
        partitions = _PARTITIONS if kind.partitions else None
        wanted = pa.schema([kind.schema.field(c) for c in columns])
        with translated(self):
            dataset = ds.dataset(
                list(files), filesystem=self.files_of(name), format="parquet",
                partitioning=partitions,
            )  # fmt: skip
            shown = [*columns, "__filename"] if named else [*columns]
            rows = dataset.to_table(columns=shown)
        if named:
            rows = rows.rename_columns([*columns, "filename"])
            wanted = wanted.append(pa.field("filename", pa.string()))
        con.register(view, rows.cast(wanted))

    def note(self, name: str) -> str | None:
        with translated(self):
            try:
                with self._store.open_input_stream(f"{self.path}/{name}") as found:
                    return str(found.read().decode())
            except FileNotFoundError:
                return None

    def write_note(self, name: str, text: str) -> None:
        with translated(self), self._store.open_output_stream(f"{self.path}/{name}") as note:
            note.write(text.encode())
