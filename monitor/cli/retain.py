"""Drop what has been kept long enough, and what is no longer public."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import typer

from base.errors import UniteError
from monitor.cli import options, output
from monitor.retention import retaining
from monitor.retention.rechecking import Rechecked
from monitor.retention.retaining import Retained


def COMMAND(
    limit: Annotated[
        int | None,
        typer.Option(min=0, help="Posts asked at most in this run; without it, all that are due."),
    ] = None,
    yes_gone: Annotated[
        list[str] | None,
        typer.Option(
            metavar="HOST",
            help="Host that removed nearly all its posts and may be believed; may repeat.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only count; drop nothing and ask nobody.")
    ] = False,
    as_json: options.Json = False,
) -> None:
    """Drop irrelevant posts after their source's recheck window and relevant ones after the
    retention time, both earlier where the platform's terms ask for it, then ask kept posts at
    their source, those first whose time is up first: what is gone there is forgotten here.

    Also cuts old articles to excerpts, replays what was forgotten and destroys author keys whose
    month is over. Says how many posts were not seen to be still public within the days that their
    platform's terms set. Asks nobody when UNITE_STORE_VAULT is off.
    """
    workspace = options.workspace()
    if dry_run:
        done = retaining.forecast(workspace, limit)
    else:
        done = retaining.retain(workspace, limit=limit, believed=yes_gone or (), tell=output.say)
    if as_json:
        output.answer("retain", None, None, None, (), done.rows())
    else:
        _say(done, dry_run)
    if done.rechecked is not None and done.rechecked.suspicious:
        hosts = done.rechecked.suspicious
        raise UniteError(
            f"{sum(hosts.values())} posts were kept although their hosts say they are gone",
            where=", ".join(hosts),
            expected="a host at which most posts still stand; this one may have moved or be broken",
            hint=f"look at it; if it is so, unite retain --yes-gone {next(iter(hosts))}",
        )


def _say(done: Retained, dry_run: bool) -> None:
    went = done.dropped
    if dry_run:
        output.say(f"{went.irrelevant} irrelevant and {went.expired} expired posts would go.")
    else:
        output.say(
            f"{went.irrelevant} irrelevant and {went.expired} expired posts dropped, "
            f"{went.forgotten} forgotten again, {done.keys} author keys destroyed."
        )
    if done.shortened:
        output.say(f"{done.shortened} articles {'would be ' if dry_run else ''}cut to excerpts.")
    told = done.rechecked
    if told is None:
        output.say("Nobody was asked whether posts are still public: UNITE_STORE_VAULT is off.")
    elif dry_run:
        output.say(f"{told.due} posts would be asked whether they are still public.")
    else:
        output.say(_asked(told))
    for what, reasons in () if told is None else (("Unknown", told.unknown),
                                                  ("Not asked", told.skipped)):  # fmt: skip
        if reasons:
            output.say(f"{what}: {_list(reasons)}.")
    for late in done.overdue:
        output.say(f"Overdue: {late}.")


def _asked(told: Rechecked) -> str:
    return (
        f"{told.asked} posts asked: {told.there} still public, {told.gone} gone and forgotten, "
        f"{sum(told.unknown.values())} unknown."
    )


def _list(reasons: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {why}" for why, count in reasons.items())
