"""Look whether the installation is well."""

from __future__ import annotations

from typing import Annotated

import typer

from base.errors import BadInput
from monitor import checkup
from monitor.cli import options, output
from monitor.collecting import client
from monitor.sources import check as source_check


def COMMAND(
    cities: options.Cities = None,
    sources: Annotated[bool, typer.Option("--sources", help="Try the sources instead.")] = False,
    offline: Annotated[
        bool, typer.Option("--offline", help="Of the sources, what is written alone.")
    ] = False,
    as_json: options.Json = False,
) -> None:
    """Check home, keys, lake, index, database, lists, versions, sources and quarantine.

    Exit status 1 where something is not well, as where an alert about a source waits for somebody
    (`unite alert list`): a scheduler can act on it. Nothing is made that was not there.

    With --sources each source of the cities (of all cities and countries that have some) is asked
    once and what it gives is counted, not kept; with --offline the registry alone is looked at:
    whether each address is one that its platform can have, and what a city lacks.
    """
    if sources:
        _sources(cities, offline=offline, as_json=as_json)
        return
    if offline or cities:
        raise BadInput("cities and --offline belong to --sources", hint="unite doctor --sources")
    findings = checkup.examine(options.workspace())
    if as_json:
        output.answer("doctor", None, None, None, (), [vars(f) for f in findings])
    else:
        rows = [["ok" if f.is_well else "look", f.about, f.says] for f in findings]
        output.table("unite doctor", ["state", "about", "says"], rows)
    if not all(f.is_well for f in findings):
        raise SystemExit(1)


def _sources(cities: options.Cities, *, offline: bool, as_json: bool) -> None:
    """The state of every source; exit 1 where one is wrong or fails."""
    workspace = options.workspace()
    registry = workspace.registry
    wanted = list(cities or (*registry.with_sources, *registry.wider))
    for code in wanted:
        gap = source_check.gaps(workspace.registry.home(code))
        if gap:
            output.say(f"{code}: {gap}")
    if offline:
        found = list(source_check.offline(workspace, wanted))
    else:
        with client(workspace) as http:
            found = list(source_check.online(workspace, wanted, http))
    if as_json:
        output.answer("doctor", None, None, None, (), [vars(c) for c in found])
    else:
        rows = [[c.state, c.home, c.source, c.platform, f"{c.where}: {c.says}" if c.where else
                 c.says] for c in found]  # fmt: skip
        output.table("unite doctor --sources", ["state", "city", "source", "platform", "says"],
                     rows)  # fmt: skip
    if any(c.state in ("wrong", "failed") for c in found):
        raise SystemExit(1)
