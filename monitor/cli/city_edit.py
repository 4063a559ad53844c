"""Changing a city that is there: districts, sources, back again, the history."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from base.errors import BadInput, UniteError
from base.time import now, parse_day
from monitor.cli import asking, options, output
from monitor.cli.city_add import (
    Author,
    Feeds,
    Reason,
    Sites,
    Unverified,
    Yes,
    gathered,
    read_districts,
    row,
    told,
)  # fmt: skip
from monitor.collecting import client
from monitor.entering import drafting, editing, effective, gathering
from monitor.entering.gathering import Candidate, Wanted
from monitor.entering.overlay import Change
from monitor.settings import load
from monitor.workspace import Workspace

CityCode = Annotated[str, typer.Argument(metavar="CITY", help="Code of the city.")]
SourceCode = Annotated[str, typer.Argument(metavar="SOURCE", help="Code of the source.")]
Number = Annotated[int, typer.Argument(metavar="ID", help="Number of the change, as log shows it.")]
Platform = Annotated[str | None, typer.Option(help="Platform, as docs/sources.md lists them.")]
Address = Annotated[str | None, typer.Option(help="Address, as docs/sources.md says for it.")]
Called = Annotated[str | None, typer.Option("--name", help="What the source is called.")]
Voice = Annotated[
    str | None, typer.Option(help="Whose words: media, institutional, political, personal.")
]
Language = Annotated[str | None, typer.Option(help="Language of the source, for example de.")]
RecheckDays = Annotated[
    int | None,
    typer.Option(help="Days its irrelevant posts are kept, so that new terms find them."),
]
Option = Annotated[
    list[str] | None, typer.Option("--option", help="Of its platform, as key=value; may repeat.")
]


def add_source(
    city: CityCode, site: Sites = None, feed: Feeds = None, platform: Platform = None,
    address: Address = None, name: Called = None, voice: Voice = None, language: Language = None,
    recheck_days: RecheckDays = None, option: Option = None, author: Author = None,
    reason: Reason = None, unverified: Unverified = False, yes: Yes = False,
    as_json: options.Json = False,
) -> None:  # fmt: skip
    """Add sources: feeds of a --site, a --feed, or one of any --platform by its --address."""
    workspace = options.workspace()
    there = workspace.registry.city(city)
    if bool(platform) != bool(address) or not (site or feed or platform):
        raise BadInput("no source is said", expected="--site, --feed, or --platform and --address")
    author = asking.text(author, "Who adds it", "--author")
    reason = asking.text(reason, "Why", "--reason")
    taken = [s.code for s in (*there.sources, *there.retired)]
    wanted = Wanted(city, there.time_zone, voice or "media", language, reason)
    chosen, failed = gathered(workspace, wanted, taken, site or (), feed or (),
                              unverified=unverified)  # fmt: skip
    if platform and address:
        workspace.registry.platform(platform)
        codes = [*taken, *(c.cells["code"] for c in chosen)]
        cells = _said(
            code=drafting.source_code(name or address, address, codes),
            platform=platform, name=name or address, address=address, voice=wanted.voice,
            language=language, recheck_days=recheck_days, options=_options(option),
            why=reason, read_at=f"given by {author}, {now():%Y-%m-%d}",
        )  # fmt: skip
        one = _tried(workspace, cells, city, there.time_zone)
        if one.tried.is_reached or unverified:
            chosen.append(one)
        else:
            failed += 1
    if chosen and asking.agreed(f"Save {len(chosen)} sources of {city}?", yes=yes):
        entry = {"source": [one.saved for one in chosen]}
        change = editing.propose(workspace, "add", "source", city, entry,
                                 author=author, reason=reason)  # fmt: skip
        gathering.remember(workspace, chosen)
        told("city source add", change, as_json=as_json)
    if failed:
        raise UniteError(f"{failed} did not answer as they should and were not saved",
                         hint="--unverified saves them all the same")  # fmt: skip


def change_source(
    city: CityCode, source: SourceCode, platform: Platform = None, address: Address = None,
    name: Called = None, voice: Voice = None, language: Language = None,
    recheck_days: RecheckDays = None, option: Option = None, author: Author = None,
    reason: Reason = None, unverified: Unverified = False, as_json: options.Json = False,
) -> None:  # fmt: skip
    """Change what is said of a source; what is not said stays. A new address is tried first."""
    workspace = options.workspace()
    there = workspace.registry.city(city)
    before = workspace.registry.source(city, source)
    cells = _said(platform=platform, address=address, name=name, voice=voice, language=language,
                  recheck_days=recheck_days, options=_options(option))  # fmt: skip
    if not cells:
        raise BadInput("nothing is said that should change", hint="unite city source change --help")
    author = asking.text(author, "Who changes it", "--author")
    reason = asking.text(reason, "Why", "--reason")
    after = {**vars(before), **cells}
    if {"platform", "address", "options"} & cells.keys():
        one = _tried(workspace, after, city, there.time_zone)
        if not (one.tried.is_reached or unverified):
            raise UniteError("it does not answer as it should, and stays as it was",
                             where=f"source {source!r} of {city}",
                             hint="--unverified changes it all the same")  # fmt: skip
    entry = {"source": [{"code": source, **cells}]}
    change = editing.propose(workspace, "change", "source", city, entry,
                             author=author, reason=reason)  # fmt: skip
    told("city source change", change, as_json=as_json)


def retire_source(
    city: CityCode, source: SourceCode,
    until: Annotated[
        str | None, typer.Option(help="First day it is no longer looked at; today without it.")
    ] = None,
    author: Author = None, reason: Reason = None, as_json: options.Json = False,
) -> None:  # fmt: skip
    """End the collecting from a source; it stays known, and so do its posts."""
    workspace = options.workspace()
    workspace.registry.source(city, source)
    author = asking.text(author, "Who retires it", "--author")
    reason = asking.text(reason, "Why", "--reason")
    entry = {"source": [{"code": source, "until": parse_day(until) if until else now().date()}]}
    change = editing.propose(workspace, "retire", "source", city, entry,
                             author=author, reason=reason)  # fmt: skip
    told("city source retire", change, as_json=as_json)


def districts(
    city: CityCode,
    file: Annotated[Path, typer.Argument(help="CSV with name (and names), or GeoJSON with name.")],
    author: Author = None, reason: Reason = None, as_json: options.Json = False,
) -> None:  # fmt: skip
    """Add the districts of a file to a city."""
    workspace = options.workspace()
    workspace.registry.city(city)
    found = read_districts(file)
    author = asking.text(author, "Who adds them", "--author")
    reason = asking.text(reason, "Why", "--reason")
    change = editing.propose(workspace, "add", "district", city, {"district": found},
                             author=author, reason=reason)  # fmt: skip
    told("city districts", change, as_json=as_json)


def undo(number: Number, author: Author = None, as_json: options.Json = False) -> None:
    """Take a change back; it stays in the history, with who undid it and when."""
    author = asking.text(author, "Who undoes it", "--author")
    change = editing.undo(options.workspace(), number, author)
    if as_json:
        output.answer("city undo", None, None, None, (), [row(change)])
    else:
        output.say(f"Change {change.number} ({_what(change)}) is undone.")


def log(
    city: Annotated[str | None, typer.Argument(help="Code of a city; none means all.")] = None,
    as_json: options.Json = False,
) -> None:
    """Every change of the registry that was ever made here, and what became of it."""
    overlay = effective.overlay_of(load())
    for problem in overlay.problems:
        output.say(f"unite: {problem}")
    changes = [c for c in overlay.changes if city in (None, c.city)]
    if as_json:
        output.answer("city log", None, None, None, (), [row(c) for c in changes])
        return
    shown = [
        [str(c.number), c.state, _what(c), ", ".join(e["code"] for e in c.entries),
         f"{c.author} {c.day}", f"{c.undone_by} {c.undone}" if c.undone else "", c.reason]
        for c in changes
    ]  # fmt: skip
    columns = ["#id", "state", "what", "codes", "by", "undone", "reason"]
    output.table("Changes of the registry", columns, shown)


def _what(change: Change) -> str:
    return f"{change.action} {change.of} {change.city}"


def _tried(workspace: Workspace, cells: dict[str, Any], city: str, time_zone: str) -> Candidate:
    with client(workspace) as http:
        one = gathering.tried(workspace, http, cells, city, time_zone)
    output.say(f"{cells['code']} ({cells['address']}): {one.tried}")
    return one


def _said(**cells: Any) -> dict[str, Any]:
    return {key: value for key, value in cells.items() if value}


def _options(given: list[str] | None) -> dict[str, str]:
    found = {}
    for one in given or ():
        key, sign, value = one.partition("=")
        if not (sign and key.strip()):
            raise BadInput(f"{one!r} is no option", expected="key=value", where="--option")
        found[key.strip()] = value.strip()
    return found
