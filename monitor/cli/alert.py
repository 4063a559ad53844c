"""Alerts: what somebody should look at."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.cli import options, output
from monitor.sources import alerts
from monitor.sources.health import health

COMMAND = typer.Typer(no_args_is_help=True, help=__doc__)


@COMMAND.command("list")
def list_(
    cities: options.Cities = None,
    ended: Annotated[bool, typer.Option("--all", help="Also those that are over.")] = False,
    as_json: options.Json = False,
) -> None:
    """Look at the sources and show the alerts about them; exit 1 while one waits for somebody.

    An alert is raised where a source fails for good or for a day, where its items can no longer
    be read, and where it gives nothing although it usually does: one alert an event, ended when
    the source recovers. For a scheduler: what is acknowledged no longer counts.
    """
    workspace = options.workspace()
    wanted = {workspace.registry.city(c).code for c in cities or ()}
    found = []
    if workspace.has("lake"):
        alerts.follow(workspace.database, health(workspace, wanted))
        known = alerts.alerts(workspace.database, ended=ended)
        found = [a for a in known if not wanted or a.home in wanted]
    if as_json:
        output.answer("alert list", None, None, None, (), [vars(a) for a in found])
    elif found:
        columns = ["#number", "city", "source", "what", "since", "state", "says"]
        rows = [[str(a.number), a.home, a.source, a.what, f"{a.since:%Y-%m-%d}", _state(a), a.says]
                for a in found]  # fmt: skip
        output.table("unite alert list", columns, rows)
    else:
        output.say("No alert.")
    if any(a.is_open for a in found):
        raise SystemExit(1)


@COMMAND.command("ack")
def ack(
    number: Annotated[int, typer.Argument(help="Number of the alert.")],
    truly_silent: Annotated[
        bool,
        typer.Option(
            "--truly-silent",
            help="The source itself published nothing: figures take the time as looked at.",
        ),
    ] = False,
) -> None:
    """Acknowledge an alert: somebody knows.

    The alert stays until its source recovers. Figures leave a silent time out as lost, unless it
    is said with --truly-silent that nothing was published and so nothing lost.
    """
    workspace = options.workspace()
    known = alerts.acknowledge(workspace.database, number, "local", is_true=truly_silent)
    said = "; its silence is taken as true" if known.is_true else ""
    output.say(f"{known.number}: {known.home} {known.source} is acknowledged{said}.")


def _state(alert: alerts.Alert) -> str:
    if alert.ended_at is not None:
        return f"over since {alert.ended_at:%Y-%m-%d}"
    if alert.acknowledged_at is None:
        return "open"
    return f"known to {alert.acknowledged_by}" + (", truly silent" if alert.is_true else "")
