"""Cities side by side, area by area."""

from __future__ import annotations

from typing import Annotated

import typer

from analysis.compare import Row
from analysis.elsewhere import Elsewhere
from analysis.release import Tier
from base.errors import unknown
from monitor import questions
from monitor.cli import options, output

_SAYS = {"few": "too few", "zero": "none", "no_data": "no data", "unmeasured": "unmeasured"}


def COMMAND(
    cities: options.Cities = None,
    since: options.Since = None,
    until: options.Until = None,
    area: options.Areas = None,
    platform: options.Platforms = None,
    language: options.Languages = None,
    where: options.Filter = None,
    base: Annotated[
        str | None, typer.Option(help="Shares of all posts `seen` or of `relevant` ones.")
    ] = None,
    purpose: options.PurposeName = None,
    as_json: options.Json = False,
) -> None:
    """Compare cities by integration area: shares with intervals, bases, coverage.

    Without a period: the last whole 13 weeks. With --purpose: exact figures, any filter.
    """
    workspace = options.workspace()
    query = options.query(
        workspace.registry, cities, since, until,
        area=area, platform=platform, language=language, where=where,
    )  # fmt: skip
    if base not in (None, "seen", "relevant"):
        raise unknown("base", base or "", ("seen", "relevant"))
    tier = Tier.COUNTS
    if purpose is not None:
        options.purpose(workspace, purpose, query.cities, action="compare")
        tier = Tier.POSTS
    found = questions.compare_cities(workspace, query, tier, base)  # type: ignore[arg-type]
    rows = found.comparison.rows
    workspace.database.log_access(
        "local", "compare", purpose=purpose, view=found.query.to_json(), rows=len(rows)
    )
    output.mixed(workspace, found.tagger)
    for city, note in found.notes:
        output.say(f"{city}: {note}")
    broken = questions.breaks_of(workspace, found.query)
    if as_json:
        output.answer(
            "compare", found.query, found.tier, found.generation, found.tagger,
            [vars(r) for r in rows], breaks=[vars(b) for b in broken],
        )  # fmt: skip
        return
    title = f"{found.query.since} to {found.query.until}, of {rows[0].base_name} posts"
    columns = ["city", "area", "#share", "#interval", "#posts", "#of", "#coverage", "#sources"]
    output.table(title, columns, [_line(r) for r in rows])
    for city, row in {r.city: r for r in rows if r.state != "no_data"}.items():
        output.say(str(Elsewhere(city, row.from_elsewhere, row.about_elsewhere)))
    output.say(str(found.comparison))
    for one in broken:
        output.say(f"{one.city}, {one.day}: {one}. Figures before and after rest on other sources.")


def _line(row: Row) -> list[str]:
    coverage = [f"{row.coverage:.0%}", str(len(row.sources))]
    if row.share is None or row.low is None or row.high is None:
        base = "" if row.base is None else f"{row.base:,}"
        return [row.city, row.area, _SAYS.get(row.state, ""), "", "", base, *coverage]
    return [
        row.city, row.area, f"{row.share:.1%}", f"{row.low:.1%} – {row.high:.1%}",
        f"{row.posts:,}", f"{row.base:,}", *coverage,
    ]  # fmt: skip
