"""The languages of the sample: `data/sample/<language>.toml`, compiled for one city.

A line of these files is one sentence. Marks in front say what it is: `+`, `-`, `=` its tone, `i` an
own experience, `p` an experience that needs protection. Where a group is called otherwise as an
object, `[groups]` gives both (`uchodźcy/uchodźców`), for `{refugees}` and `{refugees_obj}`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from .grammar import Cell, Compiler, Noted, Options, Template

FOLDER = Path(__file__).resolve().parents[2] / "data" / "sample"
TONES = {"+": "positive", "-": "negative", "=": "neutral"}
PARTS = ("openers", "closers", "reactions", "details", "tags", "personal")

_CHOICE = re.compile(r"\[[^\]]*\]")
_MARKS = re.compile(r"^([ip]*)([-+=]) +(.*)$")


class Line(NamedTuple):
    """One compiled line, what its mark says, and the groups its words name without a slot.

    `maybe`: groups named in one of several alternatives, to be looked for in the finished text.
    """

    template: Template
    tone: str
    own: bool
    protected: bool
    groups: tuple[str, ...]
    maybe: tuple[tuple[str, re.Pattern[str]], ...]


Lines = tuple[Line, ...]
Forms = tuple[Options, Options]  # of a group, as subject and as object


@dataclass(frozen=True)
class Grammar:
    """All sentences of one language, compiled for one city."""

    language: str
    areas: Mapping[str, Mapping[str, Lines]]  # area -> tone, or "own" -> lines
    everyday: Mapping[str, Lines]  # topic -> lines
    hate: Mapping[str, Lines]  # kind -> lines
    speech: Mapping[str, Lines]  # counter, quote -> lines
    events: Mapping[str, Lines]  # tone -> lines about a planted event
    parts: Mapping[str, Mapping[str, tuple[Template, ...]]]  # openers, closers … -> key -> …
    groups: Mapping[str, Forms]  # polite forms
    slurs: Mapping[str, Forms]  # polite and hateful forms
    target: list[Options]  # the forms the next line aims at; set before filling


@cache
def read(name: str) -> dict[str, Any]:
    """A data file of the sample as it stands."""
    with (FOLDER / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


def _forms(section: Mapping[str, str]) -> dict[str, Forms]:
    found: dict[str, Forms] = {}
    for code, forms in section.items():
        pairs = [form.strip().partition("/") for form in forms.split("|")]
        found[code] = (
            tuple(Noted(subject, "group", code) for subject, _, _ in pairs),
            tuple(Noted(other or subject, "group", code) for subject, _, other in pairs),
        )
    return found


def _by_tone(lines: Sequence[Line]) -> dict[str, Lines]:
    tones = {
        tone: tuple(x for x in lines if x.tone == tone and not x.own) for tone in TONES.values()
    }
    return {**tones, "own": tuple(line for line in lines if line.own)}


class _Reader:
    """Reads the sections of one language's file."""

    def __init__(self, name: str, compiler: Compiler) -> None:
        self.name = name
        self.raw = read(name)
        self.compiler = compiler
        self.stems = [
            (code, re.compile(rf"\b(?:{stem})", re.IGNORECASE))
            for code, stem in self.raw.get("stems", {}).items()
        ]

    def lines(self, text: str) -> Lines:
        return tuple(self.line(row.strip()) for row in text.strip().splitlines())

    def line(self, row: str) -> Line:
        found = _MARKS.match(row)
        if found is None:
            raise ValueError(f"{self.name}.toml: no mark (+, -, =) in front of: {row}")
        who, tone, text = found.groups()
        fixed = _CHOICE.sub(" ", text)
        groups = tuple(code for code, stem in self.stems if stem.search(fixed))
        maybe = tuple(x for x in self.stems if x[0] not in groups and x[1].search(text))
        template = self.compiler.template(text)
        return Line(template, TONES[tone], bool(who), "p" in who, groups, maybe)

    def section(self, key: str) -> dict[str, Lines]:
        return {code: self.lines(text) for code, text in self.raw.get(key, {}).items()}

    def part(self, key: str) -> dict[str, tuple[Template, ...]]:
        return {
            code: tuple(self.compiler.template(row.strip()) for row in text.strip().splitlines())
            for code, text in self.raw.get(key, {}).items()
        }


def build(name: str, words: Mapping[str, str], makers: Mapping[str, Options]) -> Grammar:
    """A language compiled for a city: `words` are the city's own, `makers` note what they fill."""
    raw = read(name)
    compiler = Compiler(f"{name}.toml", {**raw.get("slots", {}), **words}, dict(makers))
    groups = _forms(raw.get("groups", {}))
    rude = _forms(raw.get("hategroups", {}))
    none: Forms = ((), ())
    slurs: dict[str, Forms] = {}
    for code, (subjects, objects) in groups.items():
        slot, worse = code.replace("-", "_"), rude.get(code, none)
        compiler.tables |= {slot: subjects, f"{slot}_obj": objects}
        slurs[code] = ((*subjects, *worse[0]), (*objects, *worse[1]))
    target: list[Options] = list(none)
    compiler.tables |= {"target": Cell(target, 0), "target_obj": Cell(target, 1)}
    reader = _Reader(name, compiler)
    hate = reader.section("hate")
    compiler.tables["hateline"] = tuple(line.template for rows in hate.values() for line in rows)
    return Grammar(
        language=raw["language"],
        areas={area: _by_tone(lines) for area, lines in reader.section("areas").items()},
        everyday=reader.section("everyday"),
        hate=hate,
        speech=reader.section("speech"),
        events=_by_tone(reader.section("planted").get("event", ())),
        parts={part: reader.part(part) for part in PARTS},
        groups=groups,
        slurs=slurs,
        target=target,
    )
