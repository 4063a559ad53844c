"""Which questions a city's volume of posts can answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Annotated, Any

import typer

from analysis.forecast import LEAST_DAYS, Outlook, said
from analysis.release import Tier
from monitor import forecasting
from monitor.cli import options, output
from monitor.forecasting import Forecast, Line


def forecast(
    cities: Annotated[list[str], typer.Argument(help="City codes; two or more are compared.")],
    as_json: options.Json = False,
) -> None:
    """Which questions the posts collected so far can answer, and which change would be noticed.

    After two weeks of collection; before, what is said is preliminary. For a week, 4 and 13
    weeks: whether a figure will be shown, and the smallest change of a share that would be told
    from chance in four of five times. Only figures that every user may see are used.
    """
    workspace = options.workspace()
    query = options.query(workspace.registry, cities, None, None)
    found = [forecasting.forecast(workspace, workspace.registry.city(c)) for c in query.cities]
    rows = [row for one in found for row in _rows(one, found)]
    workspace.database.log_access(
        "local", "city forecast", purpose=None, view=query.to_json(), rows=len(rows)
    )
    if as_json:
        generation = workspace.index.generation() if rows else None
        output.answer("city forecast", query, Tier.COUNTS, generation, [], rows)
        return
    for one in found:
        _say(one)
    for one, other in combinations(found, 2):
        _compare(one, other)


def _say(found: Forecast) -> None:
    since, until = found.period.since, found.period.until
    if not found.lines:
        output.say(f"{found.city}: nobody has looked yet; {LEAST_DAYS} days are missing.")
        return
    days = f"{found.days:.0f} days looked at between {since} and {until}"
    gaps = f", {found.open_days} between them not" if found.open_days else ""
    mark = f"; PRELIMINARY: {found.missing} more days are missing" if found.is_preliminary else ""
    shown = [line for line in found.lines if line.kind != "district"]
    districts = [line for line in found.lines if line.kind == "district"]
    named = [line for line in districts if line.outlooks[-1].posts is not None]
    columns = ["subject", "#week", "#4 weeks", "#13 weeks"]
    rows = [[line.name, *map(_cell, line.outlooks)] for line in (*shown, *named)]
    output.table(f"{found.city}: {days}{gaps}{mark}", columns, rows)
    before = "Preliminary: " if found.is_preliminary else ""
    for line in shown:
        untested = "" if line.is_measured else " (the model is not tested in its languages yet)"
        output.say(before + said(line.name, line.outlooks) + untested)
    enough = sum(1 for line in districts if line.outlooks[-1].shown == "enough")
    output.say(f"Districts: {enough} of {len(districts)} will have a figure in 13 weeks")


def _cell(of: Outlook) -> str:
    """Expected posts and the smallest change that would be noticed; a word where none is."""
    if of.posts is None or of.shown == "few":
        return {"few": "too few", "unknown": "?"}[of.shown]
    if of.rise is None:
        change = "no change"
    else:
        change = f"±{max(of.rise, of.fall or 0):.0%}" if of.rise <= 1 else f"×{1 + of.rise:.1f}"
    return f"{'≈' if of.shown == 'enough' else 'perhaps '}{of.posts:,}, {change}"


def _compare(one: Forecast, other: Forecast) -> None:
    """Which differences between two cities would be told in 13 weeks."""
    theirs = {(line.kind, line.code): line for line in other.lines}
    for line in one.lines:
        if line.kind == "district" or (line.kind, line.code) not in theirs:
            continue
        least = forecasting.against(line, theirs[line.kind, line.code], "13 weeks")
        if least is not None:
            output.say(
                f"{line.name}: {one.city} and {other.city} can be told apart in 13 weeks when"
                f" their shares differ by {least:.0%} or more"
            )


def _rows(of: Forecast, every: Sequence[Forecast]) -> Iterator[dict[str, Any]]:
    head = {"city": of.city, "days": round(of.days, 1), "missing_days": of.missing,
            "preliminary": of.is_preliminary, "open_days": of.open_days}  # fmt: skip
    for line in of.lines:
        for outlook in line.outlooks:
            told = {
                other.city: forecasting.against(line, match, outlook.period)
                for other in every
                if other.city != of.city and (match := _same(line, other)) is not None
            }
            yield {**head, "kind": line.kind, "code": line.code, "name": line.name,
                   "measured": line.is_measured,
                   **vars(outlook), "against": told}  # fmt: skip


def _same(line: Line, of: Forecast) -> Line | None:
    found = ((o.kind, o.code) == (line.kind, line.code) for o in of.lines)
    return next((o for o, same in zip(of.lines, found, strict=True) if same), None)
