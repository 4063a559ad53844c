"""Collect from the sources of cities."""

from __future__ import annotations

from typing import Annotated

import typer

from base.errors import BadInput, UniteError
from base.time import parse_day
from monitor import collecting, permits, pipeline
from monitor.cli import options, output
from monitor.sources import alerts
from monitor.sources.health import health


def COMMAND(
    cities: options.Cities = None,
    source: Annotated[str | None, typer.Option(help="One source of the city, by code.")] = None,
    since: options.Since = None,
    until: options.Until = None,
    purpose: options.PurposeName = None,
) -> None:
    """Look at the listed sources once, each from where the last look ended.

    Sources whose platform's terms exclude the purpose are not looked at.
    """
    first, end = (None if day is None else parse_day(day) for day in (since, until))
    if first and end and first >= end:
        raise BadInput(
            f"the period {since} to {until} is empty",
            expected="since before until; until is the first day not asked for",
        )
    workspace = options.workspace()
    sheet = options.purpose(workspace, purpose, cities or (), action="collect")
    sources = collecting.chosen(workspace, cities or (), source)
    allowed, refused = permits.sources(workspace.registry.platforms, sheet, sources)
    if refused and not allowed:
        raise next(iter(refused.values()))
    for error in refused.values():
        output.say(f"unite: {error}")
    with collecting.client(workspace, is_research=sheet.research_exception) as http:
        taken, failed = collecting.collect(
            workspace, allowed, since=first, until=end, http=http, tell=output.say
        )
    pipeline.refresh(workspace)
    output.taken(taken)
    waiting = [a for a in alerts.follow(workspace.database, health(workspace)) if a.is_open]
    if waiting:
        output.say(f"{len(waiting)} alerts about sources wait for somebody: unite alert list")
    missing = len(failed) + len(sources) - len(allowed)
    if missing:
        raise UniteError(
            f"{missing} of {len(sources)} sources could not be collected",
            hint="the lines above say why; their next look begins where this one did",
        )
