"""Homes of sources: what a source's posts are about where their text names no city.

A home is a city, a country or Europe. Comes in: a file of data/ that lists sources. Goes out: the
home with its sources; a BadInput names file, source and key.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from base.errors import BadInput, unknown
from base.table import rows
from base.time import now, zone
from collectors.collector import Source
from monitor.platforms import Platform
from monitor.tomls import Table, open_table
from store.schema import VOICES
from taxonomy.codes import codes

EUROPE = "eu"
REACHES = ("city", "country", "world")
_BESIDE = Path(__file__).resolve().parent.parent / "data" / "source_languages.csv"
HOME_KEYS = ("code", "name", "country", "languages", "time_zone", "source")
_SOURCE = (
    "code", "platform", "name", "address", "voice", "language", "why", "read_at", "recheck_days",
    "options", "reach", "unverified", "since", "until",
)  # fmt: skip


@dataclass(frozen=True)
class District:
    """A part of a city. names count anywhere, city_names only beside the city."""

    code: str
    name: str
    part_of: str | None
    names: tuple[str, ...]
    city_names: tuple[str, ...]
    traps: tuple[str, ...]


@dataclass(frozen=True)
class Note:
    """Why a source is listed, and where its address was read; empty where nobody said.

    where: the file and line where the source stands.
    """

    name: str
    why: str
    read_at: str
    where: str = field(default="", compare=False)


@dataclass(frozen=True)
class Span:
    """The days on which a source is listed: from `since`, up to but not with `until`."""

    since: date | None = None
    until: date | None = None

    def is_over(self, today: date) -> bool:
        """Whether the source was retired."""
        return self.until is not None and self.until <= today


@dataclass(frozen=True, kw_only=True)
class Home:
    """What sources belong to; keys as data/README.md says.

    kind: city, country or europe. country: ISO code, empty for Europe. languages: those of its
    authorities. districts: of a city alone. sources: those that are collected from.
    recheck_days: by source, where it says how long its irrelevant posts are kept. notes: by
    source, what is told about it. spans: by source, where it says since when or until when it is
    listed. retired: sources of the past.
    """

    code: str
    name: str
    kind: str
    country: str
    languages: tuple[str, ...]
    time_zone: str
    districts: tuple[District, ...] = ()
    sources: tuple[Source, ...] = ()
    recheck_days: Mapping[str, int]
    notes: Mapping[str, Note]
    spans: Mapping[str, Span] = field(default_factory=dict)
    retired: tuple[Source, ...] = ()


def read_wider(folder: Path, platforms: Mapping[str, Platform]) -> Mapping[str, Home]:
    """Countries and Europe by code: data/countries/<code>.toml and data/europe.toml.

    Raises BadInput that names the file and the key.
    """
    files = [(path, "country") for path in sorted((folder / "countries").glob("*.toml"))]
    europe = folder / "europe.toml"
    files += [(europe, "europe")] if europe.is_file() else []
    homes = [_wider(path, kind, platforms) for path, kind in files]
    return {home.code: home for home in homes}


def _wider(path: Path, kind: str, platforms: Mapping[str, Platform]) -> Home:
    table = open_table(path)
    table.only(HOME_KEYS)
    home = Home(kind=kind, **shared(table, platforms))
    expected = path.stem if kind == "country" else EUROPE
    if home.code != expected or (kind == "country") != (home.country.lower() == home.code):
        raise BadInput(f"code {home.code!r} is not {expected!r}", where=table.at("code"))
    return home


def shared(table: Table, platforms: Mapping[str, Platform]) -> dict[str, Any]:
    """The fields that every home has, of its file."""
    sources, today = list(table.tables("source")), now().date()
    listed = [
        read_source(s, table.text("code"), table.text("time_zone"), platforms) for s in sources
    ]
    each_once("source", (s.code for s in listed), table.file)
    spans = {s.text("code"): _span(s) for s in sources}
    retired = {code for code, span in spans.items() if span.is_over(today)}
    found: dict[str, Any] = {
        "code": table.text("code"),
        "name": table.text("name"),
        "country": table.optional("country") or "",
        "languages": table.texts("languages"),
        "time_zone": table.text("time_zone"),
        "sources": tuple(s for s in listed if s.code not in retired),
        "retired": tuple(s for s in listed if s.code in retired),
        "spans": {code: span for code, span in spans.items() if span != Span()},
        "recheck_days": {
            s.text("code"): s.days("recheck_days") for s in sources if "recheck_days" in s.cells
        },
        "notes": {s.text("code"): _note(s) for s in sources},
    }
    try:
        zone(found["time_zone"])
    except BadInput as error:
        error.where = table.at("time_zone")
        raise
    for language in found["languages"]:
        if language not in source_languages():
            raise unknown("language", language, source_languages(), where=table.at("languages"))
    return found


def each_once(kind: str, codes: Iterable[str], where: str) -> None:
    """Raises BadInput for a code that stands there twice."""
    for code, count in Counter(codes).items():
        if count > 1:
            raise BadInput(f"the {kind} {code!r} is there twice", where=where)


def _span(t: Table) -> Span:
    return Span(*(t.day(key) if key in t.cells else None for key in ("since", "until")))


def _note(t: Table) -> Note:
    name, why, read_at = (t.optional(key) or "" for key in ("name", "why", "read_at"))
    return Note(name, why, read_at, t.at())


@cache
def source_languages() -> Collection[str]:
    """The languages a source or a home may be of: those of the taxonomy, and those in which posts
    are collected but only names are found (data/source_languages.csv)."""
    beside = rows(_BESIDE, ("code", "name", "tagged", "note"))
    return {**codes().languages, **{row["code"]: row["name"] for row in beside}}


def read_source(t: Table, home: str, time_zone: str, platforms: Collection[str]) -> Source:
    """The source that a table tells of. Raises BadInput that names file, line and key."""
    t.only(_SOURCE)
    lists: dict[str, Collection[str]] = {"voice": VOICES, "platform": platforms}
    if "reach" in t.cells:
        lists["reach"] = REACHES
    if "language" in t.cells:
        lists["language"] = source_languages()
    for key, allowed in lists.items():
        if t.text(key) not in allowed:
            raise unknown(key, t.text(key), allowed, where=t.at(key))
    options = t.table("options").cells if "options" in t.cells else {}
    return Source(
        code=t.text("code"),
        platform=t.text("platform"),
        home=home,
        address=t.text("address"),
        voice=t.text("voice"),
        time_zone=time_zone,
        language=t.optional("language"),
        options={k: str(v) for k, v in options.items()},
        reach=t.optional("reach") or REACHES[0],
    )
