"""Purpose sheets: why somebody may look at single posts, written down before they do.

One TOML file a purpose under UNITE_HOME/purposes. Collecting, querying and exporting name one;
it covers certain cities and ends on a day. What kind of body asks and which agreements it has
decide which platforms it may use (`monitor/permits.py`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from base.errors import BadInput, NotAllowed, unknown
from base.text import nfc
from base.time import parse_day

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_KEYS = ("who", "task", "legal_basis", "question", "recipients", "cities", "end")
BODIES = ("public-body", "research", "ngo", "other")


@dataclass(frozen=True)
class Purpose:
    """One sheet. cities: codes, or `*` for all. end: the first day it no longer holds.

    body: what kind of body asks, one of BODIES; empty in a sheet that does not say. agreements:
    platforms with which that body has an agreement of its own. research_exception: it mines
    texts as a research organisation (Directive (EU) 2019/790, Article 3), which the reservations
    of publishers do not bind.
    """

    name: str
    who: str
    task: str
    legal_basis: str
    question: str
    cities: tuple[str, ...]
    recipients: str
    end: date
    body: str = ""
    agreements: tuple[str, ...] = ()
    research_exception: bool = False

    def covers(self, city: str) -> bool:
        """Whether posts about that city may be looked at."""
        return "*" in self.cities or city in self.cities


def add(folder: Path, purpose: Purpose) -> Path:
    """Write a new sheet. Raises BadInput when a field is empty or the name is taken."""
    if not _NAME.fullmatch(purpose.name):
        raise BadInput(
            f"{purpose.name!r} cannot name a purpose", expected="lower-case letters, digits, -"
        )
    for field, value in asdict(purpose).items():
        parts = value if isinstance(value, tuple) else (str(value),)
        if (not parts and field in _KEYS) or not all(p.strip() for p in parts):
            raise BadInput(f"the purpose says nothing about {field.replace('_', ' ')}")
    _check(purpose)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{purpose.name}.toml"
    sheet = _toml(purpose)
    try:
        with path.open("x", encoding="utf-8", newline="") as handle:
            handle.write(sheet)
    except FileExistsError as error:
        raise BadInput(
            f"there is a purpose {purpose.name!r} already",
            hint="choose another name; a sheet is not rewritten, its end may be moved by hand",
        ) from error
    return path


def every(folder: Path) -> list[Purpose]:
    """All sheets, by name."""
    return [_read(path) for path in sorted(folder.glob("*.toml"))]


def require(
    folder: Path, name: str | None, cities: Iterable[str] | None, today: date, *, action: str
) -> Purpose:
    """The purpose that allows `action` on these cities today, else NotAllowed with what to type.

    cities: none means all of them, None those that the purpose covers.
    """
    sheets = {p.name: p for p in every(folder)}
    hint = f"unite purpose add --help, then unite {action} … --purpose NAME"
    if name is None:
        raise NotAllowed(
            f"{action} needs a purpose", expected="--purpose NAME", available=sheets, hint=hint
        )
    if name not in sheets:
        raise unknown("purpose", name, sheets)
    purpose = sheets[name]
    if today >= purpose.end:
        raise NotAllowed(f"the purpose {name!r} ended on {purpose.end}", hint=hint)
    asked = purpose.cities if cities is None else list(cities) or ["*"]
    missing = [c for c in asked if not purpose.covers(c)]
    if missing:
        raise NotAllowed(
            f"the purpose {name!r} does not cover {', '.join(missing).replace('*', 'all cities')}",
            available=purpose.cities,
            hint="name the cities it covers, or write another purpose",
        )
    return purpose


def _check(purpose: Purpose, where: str | None = None) -> None:
    if purpose.body not in BODIES:
        raise unknown("body", purpose.body, BODIES, where=where)
    if purpose.research_exception and purpose.body != "research":
        raise BadInput(
            "only a research organisation may rely on the research exception", where=where,
            expected='body = "research", or no research_exception',
        )  # fmt: skip


def _read(path: Path) -> Purpose:
    where = f"purposes/{path.name}"
    try:
        table = tomllib.loads(path.read_bytes().decode("utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput("the purpose sheet cannot be read", where=where, expected="TOML") from error
    for key in _KEYS:
        if key not in table:
            raise BadInput(f"the key {key!r} is missing", where=where, available=sorted(table))
    texts = {}
    for key in (*_KEYS[:5], *(("body",) if "body" in table else ())):
        if not isinstance(table[key], str) or not table[key].strip():
            raise BadInput(f"the key {key!r} says nothing", where=where, expected="a text")
        texts[key] = table[key]
    exception = table.get("research_exception", False)
    if not isinstance(exception, bool):
        raise BadInput(
            "the key 'research_exception' is something else", where=where, expected="true or false"
        )
    purpose = Purpose(
        name=path.stem, cities=_list(table, "cities", '["wien"] or ["*"]', where),
        end=_end(table["end"], where), research_exception=exception,
        agreements=_list({"agreements": [], **table}, "agreements", '["reddit"]', where), **texts,
    )  # fmt: skip
    if "body" in table or exception:  # a sheet of before bodies were asked for says none
        _check(purpose, where)
    return purpose


def _list(table: dict[str, Any], key: str, expected: str, where: str) -> tuple[str, ...]:
    found = table[key]
    if not isinstance(found, list) or not all(isinstance(v, str) for v in found):
        raise BadInput(f"the key {key!r} is no list", where=where, expected=expected)
    return tuple(found)


def _end(given: object, where: str) -> date:
    if isinstance(given, datetime):
        return given.date()
    if isinstance(given, date):
        return given
    try:
        return parse_day(str(given))
    except BadInput as error:
        raise BadInput(f"the key 'end' {error.what}", where=where, expected="YYYY-MM-DD") from error


def _toml(purpose: Purpose) -> str:
    lines = []
    for field, value in asdict(purpose).items():
        if field == "name":
            continue
        if isinstance(value, bool):
            lines.append(f"{field} = {str(value).lower()}")
        elif isinstance(value, date):
            lines.append(f"{field} = {value.isoformat()}")
        elif isinstance(value, tuple):
            lines.append(f"{field} = [{', '.join(_quoted(v) for v in value)}]")
        else:
            lines.append(f"{field} = {_quoted(str(value))}")
    return "\n".join(lines) + "\n"


def _quoted(value: str) -> str:
    # nfc: what a terminal could not decode stands for itself nowhere
    escaped = nfc(value).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + _CONTROL.sub(lambda found: f"\\u{ord(found.group()):04x}", escaped) + '"'
