"""The word lists: what is wrong with them, and how much they hold."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import Annotated

import typer

from base.errors import BadInput, unknown
from base.table import rows
from monitor import cities, places
from monitor.cities import DATA
from monitor.cli import options, output
from monitor.terms.findings import KINDS, findings
from monitor.terms.stats import Stats, stats
from nlp.recognisers.names import read_names
from taxonomy import taxonomy
from taxonomy.reader import COLUMNS
from taxonomy.taxonomy import SHIPPED

COMMAND = typer.Typer(no_args_is_help=True, help=__doc__)
_Languages = Annotated[
    list[str] | None, typer.Option("--language", help="Only this language; may repeat.")
]


@COMMAND.command("check")
def check(
    language: _Languages = None,
    kind: Annotated[
        list[str] | None, typer.Option(help="Only this kind of finding; may repeat.")
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Rows that cannot be read end it; clashes, shadowed, dangerous, idle rows are listed."""
    for one in kind or ():
        if one not in KINDS:
            raise unknown("kind of finding", one, KINDS)
    registry, languages = cities.load(), _known(language)
    problems = taxonomy.check(SHIPPED, languages)
    tree = None if problems else taxonomy.load(SHIPPED, languages)
    if tree is not None:
        problems = places.problems(tree, registry)
    for problem in problems:
        output.say(f"unite: {problem}")
    if problems or tree is None:
        raise BadInput(f"{len(problems)} rows cannot be used", where="taxonomy")
    every = chain(findings(tree, read_names(DATA / "names")), places.repeats(tree, registry))
    found = [f for f in every if not kind or f.kind in kind]
    if as_json:
        output.answer("taxonomy check", None, None, None, (), [vars(f) for f in found])
        return
    shown = [[f.kind, f.where, f.code, f.term, f.other] for f in found]
    output.table("Rows to look at", ["kind", "where", "code", "term", "other row"], shown)
    counts = Counter(f.kind for f in found)
    output.say(", ".join(f"{counts[k]:,} {k}" for k in KINDS if counts[k]) or "Nothing found.")


@COMMAND.command("stats")
def stats_(language: _Languages = None, as_json: options.Json = False) -> None:
    """How much the lists hold, by language."""
    found = list(stats(taxonomy.load(SHIPPED, _known(language)), SHIPPED, sources()))
    if as_json:
        output.answer("taxonomy stats", None, None, None, (), [vars(s) for s in found])
        return
    output.table("Lists", list(HEAD), [list(line(s)) for s in found])


HEAD = (
    "language", "#terms", "least area", "#examples", "#slang", "#groups", "#rights", "#cues",
    "#from vocabularies", "shares most with", "reviewed",
)  # fmt: skip


def line(of: Stats) -> tuple[str, ...]:
    """One language as the table shows it."""
    return (
        of.language, f"{of.terms:,}", f"{of.least[0]} {of.least[1]}", f"{of.examples:,}",
        *(f"{n:,}" for n in (of.slang, of.groups, of.rights, of.cues)),
        f"{of.vocabulary:.0%}", f"{of.nearest[0]} {of.nearest[1]:.0%}",
        "yes" if of.reviewed else "no",
    )  # fmt: skip


def sources() -> dict[str, list[str]]:
    """By language the source of each term."""
    columns = COLUMNS["terms"].split(",")
    return {
        path.parent.name: [row["source"] for row in rows(path, columns)]
        for path in sorted(SHIPPED.glob("*/terms.csv"))
    }


def _known(languages: list[str] | None) -> list[str] | None:
    there = sorted(path.parent.name for path in SHIPPED.glob("*/terms.csv"))
    for code in languages or ():
        if code not in there:
            raise unknown("language", code, there)
    return languages or None
