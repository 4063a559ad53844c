"""Single posts, scrubbed, for those who hold a purpose."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from monitor import reading
from monitor.cli import options, output


def COMMAND(
    cities: options.Cities = None,
    since: options.Since = None,
    until: options.Until = None,
    text: Annotated[
        str, typer.Option(help='Words, "phrases" and beginnings*; all must match.')
    ] = "",
    area: options.Areas = None,
    platform: options.Platforms = None,
    language: options.Languages = None,
    where: options.Filter = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many posts.")] = 20,
    purpose: options.PurposeName = None,
    as_json: options.Json = False,
) -> None:
    """List posts, newest first, with what they matched. Needs --purpose; is logged.

    Of articles an excerpt is shown. Platforms whose terms exclude the purpose are left out.
    """
    workspace = options.workspace()
    query = options.query(
        workspace.registry, cities, since, until,
        text=[text] if text else None, area=area, platform=platform, language=language,
        where=where,
    )  # fmt: skip
    sheet = options.purpose(workspace, purpose, query.cities, action="query")
    query = options.permitted(workspace, sheet, query)
    posts = reading.posts(workspace, query, limit=limit)
    workspace.database.log_access(
        "local", "query", purpose=sheet.name, view=query.to_json(), rows=len(posts)
    )
    taggers = sorted({p["tagger"] for p in posts})
    output.mixed(workspace, taggers)
    if as_json:
        output.answer("query", query, "posts", workspace.index.generation(), taggers, posts)
        return
    columns = ["day", "city", "platform", "terms", "areas, because of", "text"]
    output.table(f"{len(posts)} posts", columns, [_line(p) for p in posts])


def _line(post: dict[str, Any]) -> list[str]:
    text = " ".join(post["text"].split())
    return [
        str(post["day"]), reading.about(post), post["platform"], post["terms_class"],
        reading.because(post), text if len(text) <= 90 else text[:89] + "…",
    ]  # fmt: skip
