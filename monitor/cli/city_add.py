"""`unite city add`: a place, its languages and districts, sources that were tried."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from base.errors import BadInput, UniteError
from monitor.cli import asking, options, output
from monitor.collecting import client
from monitor.entering import districts as district_files
from monitor.entering import drafting, editing, gathering, place
from monitor.entering.gathering import Candidate, Failed, Wanted
from monitor.entering.overlay import Change
from monitor.entering.place import Place
from monitor.workspace import Workspace

Author = Annotated[
    str | None, typer.Option(help="Who decides this: a name that stays in the history.")
]
Reason = Annotated[str | None, typer.Option(help="Why, in a sentence.")]
Voice = Annotated[
    str,
    typer.Option(help="Whose words the sources carry: media, institutional, political, personal."),
]
Unverified = Annotated[
    bool, typer.Option("--unverified", help="Save sources too that did not answer as they should.")
]
Sites = Annotated[
    list[str] | None, typer.Option("--site", help="Address of a site: its feeds are looked for.")
]
Feeds = Annotated[list[str] | None, typer.Option("--feed", help="Address of a feed; may repeat.")]
Yes = Annotated[bool, typer.Option("--yes", help="Save without asking.")]


def add(
    name: Annotated[str, typer.Argument(help="What its people call the city.")],
    country: Annotated[str | None, typer.Option(help="Country, for example DE.")] = None,
    at: Annotated[
        str | None, typer.Option(help="LATITUDE,LONGITUDE where no list knows it, or several do.")
    ] = None,
    code: Annotated[str | None, typer.Option(help="Its code; made of the name without it.")] = None,
    also: Annotated[
        list[str] | None, typer.Option("--name", help="Another name of the city; may repeat.")
    ] = None,
    language: Annotated[
        list[str] | None, typer.Option(help="Official language; the country's without it.")
    ] = None,
    time_zone: Annotated[str | None, typer.Option(help="Where the country has several.")] = None,
    districts: Annotated[
        Path | None, typer.Option(help="CSV with name (and names), or GeoJSON with name.")
    ] = None,
    site: Sites = None,
    feed: Feeds = None,
    voice: Voice = "media",
    author: Author = None,
    reason: Reason = None,
    unverified: Unverified = False,
    yes: Yes = False,
    as_json: options.Json = False,
) -> None:  # fmt: skip
    """Enter a city: found by name, its sources tried before they are saved, undone by one command.

    On a terminal it asks for what is missing.
    """
    workspace = options.workspace()
    found = _place(name, country, place.point(at) if at else None)
    cells = drafting.city(
        name, found, code=code, languages=language or (), also=also or (),
        time_zone=time_zone or _time_zone(found),
        districts=read_districts(districts) if districts else (),
    )  # fmt: skip
    if cells["code"] in workspace.registry.cities:
        raise BadInput(f"there is a city {cells['code']!r} already",
                       hint="unite city source add; --code for another town")  # fmt: skip
    sites = [*(site or ()), *_asked_sites(site, feed)]
    author = asking.text(author, "Who enters it", "--author")
    reason = asking.text(reason, "Why", "--reason")
    _tell(cells, found)
    wanted = Wanted(cells["code"], cells["time_zone"], voice, cells["languages"][0], reason)
    chosen, failed = gathered(workspace, wanted, (), sites, feed or (), unverified=unverified)
    if not asking.agreed(f"Save {cells['name']} with {len(chosen)} sources?", yes=yes):
        raise SystemExit(1)
    entry = {**cells, "source": [one.saved for one in chosen]}
    change = editing.propose(workspace, "add", "city", cells["code"], entry,
                             author=author, reason=reason)  # fmt: skip
    gathering.remember(workspace, chosen)
    told("city add", change, as_json=as_json)
    if failed:
        raise UniteError(
            f"{failed} of the sites and feeds did not answer as they should and were not saved",
            hint=f"unite city source add {change.city}, once they do",
        )


def gathered(
    workspace: Workspace, wanted: Wanted, taken: Sequence[str], sites: Sequence[str],
    feeds: Sequence[str], *, unverified: bool,
) -> tuple[list[Candidate], int]:  # fmt: skip
    """The sources to save, each told as it is tried; how many were left out."""
    chosen, failed = [], 0
    if not (sites or feeds):
        return [], 0
    with client(workspace) as http:
        for one in gathering.gather(workspace, http, wanted, taken, sites, feeds):
            if isinstance(one, Failed):
                failed += 1
                output.say(f"{one.site}: {one.error}")
                continue
            output.say(f"{one.cells['code']} ({one.cells['address']}): {one.tried}")
            if one.tried.is_reached or unverified:
                chosen.append(one)
            else:
                failed += 1
    return chosen, failed


def read_districts(path: Path) -> list[dict[str, Any]]:
    """The districts of a file. Raises BadInput."""
    try:
        return district_files.read(path.read_bytes(), path.name)
    except OSError as error:
        raise BadInput(f"cannot be read ({error.strerror})", where=path.name) from error


def told(command: str, change: Change, *, as_json: bool) -> None:
    """Say what was saved, and how it is undone."""
    if as_json:
        output.answer(command, None, None, None, (), [row(change)])
        return
    many = ", ".join(e["code"] for e in change.entries)
    said = f"{change.action} {change.of} {change.city}{f': {many}' if many else ''}"
    output.say(f"Change {change.number}: {said}. Back again: unite city undo {change.number}")
    if change.action == "add" and change.of != "source":
        output.say("Posts collected before know nothing of its names: unite retag")


def row(change: Change) -> dict[str, object]:
    """A change as --json has it."""
    return {
        "id": change.number, "state": change.state, "action": change.action, "list": change.of,
        "city": change.city, "codes": [e["code"] for e in change.entries],
        "author": change.author, "date": change.day, "reason": change.reason,
        "undone_by": change.undone_by, "undone": change.undone,
    }  # fmt: skip


def _place(name: str, country: str | None, at: tuple[float, float] | None) -> Place:
    try:
        return place.find(name, country, at)
    except BadInput:
        among = place.candidates(name, country)
        if at is not None or len(among) < 2 or not asking.is_terminal():
            raise
        return among[asking.one_of("Which one", [str(p) for p in among])]


def _time_zone(found: Place) -> str | None:
    zones = place.country(found.country).time_zones
    if len(zones) == 1 or not asking.is_terminal():
        return None
    return zones[asking.one_of("Which time zone", zones)]


def _asked_sites(site: Sequence[str] | None, feed: Sequence[str] | None) -> list[str]:
    if site or feed or not asking.is_terminal():
        return []
    said = typer.prompt("Addresses of sites with feeds, spaces between (none: Enter)", default="",
                        show_default=False, err=True)  # fmt: skip
    return str(said).split()


def _tell(cells: dict[str, Any], found: Place) -> None:
    output.say(f"{cells['code']}: {found}; {', '.join(cells['languages'])}; {cells['time_zone']};"
               f" {len(cells.get('district', ()))} districts")  # fmt: skip
    unread = drafting.unread(cells["languages"])
    if unread:
        output.say(f"No word lists for {', '.join(unread)} yet: of such posts little is found.")
    if found.other_names:
        output.say(f"Also called {', '.join(found.other_names[:12])}: --name where they should"
                   " count in posts.")  # fmt: skip
