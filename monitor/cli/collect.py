"""Collect from the sources of cities."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated

import typer

from base.errors import BadInput, UniteError
from base.time import parse_day
from collectors.collector import Source
from monitor import collecting, permits, pipeline
from monitor.cli import options, output
from monitor.collecting import Failed
from monitor.purposes import Purpose
from monitor.sources import alerts
from monitor.sources.health import health
from monitor.streams import following
from monitor.workspace import Workspace


def COMMAND(
    cities: options.Cities = None,
    source: Annotated[str | None, typer.Option(help="One source of the city, by code.")] = None,
    since: options.Since = None,
    until: options.Until = None,
    purpose: options.PurposeName = None,
    follow: Annotated[
        bool,
        typer.Option(
            "--follow",
            help="Follow the listed streams until it is stopped (Ctrl-C), instead of looking once.",
        ),
    ] = False,
) -> None:
    """Look at the listed sources once, each from where the last look ended.

    Sources whose platform's terms exclude the purpose are not looked at.

    With --follow: the streams of data/streams.toml, of which posts about the named cities are
    kept, and the cities' own sources that say so. It goes on where it was stopped.
    """
    first, end = (None if day is None else parse_day(day) for day in (since, until))
    if first and end and first >= end:
        raise BadInput(
            f"the period {since} to {until} is empty",
            expected="since before until; until is the first day not asked for",
        )
    if follow and (since or until):
        raise BadInput("a stream has no period", expected="--follow, or --since and --until")
    workspace = options.workspace()
    sheet = options.purpose(workspace, purpose, cities or (), action="collect")
    if follow:
        _follow(workspace, sheet, cities or (), source)
    else:
        _look(workspace, sheet, collecting.chosen(workspace, cities or (), source), first, end)


def _look(
    workspace: Workspace, sheet: Purpose, sources: Sequence[Source],
    since: date | None, until: date | None,
) -> None:  # fmt: skip
    allowed = _allowed(workspace, sheet, sources)
    with collecting.client(workspace, is_research=sheet.research_exception) as http:
        taken, failed = collecting.collect(
            workspace, allowed, since=since, until=until, http=http, tell=output.say
        )
    pipeline.refresh(workspace)
    output.taken(taken)
    keyless = [f for f in failed if f.is_left_out]
    for line in _without_key(keyless):
        output.say(line)
    waiting = [a for a in alerts.follow(workspace.database, health(workspace)) if a.is_open]
    if waiting:
        output.say(f"{len(waiting)} alerts about sources wait for somebody: unite alert list")
    lost = len(failed) - len(keyless)
    if lost or len(keyless) == len(allowed):
        raise UniteError(
            f"{len(failed)} of {len(sources)} sources could not be collected",
            hint="the lines above say why; their next look begins where this one came to",
        )


def _allowed(workspace: Workspace, sheet: Purpose, sources: Sequence[Source]) -> list[Source]:
    """The sources that the purpose may look at. Raises NotAllowed where there is none."""
    allowed, refused = permits.sources(workspace.registry.platforms, sheet, sources)
    if refused and not allowed:
        raise next(iter(refused.values()))
    for error in refused.values():
        output.say(f"unite: {error}")
    return allowed


def _without_key(left_out: Sequence[Failed]) -> Iterator[str]:
    """Which platforms were not asked, which settings would hold their keys, what explains them."""
    errors = {f.source.platform: f.error for f in left_out}
    for platform, error in errors.items():
        mine = [f.source for f in left_out if f.source.platform == platform]
        names = ", ".join(f"{s.home} {s.code}" for s in mine)
        yield f"left out: {names}. {error.what}: set {error.expected}. See {error.hint}."


def _follow(workspace: Workspace, sheet: Purpose, cities: Sequence[str], code: str | None) -> None:
    streams = _allowed(workspace, sheet, following.chosen(workspace, cities, code))
    stop = threading.Event()

    def end(*_: object) -> None:
        stop.set()
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # whoever cannot wait asks again

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    names = ", ".join(stream.code for stream in streams)
    output.say(f"following {names}; Ctrl-C ends it")
    with collecting.client(workspace, is_research=sheet.research_exception) as http:
        found = following.follow(workspace, streams, cities, stop=stop, http=http, tell=output.say)
    output.say(
        f"{found.passed:,} posts passed, {found.dropped:,} about no city were dropped, "
        f"{found.forgotten:,} were forgotten."
    )
    output.taken(found.taken)
    if found.failed:
        raise UniteError(
            f"{len(found.failed)} of {len(streams)} streams could not be followed",
            hint="the lines above say why; what passed before was kept",
        )
