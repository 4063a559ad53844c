"""Options that mean the same in every command, and the Query they make."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from base import log
from base.errors import unknown
from base.time import now
from monitor import permits, purposes, reading
from monitor.cities import Registry
from monitor.cli import output
from monitor.settings import load
from monitor.workspace import Workspace
from store.query import NAMES, Query
from store.schema import UNKNOWN_LANGUAGE
from taxonomy.codes import codes

Cities = Annotated[
    list[str] | None,
    typer.Argument(
        help="City codes; none means all. Countries (`at`) and Europe (`eu`) have sources of their "
        "own and count only where they are named."
    ),
]
Since = Annotated[str | None, typer.Option(help="First day, YYYY-MM-DD.")]
Until = Annotated[str | None, typer.Option(help="First day that is not asked for, YYYY-MM-DD.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object instead of a table.")]
PurposeName = Annotated[
    str | None, typer.Option("--purpose", help="Purpose sheet that allows looking at posts.")
]
Filter = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        help="Any other filter, as name=value: " + ", ".join(n for n in NAMES.values()) + ".",
    ),
]
ENGINES = ("process", "spark")
Engine = Annotated[
    str,
    typer.Option(help="process: this process alone. spark: many cores or machines, docs/spark.md."),
]
Areas = Annotated[list[str] | None, typer.Option("--area", help="Integration area; may repeat.")]
Languages = Annotated[list[str] | None, typer.Option("--language", help="Language; may repeat.")]
Platforms = Annotated[list[str] | None, typer.Option("--platform", help="Platform; may repeat.")]


def workspace() -> Workspace:
    """The installation that the environment names."""
    settings = load()
    log.configure(settings.log_level, as_json=settings.log_json)
    return Workspace(settings)


def engine(name: str) -> str:
    """The engine by its name. Raises BadInput."""
    if name not in ENGINES:
        raise unknown("engine", name, ENGINES)
    return name


def query(
    registry: Registry,
    cities: list[str] | None,
    since: str | None,
    until: str | None,
    *,
    where: list[str] | None = None,
    **codes: list[str] | None,
) -> Query:
    """The Query of a command's options; BadInput for an unknown code, with those there are."""
    pairs = [("city", c) for c in cities or ()]
    pairs += [(name, v) for name, v in (("since", since), ("until", until)) if v]
    pairs += [(name, v) for name, values in codes.items() for v in values or ()]
    for given in where or ():
        name, _, value = given.partition("=")
        pairs.append((name, value))
    return Query.from_pairs(pairs).check(known(registry))


def known(registry: Registry) -> dict[str, frozenset[str]]:
    """The open lists a Query is checked against: field → codes."""
    lists = codes()
    return {
        "cities": frozenset(registry.homes),
        "countries": frozenset(registry.countries.values()),
        "places": frozenset(registry.places),
        "platforms": frozenset(registry.platforms),
        "areas": frozenset(lists.areas),
        "groups": frozenset(lists.groups),
        "rights": frozenset(lists.rights),
        "languages": frozenset(lists.languages) | {UNKNOWN_LANGUAGE},
    }


def hint_home(home: Path) -> None:
    """Say which home a command filled, as the user would type it."""
    output.say(f"export UNITE_HOME={home}")


def purpose(
    workspace: Workspace, name: str | None, cities: Iterable[str] | None, *, action: str
) -> purposes.Purpose:
    """The purpose sheet that allows `action` on these cities today (None: on those it covers);
    NotAllowed without one."""
    folder = workspace.home / "purposes"
    sheet = purposes.require(folder, name, cities, now().date(), action=action)
    permits.check_agreements(workspace.registry.platforms, sheet)
    return sheet


def permitted(workspace: Workspace, sheet: purposes.Purpose, query: Query) -> Query:
    """The Query without platforms whose terms exclude the purpose; says which they are.

    NotAllowed where one of them was asked for by name, or nothing is left.
    """
    found, refused = reading.permitted(workspace, sheet, query)
    for code, error in refused.items():
        output.say(f"unite: posts of {code} are left out. {error}")
    return found
