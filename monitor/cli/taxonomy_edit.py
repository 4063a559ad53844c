"""Changing the word lists of this installation: propose, accept, undo, read the history."""

from __future__ import annotations

from typing import Annotated

import typer

from base.errors import BadInput
from monitor.cli import options, output
from monitor.settings import Settings, load
from monitor.terms import editing
from monitor.terms.effective import overlay_of
from taxonomy.overlay import Change

Term = Annotated[str, typer.Argument(help="The term, as people write it.")]
Language = Annotated[str, typer.Option(help="Language of the term, for example de.")]
Area = Annotated[str | None, typer.Option(help="Integration area: short for --list terms --code.")]
List = Annotated[str | None, typer.Option("--list", help="terms, slang, groups, rights or cues.")]
Code = Annotated[str | None, typer.Option(help="Area, group, right or kind of cue it stands for.")]
Match = Annotated[
    str,
    typer.Option(help="forms (inflected too), exact, prefix (it may go on) or case (exact case)."),
]
With = Annotated[
    str, typer.Option("--with", help="Words, separated by |, one of which must stand near.")
]
Without = Annotated[str, typer.Option(help="Words, separated by |, none of which may stand near.")]
Example = Annotated[str, typer.Option(help="Words of an invented post in which it is found.")]
Kind = Annotated[str, typer.Option(help="Slang only: kind of slang.")]
Strength = Annotated[str, typer.Option(help="Slang only: 0 (neutral) to 3.")]
Literal = Annotated[str, typer.Option(help="Slang only: yes if it also has a plain meaning.")]
Reclaimed = Annotated[str, typer.Option(help="Slang only: yes if the group says it of itself.")]
Author = Annotated[str, typer.Option(help="Who decides this: a name that stays in the history.")]
Reason = Annotated[str, typer.Option(help="Why, in a sentence.")]
Yes = Annotated[bool, typer.Option("--yes", help="Also where it repeats, clashes or is dangerous.")]
Number = Annotated[int, typer.Argument(metavar="ID", help="Number of the change, as log shows it.")]


def add(
    term: Term, language: Language, author: Author, reason: Reason,
    area: Area = None, list_: List = None, code: Code = None, match: Match = "forms",
    with_: With = "", without: Without = "", example: Example = "",
    kind: Kind = "", strength: Strength = "", literal: Literal = "", reclaimed: Reclaimed = "",
    yes: Yes = False,
) -> None:  # fmt: skip
    """Propose a term; it counts once somebody else has accepted it."""
    _propose("add", term, language, author, reason, target(area, list_, code), yes, {
        "match": match, "with": with_, "without": without, "example": example,
        "kind": kind, "strength": strength, "literal": literal, "reclaimed": reclaimed,
    })  # fmt: skip


def change(
    term: Term, language: Language, author: Author, reason: Reason,
    area: Area = None, list_: List = None, code: Code = None, match: Match = "",
    with_: With = "", without: Without = "", example: Example = "",
    kind: Kind = "", strength: Strength = "", literal: Literal = "", reclaimed: Reclaimed = "",
    yes: Yes = False,
) -> None:  # fmt: skip
    """Propose that a term counts in another way; what is not said stays, - empties it."""
    _propose("change", term, language, author, reason, target(area, list_, code), yes, {
        "match": match, "with": with_, "without": without, "example": example,
        "kind": kind, "strength": strength, "literal": literal, "reclaimed": reclaimed,
    })  # fmt: skip


def remove(
    term: Term, language: Language, author: Author, reason: Reason,
    area: Area = None, list_: List = None, code: Code = None, match: Match = "",
) -> None:  # fmt: skip
    """Propose that a term counts no more; without --match, however it is listed."""
    _propose("remove", term, language, author, reason, target(area, list_, code), True,
             {"match": match})  # fmt: skip


def accept(number: Number, author: Author) -> None:
    """Stand behind somebody else's change, which counts from now on."""
    settings = load()
    _tell(settings, editing.accept(settings, number, author))


def undo(number: Number, author: Author) -> None:
    """Take a change back; it stays in the history, with who undid it and when."""
    settings = load()
    _tell(settings, editing.undo(settings, number, author))


def log(as_json: options.Json = False) -> None:
    """Every change of the lists that was ever made here, and what became of it."""
    overlay = overlay_of(load())
    for problem in overlay.problems:
        output.say(f"unite: {problem}")
    rows = [{**c.row.cells, "state": overlay.state(c)} for c in overlay.changes]
    if as_json:
        output.answer("taxonomy log", None, None, None, (), rows)
        return
    shown = [
        [r["id"], r["state"], r["action"], f"{r['list']} {r['language']} {r['code']}", r["term"],
         f"{r['author']} {r['date']}", _by(r["accepted_by"], r["accepted"]),
         _by(r["undone_by"], r["undone"]), r["reason"]]
        for r in rows
    ]  # fmt: skip
    columns = ["#id", "state", "action", "where", "term", "by", "accepted", "undone", "reason"]
    output.table("Changes of the lists", columns, shown)


def target(area: str | None, list_: str | None, code: str | None) -> tuple[str, str]:
    """The list and the code that the options name. Raises BadInput."""
    if area is not None and list_ in (None, "terms") and code in (None, area):
        return "terms", area
    if area is None and code is not None:
        return list_ or "terms", code
    raise BadInput("what the term stands for is not said once",
                   expected="--area AREA, or --list LIST --code CODE")  # fmt: skip


def _propose(
    action: str, term: str, language: str, author: str, reason: str, of: tuple[str, str],
    keep: bool, cells: dict[str, str],
) -> None:  # fmt: skip
    settings = load()
    given = {"action": action, "list": of[0], "code": of[1], "term": term, "language": language,
             "author": author, "reason": reason, **cells}  # fmt: skip
    _tell(settings, editing.propose(settings, given, keep=keep))


def _tell(settings: Settings, change: Change) -> None:
    state = overlay_of(settings).state(change)
    what = f"Change {change['id']}: {change['action']} {change['term']!r}"
    if state == "waits":
        output.say(f"{what}; it waits for somebody else: unite taxonomy accept {change['id']}"
                   " --author NAME")  # fmt: skip
    else:
        said = "is undone" if state == "undone" else "counts"
        output.say(f"{what} {said}. Posts tagged before: unite retag")


def _by(who: str, day: str) -> str:
    return f"{who} {day}" if who else ""
