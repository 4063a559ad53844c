"""Collect from the sources of cities."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from base.errors import BadInput, UniteError
from base.time import parse_day
from monitor import collecting, pipeline
from monitor.cli import options, output
from monitor.collecting import Failed


def COMMAND(
    cities: options.Cities = None,
    source: Annotated[str | None, typer.Option(help="One source of the city, by code.")] = None,
    since: options.Since = None,
    until: options.Until = None,
    purpose: options.PurposeName = None,
) -> None:
    """Look at the listed sources once, each from where the last look ended."""
    first, end = (None if day is None else parse_day(day) for day in (since, until))
    if first and end and first >= end:
        raise BadInput(
            f"the period {since} to {until} is empty",
            expected="since before until; until is the first day not asked for",
        )
    workspace = options.workspace()
    options.purpose(workspace, purpose, cities or (), action="collect")
    sources = collecting.chosen(workspace, cities or (), source)
    taken, failed = collecting.collect(workspace, sources, since=first, until=end, tell=output.say)
    pipeline.refresh(workspace)
    output.taken(taken)
    left_out = [f for f in failed if f.is_left_out]
    for line in _without_key(left_out):
        output.say(line)
    if len(failed) > len(left_out) or len(left_out) == len(sources):
        raise UniteError(
            f"{len(failed)} of {len(sources)} sources could not be collected",
            hint="the lines above say why; their next look begins where this one did",
        )


def _without_key(left_out: Sequence[Failed]) -> Iterator[str]:
    """Which platforms were not asked, which settings would hold their keys, what explains them."""
    errors = {f.source.platform: f.error for f in left_out}
    for platform, error in errors.items():
        mine = [f.source for f in left_out if f.source.platform == platform]
        names = ", ".join(f"{s.home} {s.code}" for s in mine)
        yield f"left out: {names}. {error.what}: set {error.expected}. See {error.hint}."
