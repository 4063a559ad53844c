"""Collect from the sources of cities."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Annotated

import typer

from base.errors import BadInput, UniteError
from base.time import parse_day
from monitor import collecting, pipeline
from monitor.cli import options, output


def COMMAND(
    cities: options.Cities = None,
    source: Annotated[str | None, typer.Option(help="One source of the city, by code.")] = None,
    since: options.Since = None,
    until: options.Until = None,
    purpose: options.PurposeName = None,
) -> None:
    """Look at the listed sources once, each from where the last look ended."""
    if since and until and parse_day(since) >= parse_day(until):
        raise BadInput(
            f"the period {since} to {until} is empty",
            expected="since before until; until is the first day not asked for",
        )
    workspace = options.workspace()
    options.purpose(workspace, purpose, cities or (), action="collect")
    sources = collecting.chosen(workspace, cities or (), source)
    taken, failed = collecting.collect(
        workspace, sources, since=_moment(since), until=_moment(until), tell=output.say
    )
    pipeline.refresh(workspace)
    output.taken(taken)
    if failed:
        raise UniteError(
            f"{len(failed)} of {len(sources)} sources could not be collected",
            hint="the lines above say why; their next look begins where this one did",
        )


def _moment(day: str | None) -> datetime | None:
    return None if day is None else datetime.combine(parse_day(day), time(), UTC)
