"""Reference data in TOML that people edit: each key is read as what it must be, or named.

Comes in: a file of data/. Goes out: its tables; a BadInput names file, line, table and key. The
parser forgets the lines, so they are looked up again in the text, only when something is wrong.
`written` is the way back, for what an installation adds itself.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from base.errors import BadInput, unknown

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_MOST_DAYS = 3650
_DAYS = f"a whole number of days, 1 to {_MOST_DAYS}"


def open_table(path: Path) -> Table:
    """A file as one table. Raises BadInput with its name."""
    try:
        text = path.read_text("utf-8")
        return Table(tomllib.loads(text), path.name, lines=text.splitlines())
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
    """A TOML table whose keys are read as what they must be, or named in the error.

    file: its name. name: of the table in it, empty for the file itself. lines: of the file.
    first: the number of the line where the table begins, 0 for the file itself.
    """

    cells: Mapping[str, Any]
    file: str
    name: str = ""
    lines: Sequence[str] = ()
    first: int = 0

    def at(self, key: str | None = None) -> str:
        """Where a key stands, else where the table does: `wien.toml:12 source orf`."""
        line = self._line(key) or self.first
        numbered = f"{self.file}:{line}" if line else self.file
        return f"{numbered} {self.name}" if self.name else numbered

    def only(self, keys: Iterable[str]) -> None:
        """Raises BadInput for a key that is none of these: a misspelt one would be passed over."""
        known = tuple(keys)
        for key in self.cells:
            if key not in known:
                raise unknown("key", key, known, where=self.at(key))

    def _line(self, key: str | None) -> int:
        """The number of a key's line in this table, 0 for none."""
        if key is None:
            return 0
        begins = re.compile(rf"\s*{re.escape(key)}\s*=|\s*\[+\s*{re.escape(key)}\s*\]")
        for number, line in enumerate(self.lines[self.first :], start=self.first + 1):
            if begins.match(line):
                return number
            if self.first and line.startswith("["):
                break
        return 0

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

    def count(self, key: str) -> int:
        expected = "a whole number, 1 or more"
        found = self._value(key, int, expected)
        if found < 1:
            raise self.wrong(key, expected)
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
        name = f"{self.name} {key}" if self.name else key
        found = self._value(key, dict, "a table")
        return Table(found, self.file, name, self.lines, self._line(key) or self.first)

    def tables(self, key: str) -> Iterator[Table]:
        if key not in self.cells:
            return
        begins = re.compile(rf"\s*\[\[\s*{re.escape(key)}\s*\]\]")
        heads = [n for n, line in enumerate(self.lines, start=1) if begins.match(line)]
        for number, found in enumerate(self._value(key, list, "tables, [[…]]")):
            if not isinstance(found, dict):
                raise self.wrong(key, "tables, [[…]]")
            name = f"{key} {found.get('code', number + 1)}"
            first = heads[number] if number < len(heads) else 0
            yield Table(found, self.file, name, self.lines, first)

    def _value(self, key: str, kind: Any, expected: str) -> Any:
        if key not in self.cells:
            raise BadInput(
                f"the key {key!r} is missing", where=self.at(), hint="see data/README.md"
            )
        found = self.cells[key]
        if not isinstance(found, kind) or (isinstance(found, bool) and kind is not bool):
            raise self.wrong(key, expected)
        return found

    def wrong(self, key: str, expected: str) -> BadInput:
        """The error for a value that is something else."""
        return BadInput(
            f"the key {key!r} is something else", where=self.at(key), expected=expected,
            hint="see data/README.md",
        )  # fmt: skip
