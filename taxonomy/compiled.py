"""The taxonomy as it was read once: a file of columns that opens in a few milliseconds.

Comes in: the folder of `taxonomy.load`, a folder for the file. The file is named after the
digest of what was read and of this module's VERSION; a changed list makes another one. One that
cannot be read, or written, costs time and nothing else.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa

from taxonomy import taxonomy
from taxonomy.entries import COLUMNS, CONTEXTS, SLANG, Entries
from taxonomy.model import Area, Language, Latin, Taxonomy
from taxonomy.overlay import Overlay

T = TypeVar("T")
VERSIONS = 3  # kept of a kind: shipped lists, an installation's, those before a change
VERSION = 5  # of the file: goes up when its columns change, or what is read into them
_REST = (
    "areas", "dimensions", "groups", "rights", "languages", "endings", "dates", "beginnings",
    "left_out", "digest",
)  # fmt: skip
_SLANG_TYPES = (pa.string(), pa.int64(), pa.bool_(), pa.bool_(), pa.string(), pa.string())


def load(
    folder: Path, cache: Path | None, *, overlay: Overlay = taxonomy.NONE, lenient: bool = False
) -> Taxonomy:
    """The taxonomy of a folder, from `cache` if it was read before. Raises as `taxonomy.load`."""
    if cache is None:
        return taxonomy.load(folder, overlay=overlay, lenient=lenient)
    digest = taxonomy.digest_of(folder, overlay)
    return once(
        cache / f"taxonomy-{digest}-{VERSION}.arrow",
        lambda: taxonomy.load(folder, overlay=overlay, lenient=lenient),
        _tables,
        lambda tables: _read(tables, lenient),
    )


def once(
    path: Path,
    make: Callable[[], T],
    to_tables: Callable[[T], Iterable[pa.Table]],
    read: Callable[[list[pa.Table]], T],
) -> T:
    """What was kept at `path`; where nothing usable is, what `make` makes, kept for next time."""
    try:
        return read(_kept(path))
    except (OSError, pa.ArrowInvalid, KeyError, ValueError):
        made = make()
        _keep(path, to_tables(made))
        return made


def _keep(path: Path, tables: Iterable[pa.Table]) -> None:
    """Write tables one after the other, whole or not at all; the least used of the kind go."""
    fresh = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with fresh.open("wb") as file:
            for table in tables:
                with pa.ipc.new_file(sink := pa.BufferOutputStream(), table.schema) as writer:
                    writer.write_table(table)
                part = sink.getvalue()
                file.write(len(part).to_bytes(8, "little"))
                file.write(part)
        fresh.replace(path)
        for old in _by_use(path.parent.glob(f"{path.name.partition('-')[0]}-*.arrow"))[:-VERSIONS]:
            old.unlink(missing_ok=True)
    except OSError:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


def _by_use(paths: Iterable[Path]) -> list[Path]:
    """The files that are still there, the one used last at the end."""
    used = []
    for path in paths:
        with suppress(OSError):  # another process may have tidied up
            used.append((path.stat().st_mtime_ns, path))
    return [path for _, path in sorted(used)]


def _kept(path: Path) -> list[pa.Table]:
    """The tables that `_keep` wrote. Raises OSError and ArrowInvalid."""
    found, data = [], path.read_bytes()
    with suppress(OSError):  # a folder that may only be read
        path.touch()
    at = 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 8], "little")
        part = pa.py_buffer(data)[at + 8 : at + 8 + size]
        found.append(pa.ipc.open_file(part).read_all())
        at += 8 + size
    return found


def _tables(of: Taxonomy) -> tuple[pa.Table, ...]:
    entries, of_latin = of.entries, of.latin.items()
    more: dict[str, Any] = {"row": list(entries.slang)}
    for n, (name, kind) in enumerate(zip(SLANG, _SLANG_TYPES, strict=True)):
        more[name] = pa.array([values[n] for values in entries.slang.values()], kind)
    tables = {name: getattr(of, name) for name in _REST}
    for name in ("areas", "languages"):
        tables[name] = {code: asdict(value) for code, value in tables[name].items()}
    tables["latin"] = {
        code: {"sounds": dict(of.sounds), "words": sorted(of.words)} for code, of in of_latin
    }
    return (
        pa.table({**entries.columns, **entries.contexts}),
        pa.table({"words": entries.words}),
        pa.table(more),
        of.vocabulary,
        pa.table({"rest": [json.dumps(tables)]}),
    )


def _read(tables: list[pa.Table], lenient: bool) -> Taxonomy:
    """The kept taxonomy. Raises ValueError where one without some rows may not be used."""
    columns, words, more, vocabulary, rest = (table.combine_chunks() for table in tables)

    def column(table: pa.Table, name: str) -> pa.Array:
        chunks = table[name].chunks
        return chunks[0] if chunks else pa.array([], table[name].type)

    slang = zip(*(more[name].to_pylist() for name in SLANG), strict=True)
    entries = Entries(
        {name: column(columns, name) for name in COLUMNS},
        {name: column(columns, name) for name in CONTEXTS},
        column(words, "words"),
        dict(zip(more["row"].to_pylist(), slang, strict=True)),
    )
    others = json.loads(rest["rest"][0].as_py())
    others["left_out"] = tuple(others["left_out"])
    if others["left_out"] and not lenient:
        raise ValueError("some rows were left out")
    for name in ("endings", "dates", "beginnings"):
        others[name] = {
            language: {part: tuple(values) for part, values in found.items()}
            for language, found in others[name].items()
        }
    others["areas"] = {c: Area(**v) for c, v in others["areas"].items()}
    others["latin"] = {
        c: Latin(v["sounds"], frozenset(v["words"])) for c, v in others["latin"].items()
    }
    others["languages"] = {
        c: Language(**v | {"compounds": tuple(v["compounds"]),
                           "spellings": tuple(map(tuple, v["spellings"]))})
        for c, v in others["languages"].items()
    }  # fmt: skip
    return Taxonomy(entries=entries, vocabulary=vocabulary, **others)
