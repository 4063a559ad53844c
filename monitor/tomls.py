"""Reference data in TOML that people edit: each key is read as what it must be, or named.

Comes in: a file of data/. Goes out: its tables; a BadInput names file, table and key. `written`
is the way back, for what an installation adds itself.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from base.errors import BadInput

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_MOST_DAYS = 3650
_DAYS = f"a whole number of days, 1 to {_MOST_DAYS}"


def read(path: Path) -> dict[str, Any]:
    """The tables of a file. Raises BadInput with its name."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BadInput("cannot be read", where=path.name) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"not TOML ({error})", where=path.name) from error


def written(cells: Mapping[str, Any], inside: str = "") -> str:
    """The same as TOML: keys first, tables after them. inside: the table that the cells are of.

    Texts, numbers, booleans, dates, lists of texts, tables and lists of tables; None is left out.
    """
    lines, below = [], []
    for key, value in cells.items():
        name = f"{inside}.{_key(key)}" if inside else _key(key)
        if isinstance(value, Mapping):
            below.append(f"\n[{name}]\n{written(value, name)}")
        elif isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
            below += [f"\n[[{name}]]\n{written(one, name)}" for one in value]
        elif value is not None:
            lines.append(f"{_key(key)} = {_value(value)}\n")
    return "".join((*lines, *below))


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _value(name)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # the escapes of JSON are those of TOML, which wants this one too
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    return value.isoformat() if isinstance(value, date) else repr(value)


@dataclass(frozen=True)
class Table:
    """A TOML table whose keys are read as what they must be, or named in the error."""

    cells: Mapping[str, Any]
    where: str

    def text(self, key: str) -> str:
        return str(self._value(key, str, "a text"))

    def optional(self, key: str) -> str | None:
        return None if key not in self.cells else self.text(key)

    def number(self, key: str) -> float:
        found: float = self._value(key, (int, float), "a number")
        return found

    def days(self, key: str) -> int:
        found = self._value(key, int, _DAYS)
        if not 1 <= found <= _MOST_DAYS:
            raise self.wrong(key, _DAYS)
        return int(found)

    def flag(self, key: str) -> bool:
        found = self._value(key, bool, "true or false")
        return bool(found)

    def day(self, key: str) -> date:
        found: date = self._value(key, date, "a date, 2026-11-21")
        return found

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        if default is not None and key not in self.cells:
            return default
        found = self._value(key, list, "a list of texts")
        if not all(isinstance(v, str) for v in found):
            raise self.wrong(key, "a list of texts")
        return tuple(found)

    def table(self, key: str) -> Table:
        return Table(self._value(key, dict, "a table"), f"{self.where} {key}")

    def tables(self, key: str) -> Iterator[Table]:
        if key not in self.cells:
            return
        for number, found in enumerate(self._value(key, list, "tables, [[…]]"), start=1):
            if not isinstance(found, dict):
                raise self.wrong(key, "tables, [[…]]")
            yield Table(found, f"{self.where} {key} {found.get('code', number)}")

    def _value(self, key: str, kind: Any, expected: str) -> Any:
        if key not in self.cells:
            raise BadInput(
                f"the key {key!r} is missing", where=self.where, hint="see data/README.md"
            )
        found = self.cells[key]
        if not isinstance(found, kind) or (isinstance(found, bool) and kind is not bool):
            raise self.wrong(key, expected)
        return found

    def wrong(self, key: str, expected: str) -> BadInput:
        """The error for a value that is something else."""
        return BadInput(
            f"the key {key!r} is something else", where=self.where, expected=expected,
            hint="see data/README.md",
        )  # fmt: skip
