"""Sentences with slots: compiles them and fills them by chance.

`{who}` takes any entry of the slot `who`, `[a|b]` one of the alternatives written in it, and
`{Who}` is `{who}` with a capital. What a slot put into a text (a place, a group, an invented
telephone number) is noted, so that the truth beside the text is exact.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

_TOKEN = re.compile(r"\{(\w+)\}|[\[\]|]")

Random = Callable[[], float]


class Noted(NamedTuple):
    """A piece of text and what it is: kind `place`, `group` or a kind of personal data."""

    text: str
    kind: str
    code: str


Maker = Callable[[Random], Noted]


class Template(NamedTuple):
    """A sentence with holes (`%s`), the options of each hole, and what its words name anyway."""

    text: str
    slots: tuple[Sequence[Option], ...]


Option = str | Noted | Template | Maker
Options = Sequence[Option]


def fill(template: Template, random: Random, notes: list[Noted]) -> str:
    """The template with each hole filled by chance; what must be known of it goes to `notes`."""
    text, slots = template
    if not slots:
        return text
    filled: list[str] = []
    for options in slots:
        option = options[int(random() * len(options))]
        if option.__class__ is str:
            filled.append(option)
        elif option.__class__ is Template:
            filled.append(fill(option, random, notes))
        else:
            noted = option if option.__class__ is Noted else option(random)  # type: ignore[operator]
            notes.append(noted)
            filled.append(noted.text)
    return text % tuple(filled)


@dataclass
class Compiler:
    """Turns lines into templates; slots come from the language, the city and the makers."""

    source: str
    words: Mapping[str, str]
    tables: dict[str, Options] = field(default_factory=dict)

    def slot(self, name: str) -> Options:
        """The options of a slot, compiled once; `{Who}` is `{who}` with a capital."""
        if name not in self.tables:
            plain = name[0].lower() + name[1:]
            if plain != name:
                found = self.slot(plain)
                self.tables[name] = (
                    Cell(found.now, found.case, True)
                    if isinstance(found, Cell)
                    else tuple(_capital(option) for option in found)
                )
            elif name in self.words:
                self.tables[name] = self.options(self.words[name])
            else:
                known = sorted({*self.words, *self.tables})
                raise KeyError(f"{self.source}: no slot {{{name}}}; there are {known}")
        return self.tables[name]

    def options(self, text: str) -> Options:
        """`a | b | c` as options."""
        entries, _ = self._alternatives(" ".join(text.split()) + "]", 0)
        return tuple(self._stripped(entry) for entry in entries)

    def template(self, text: str) -> Template:
        """One sentence."""
        return self._sequence(text, 0)[0]

    def _alternatives(self, text: str, at: int) -> tuple[Options, int]:
        found: list[Option] = []
        while True:
            template, at = self._sequence(text, at)
            found.append(template if template.slots else template.text)
            if at >= len(text):
                raise ValueError(f"{self.source}: a [ is not closed in: {text}")
            at += 1
            if text[at - 1] == "]":
                return tuple(found), at

    def _sequence(self, text: str, at: int) -> tuple[Template, int]:
        """Reads until the end, or until a `|` or `]` that belongs to whoever called."""
        pieces: list[str] = []
        slots: list[Options] = []
        while at < len(text):
            token = _TOKEN.search(text, at)
            end = token.start() if token else len(text)
            pieces.append(text[at:end].replace("%", "%%"))
            at = end
            if token is None or token[0] in "|]":
                break
            if token[1]:
                slots.append(self.slot(token[1]))
                at = token.end()
            else:
                options, at = self._alternatives(text, token.end())
                slots.append(options)
            pieces.append("%s")
        whole = "".join(pieces)
        return Template(whole if slots else whole.replace("%%", "%"), tuple(slots)), at

    @staticmethod
    def _stripped(entry: Option) -> Option:
        """In a list of slot entries the blanks around an entry only separate."""
        if isinstance(entry, str):
            return entry.strip()
        return Template(entry.text.strip(), entry.slots) if isinstance(entry, Template) else entry


class Cell(Sequence[Option]):
    """Options that change: the group a line is aimed at, set before the line is filled.

    `case`: 0 as a subject, 1 as an object.
    """

    def __init__(self, now: list[Options], case: int, capital: bool = False) -> None:
        self.now = now
        self.case = case
        self.capital = capital

    def __len__(self) -> int:
        return len(self.now[self.case])

    def __getitem__(self, at: Any) -> Any:
        option = self.now[self.case][at]
        return _capital(option) if self.capital else option


def _capital(option: Option) -> Option:
    if isinstance(option, str):
        return option[:1].upper() + option[1:]
    if isinstance(option, Noted | Template):
        return option._replace(text=option.text[:1].upper() + option.text[1:])
    return option
