"""The word lists: what is wrong with them, how much they hold, and their changes here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated

import pyarrow as pa
import typer

from base.errors import BadInput, unknown
from base.table import rows
from monitor import places, tag_stream
from monitor.cities import DATA
from monitor.cli import options, output
from monitor.cli import taxonomy_edit as edit
from monitor.cli.taxonomy_try import try_
from monitor.entering import effective
from monitor.settings import Settings, load
from monitor.terms.dead import dead, life
from monitor.terms.effective import overlay_of
from monitor.terms.findings import KINDS, findings
from monitor.terms.stats import Stats, stats
from nlp.language import Language
from nlp.recognisers.name_lists import read_names
from nlp.recognisers.naming import read_naming
from taxonomy import taxonomy
from taxonomy.codes import codes
from taxonomy.reader import COLUMNS
from taxonomy.taxonomy import SHIPPED

COMMAND = typer.Typer(no_args_is_help=True, help=__doc__)
COMMAND.command("test")(try_)
for _command in (edit.add, edit.change, edit.remove, edit.accept, edit.undo, edit.log):
    COMMAND.command(_command.__name__)(_command)
_BATCH = 5_000
_TEXTS = pa.schema([("text", pa.string()), ("lang", pa.string())])
_Languages = Annotated[
    list[str] | None, typer.Option("--language", help="Only this language; may repeat.")
]
_Lenient = Annotated[
    bool, typer.Option("--lenient", help="Say what is wrong and go on with the rest.")
]


@COMMAND.command("check")
def check(
    language: _Languages = None,
    kind: Annotated[
        list[str] | None, typer.Option(help="Only this kind of finding; may repeat.")
    ] = None,
    texts: Annotated[
        list[Path] | None,
        typer.Option(help="Files of texts (as `unite tag` reads them): lists dead terms too."),
    ] = None,
    lake: Annotated[
        bool, typer.Option("--lake", help="The posts of the lake as texts; needs --purpose.")
    ] = False,
    purpose: options.PurposeName = None,
    lenient: _Lenient = False,
    as_json: options.Json = False,
) -> None:
    """Rows that cannot be read end it; clashes, shadowed, dangerous and idle rows are listed.

    Dead terms, which no text holds, are looked for where texts are given.
    """
    for one in kind or ():
        if one not in KINDS:
            raise unknown("kind of finding", one, KINDS)
    if "dead" in (kind or ()) and not (texts or lake):
        raise BadInput("no texts in which a term could live", hint="--texts FILE, or --lake")
    languages, settings = _known(language), load()
    overlay = overlay_of(settings)
    registry = effective.registry(settings)
    lists, problems = taxonomy.checked(SHIPPED, languages, overlay)
    read_naming(SHIPPED, languages, problems)
    problems += places.problems(lists, registry)
    for problem in problems:
        output.say(f"unite: {problem}")
    if problems and not (lenient or settings.taxonomy_lenient):
        raise BadInput(f"{len(problems)} problems: the lists cannot be used", where="taxonomy",
                       hint="mend them, or --lenient, which goes on with the rest")  # fmt: skip
    names = read_names(DATA / "names")
    found = [*findings(lists, names), *places.repeats(lists, registry)]
    if texts or lake:
        found += dead(lists, life(lists, _batches(settings, texts or (), purpose, lake=lake)))
    found = [f for f in found if not kind or f.kind in kind]
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
    lists = taxonomy.load(SHIPPED, _known(language), overlay=overlay_of(load()))
    found = list(stats(lists, SHIPPED, sources()))
    if as_json:
        output.answer("taxonomy stats", None, None, None, (), [vars(s) for s in found])
        return
    output.table("Lists", list(HEAD), [list(line(s)) for s in found])


HEAD = (
    "language", "#terms", "least area", "#examples", "#everyday words", "#slang", "#groups",
    "#rights", "#cues", "#from official vocabularies", "shares most with", "reviewed",
)  # fmt: skip


def line(of: Stats) -> tuple[str, ...]:
    """One language as the table shows it."""
    return (
        of.language, f"{of.terms:,}", f"{of.least[0]} {of.least[1]}", f"{of.examples:,}",
        *(f"{n:,}" for n in (of.words, of.slang, of.groups, of.rights, of.cues)),
        f"{of.official:.0%}", f"{of.nearest[0]} {of.nearest[1]:.0%}",
        "yes" if of.reviewed else "no",
    )  # fmt: skip


def sources() -> dict[str, list[str]]:
    """By language the source of each term."""
    columns = COLUMNS["terms"].split(",")
    return {
        path.parent.name: [row["source"] for row in rows(path, columns)]
        for path in sorted(SHIPPED.glob("*/terms.csv"))
    }


def _batches(
    settings: Settings, files: Iterable[Path], purpose: str | None, *, lake: bool
) -> Iterator[pa.RecordBatch]:
    """The texts of files, with the language they say or are found to be in; those of the lake."""
    language = Language(frozenset(codes().languages), settings.nlp_language_least)
    for path in files:
        coming = tag_stream.read(path)
        while given := list(islice(coming, _BATCH)):
            columns = {"text": [g.text for g in given], "lang": [g.lang for g in given]}
            yield language(pa.RecordBatch.from_pydict(columns, _TEXTS)).select(list(columns))
    if lake:
        workspace = options.workspace()
        options.purpose(workspace, purpose, (), action="taxonomy check")
        posts = workspace.lake.dataset("posts").to_batches(columns=["text", "lang"])
        yield from (batch.cast(_TEXTS) for batch in posts)


def _known(languages: list[str] | None) -> list[str] | None:
    there = sorted(path.parent.name for path in SHIPPED.glob("*/terms.csv"))
    for code in languages or ():
        if code not in there:
            raise unknown("language", code, there)
    return languages or None
