"""Trying a term on the posts at hand before anybody saves it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from analysis.release import Tier
from base.errors import BadInput
from monitor.cli import options, output
from monitor.cli import taxonomy_edit as edit
from monitor.terms import judging, telling
from monitor.terms.drafting import Draft, draft
from monitor.terms.trying import Hit, Tried, tried
from monitor.workspace import Workspace
from store.index import IndexMissing
from store.query import Query

_ANSWERS = {"y": True, "n": False, "s": None}


def try_(
    term: edit.Term, language: edit.Language,
    area: edit.Area = None, list_: edit.List = None, code: edit.Code = None,
    match: edit.Match = "forms", with_: edit.With = "", without: edit.Without = "",
    example: edit.Example = "",
    kind: edit.Kind = "", strength: edit.Strength = "",
    city: Annotated[
        list[str] | None, typer.Option(help="Only posts about this city; may repeat.")
    ] = None,
    sample: Annotated[
        int, typer.Option(min=0, max=200, help="Hits to be judged, drawn at random.")
    ] = 20,
    judge: Annotated[
        bool, typer.Option("--judge", help="Ask for each hit of the sample whether it is right.")
    ] = False,
    judged: Annotated[
        str | None,
        typer.Option(help="Numbers of the sample that are right, as 1,3,5; 0 for none."),
    ] = None,
    purpose: options.PurposeName = None,
    lenient: Annotated[
        bool, typer.Option("--lenient", help="Go on where rows of the lists are wrong.")
    ] = False,
    as_json: options.Json = False,
) -> None:  # fmt: skip
    """Say what a term would find and add, before it is saved: hits, overlaps, precision.

    Without --purpose in words, and windows of five words around it; with one, exact figures.
    """
    workspace = options.workspace()
    query = options.query(workspace.registry, city, None, None)
    list_name, of_code = edit.target(area, list_, code)
    wanted = draft(
        workspace.settings,
        {"list": list_name, "code": of_code, "term": term, "language": language, "match": match,
         "with": with_, "without": without, "example": example, "kind": kind,
         "strength": strength},
        lenient=lenient,
    )  # fmt: skip
    tier = Tier.COUNTS
    if purpose is not None:
        sheet = options.purpose(workspace, purpose, query.cities, action="taxonomy test")
        query = options.permitted(workspace, sheet, query)
        tier = Tier.POSTS
    found = _tried(workspace, wanted, query)
    hits = found.hits if found and telling.state(found, tier) == "ok" else ()
    drawn = judging.sample(hits, wanted.entry.term, sample)
    right = _judged(drawn, judged, ask=judge)
    if found is not None:
        workspace.database.log_access(
            "local", "taxonomy test", purpose=purpose, view=query.to_json(), rows=len(drawn)
        )
    row = {**telling.row(wanted, found, tier), "sample": judging.shown(drawn), **_said(right)}
    if as_json:
        generation = workspace.index.generation() if found else None
        output.answer("taxonomy test", query, tier, generation, (), [row])
        return
    title = f"{wanted.entry.term} ({wanted.entry.list} {wanted.entry.code}, {language})"
    output.table(title, ["what", "answer"], [list(p) for p in telling.lines(wanted, found, tier)])
    if drawn and not judge:
        cells = [[str(r["number"]), r["city"] or "–", r["day"], r["text"]] for r in row["sample"]]
        output.table("A sample to judge", ["#no", "city", "day", "text"], cells)
    precise = judging.precision(*right) if right else None
    if precise is not None:
        output.say(f"Precision: {precise}.")
    elif drawn:
        output.say("Which are right? Again with --judged 1,3,5 (0 for none), or --judge.")


def _tried(workspace: Workspace, wanted: Draft, query: Query) -> Tried | None:
    """The trial; None where there are no posts, without making a lake to find that out."""
    if not (workspace.home / "index").is_dir():
        return None
    try:
        return tried(workspace, wanted, query)
    except IndexMissing:
        return None


def _judged(drawn: list[Hit], given: str | None, *, ask: bool) -> tuple[int, int] | None:
    """How many are right of how many judged; None where nobody judged."""
    if ask and given is not None:
        raise BadInput("judged twice", expected="--judge or --judged")
    if given is not None:
        return len(judging.numbers(given, len(drawn))), len(drawn)
    if not ask:
        return None
    answers = [_asked(n, hit) for n, hit in enumerate(drawn, start=1)]
    return answers.count(True), len(answers) - answers.count(None)


def _asked(number: int, hit: Hit) -> bool | None:
    output.say(f"{number}. {judging.window(hit)}")
    while True:
        said = typer.prompt("   right? y, n, s (skip)", err=True).strip().lower()[:1]
        if said in _ANSWERS:
            return _ANSWERS[said]


def _said(right: tuple[int, int] | None) -> dict[str, Any]:
    """The JSON fields of a judgement; null where there is none."""
    precise = judging.precision(*right) if right else None
    if precise is None:
        return dict.fromkeys(("judged", "right", "precision", "low", "high"))
    return {"judged": precise.judged, "right": precise.right, "precision": precise.share,
            "low": precise.low, "high": precise.high}  # fmt: skip
