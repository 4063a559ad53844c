"""Texts in, tagged NDJSON lines out: what `unite tag` does (DESIGN §11).

Order is kept, memory is flat, nothing is stored. A line that cannot be read is refused with its
number: a stream that lost a line would be shifted against its source.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from math import isfinite
from pathlib import Path
from typing import IO, Any, NoReturn

import pyarrow as pa

from base.errors import BadInput, UniteError
from base.text import nfc
from monitor.cities import Registry
from monitor.settings import Settings

_BATCH = 5_000
_LONGEST = 1 << 24  # bytes of a line
_SHOWN = (
    "text", "lang", "areas", "places", "groups", "rights", "tone", "hate", "speech", "experience",
    "protected", "relevant", "matches",
)  # fmt: skip


@dataclass(frozen=True)
class Given:
    """One text as it came; id is given back as it was, whatever its type."""

    id: Any
    text: str
    lang: str | None


def read(source: Path | IO[bytes]) -> Iterator[Given]:
    """The texts of a file or of NDJSON on a stream, in order. Raises BadInput with the line."""
    if not isinstance(source, Path):
        yield from _lines(source)
        return
    if source.suffix.lower() in (".ndjson", ".jsonl", ".json", ""):
        try:
            with source.open("rb") as handle:
                yield from _lines(handle)
        except OSError as error:
            raise BadInput(f"cannot be read ({error.strerror})", where="FILE") from error
        return
    yield from _rows(source)


def _lines(handle: IO[bytes]) -> Iterator[Given]:
    number = 0
    while line := handle.readline(_LONGEST):
        number += 1
        if len(line) >= _LONGEST:
            raise _wrong(number, "a line of more than 16 MB")
        if not line.strip():
            continue
        try:
            given = json.loads(
                line.decode("utf-8-sig" if number == 1 else "utf-8"),
                parse_constant=_no_number,
                parse_float=_number,
            )
        except UnicodeDecodeError:
            raise _wrong(number, "not UTF-8") from None
        except (ValueError, RecursionError):
            raise _wrong(number, "not JSON") from None
        if not isinstance(given, dict) or not isinstance(given.get("text"), str):
            raise _wrong(number, "no text")
        lang = given.get("lang")
        if lang is not None and not isinstance(lang, str):
            raise _wrong(number, "a lang that is no text")
        if lang is not None:
            lang = nfc(lang)
        yield Given(given.get("id", number), given["text"], lang)


def _number(digits: str) -> float:
    """A number that JSON can write again: 1e999 cannot be given back."""
    found = float(digits)
    return found if isfinite(found) else _no_number(digits)


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _wrong(number: int, what: str) -> BadInput:
    return BadInput(what, where=f"line {number}", expected='{"id": …, "text": "…", "lang": "de"}')


def _rows(path: Path) -> Iterator[Given]:
    from collectors import files  # the readers of imports: CSV, Parquet, exports of other tools
    from collectors.collector import Source

    source = Source("tag", files.COLLECTOR, "-", "", "personal", "UTC")
    number = 0
    for page in files.read(path, source):
        if page.rejected:
            first = page.rejected[0]
            raise BadInput(
                first.reason, where=f"row {first.position}, {first.column}",
                hint="mend the row, or use `unite import`, which puts it into quarantine",
            )  # fmt: skip
        columns = ("native_id", "text", "lang")
        for native, text, lang in zip(*(page.items[c].to_pylist() for c in columns), strict=True):
            number += 1
            yield Given(native if native is not None else number, text, lang)


def tag(
    posts: Iterable[Given], settings: Settings, registry: Registry, home: str | None
) -> Iterator[dict[str, Any]]:
    """Tagged posts in the order given. home: the city they belong to, None for none."""
    from monitor.tagging import build

    tagger = build(settings, registry, tie_city=home is not None)
    coming = iter(posts)
    while True:
        held, problem = _held(coming)
        if held:
            yield from _tagged(tagger, held, home)
        if problem is not None:
            raise problem
        if not held:
            return


def _held(posts: Iterator[Given]) -> tuple[list[Given], UniteError | None]:
    """The next texts, and what was wrong with the line after them: they are given back first."""
    held: list[Given] = []
    try:
        for post in islice(posts, _BATCH):
            held.append(post)
    except UniteError as error:
        return held, error
    return held, None


def _tagged(tagger: Any, posts: list[Given], home: str | None) -> Iterator[dict[str, Any]]:
    batch = pa.RecordBatch.from_pydict(
        {
            "text": pa.array([nfc(p.text) for p in posts], pa.string()),
            "lang": pa.array([p.lang for p in posts], pa.string()),
            "home": pa.array([home] * len(posts), pa.string()),
        }
    )
    rows = tagger(batch).select([*_SHOWN, "redactions"]).to_pylist()
    for post, row in zip(posts, rows, strict=True):
        redactions = {r["type"]: r["count"] for r in row.pop("redactions") or ()}
        yield {"id": post.id, **row, "redactions": redactions}


def write(posts: Iterable[dict[str, Any]], handle: IO[bytes]) -> None:
    """One JSON line a post, UTF-8."""
    for post in posts:
        try:
            line = json.dumps(post, ensure_ascii=False, allow_nan=False).encode()
        except UnicodeEncodeError:  # half a letter in an id goes back as the escape it came as
            line = json.dumps(post, allow_nan=False).encode()
        handle.write(line + b"\n")
    handle.flush()


def write_file(posts: Iterable[dict[str, Any]], out: Path) -> None:
    """The same into a file: whole or not at all, also over the file that is being read."""
    if out.exists() and not out.is_file():  # a pipe or a device holds nothing to keep
        with out.open("wb") as handle:
            write(posts, handle)
        return
    fresh = out.with_name(f".{out.name}.part")
    try:
        with fresh.open("wb") as handle:
            write(posts, handle)
        fresh.replace(out)
    finally:
        fresh.unlink(missing_ok=True)
