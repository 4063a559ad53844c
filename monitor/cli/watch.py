"""Watch lists: saved filters that every new post is held against as it comes in."""

from __future__ import annotations

from typing import Annotated

import typer

from base.time import now
from monitor.cli import options, output
from monitor.watching import alerts, lists
from monitor.watching.lists import WatchList

COMMAND = typer.Typer(no_args_is_help=True, help=__doc__)
_SHOWN_DAYS = 7
Name = Annotated[str, typer.Argument(help="Name of the watch list.")]


@COMMAND.command("add")
def add(
    name: Name,
    city: Annotated[
        list[str] | None, typer.Option(help="City the posts are about; may repeat.")
    ] = None,
    text: Annotated[
        str, typer.Option(help='Words, "phrases" and beginnings*; all must match.')
    ] = "",
    term: Annotated[
        list[str] | None,
        typer.Option(help="A word, phrase or beginning*; one of them must match; may repeat."),
    ] = None,
    area: options.Areas = None,
    platform: options.Platforms = None,
    language: options.Languages = None,
    where: options.Filter = None,
    least: Annotated[int, typer.Option(min=1, help="So many posts raise an alert …")] = 1,
    days: Annotated[
        int, typer.Option(min=1, max=92, help="… when they come in within so many days.")
    ] = 1,
    purpose: options.PurposeName = None,
) -> None:
    """Watch for posts that a filter describes. Needs --purpose, ends with it, and is logged.

    From now on each new post is held against it as it comes in; protected posts are not. A list
    does not follow a person: names, handles and numbers are refused.
    """
    workspace = options.workspace()
    query = options.query(
        workspace.registry, city, None, None, text=[text] if text else None, term=term, area=area,
        platform=platform, language=language, where=where,
    )  # fmt: skip
    sheet = options.purpose(workspace, purpose, query.cities, action="watch add")
    options.permitted(workspace, sheet, query)
    lists.add(workspace, sheet, name, query, least=least, days=days, who="local")
    output.say(f"Watching {name!r} until {sheet.end}. What is there already: unite watch posts")


@COMMAND.command("list")
def list_(
    ended: Annotated[bool, typer.Option("--all", help="Also those that were ended.")] = False,
    as_json: options.Json = False,
) -> None:
    """Show the watch lists, what met them in the last days, and the alerts that wait.

    Exit 1 while an alert waits for somebody.
    """
    workspace = options.workspace()
    found, waiting = [], []
    if workspace.has_database:
        waiting = alerts.follow(workspace.database)
        found = lists.every(workspace.database, ended=ended)
    active = {watch.number for watch, _ in lists.active(workspace, now().date())} if found else ()
    by_day = {w.name: alerts.by_day(workspace.database, w, _SHOWN_DAYS) for w in found}
    if as_json:
        rows = [_row(w, w.number in active, dict(by_day[w.name]), waiting) for w in found]
        output.answer("watch list", None, "posts", None, (), rows)
    elif found:
        output.table(
            "unite watch list",
            ["name", "purpose", "alert at", "state", "filter", "posts by day"],
            [[w.name, w.purpose, f"{w.least} in {w.days} d", _state(w, w.number in active),
              w.query.to_url(), ", ".join(f"{day} {n}" for day, n in by_day[w.name])]
             for w in found],
        )  # fmt: skip
        for alert in waiting:
            output.say(
                f"alert {alert.number}: {alert.posts} posts met {alert.name!r} since "
                f"{alert.since:%Y-%m-%d}; unite watch ack {alert.number}"
            )
    else:
        output.say("No watch list.")
    if waiting:
        raise SystemExit(1)


@COMMAND.command("posts")
def posts(
    name: Name,
    since: options.Since = None,
    until: options.Until = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many posts.")] = 20,
    as_json: options.Json = False,
) -> None:
    """List posts that meet a watch list, newest first, old ones too. Is logged."""
    workspace = options.workspace()
    watch = lists.named(workspace.database, name)
    query = options.query(
        workspace.registry, None, since, until, where=[f"{n}={v}" for n, v in watch.query.pairs()]
    )
    sheet = options.purpose(workspace, watch.purpose, query.cities, action="watch posts")
    query = options.permitted(workspace, sheet, query)
    output.posts(workspace, "watch posts", sheet, query, limit=limit, is_json=as_json)


@COMMAND.command("ack")
def ack(
    number: Annotated[int, typer.Argument(help="Number of the alert.")],
) -> None:
    """Acknowledge an alert of a watch list: what comes afterwards is counted anew."""
    known = alerts.acknowledge(options.workspace().database, number, "local")
    output.say(f"{known.number}: {known.name!r} with {known.posts} posts is acknowledged.")


@COMMAND.command("end")
def end(name: Name) -> None:
    """Stop watching. What met the list stays written down as long as the posts are kept."""
    lists.end(options.workspace().database, name, "local")
    output.say(f"{name!r} is ended.")


def _state(watch: WatchList, is_active: bool) -> str:
    if watch.ended_at is not None:
        return f"ended {watch.ended_at:%Y-%m-%d}"
    return "watching" if is_active else "its purpose is over"


def _row(
    watch: WatchList, is_active: bool, by_day: dict[str, int], waiting: list[alerts.WatchAlert]
) -> dict[str, object]:
    open_ = [a for a in waiting if a.name == watch.name]
    return {
        "name": watch.name, "purpose": watch.purpose, "least": watch.least, "days": watch.days,
        "who": watch.who, "since": watch.since, "state": _state(watch, is_active),
        "query": watch.query.to_json(), "by_day": by_day,
        "alert": open_[0].number if open_ else None, "posts": open_[0].posts if open_ else 0,
    }  # fmt: skip
