"""Single posts, scrubbed, for those who hold a purpose."""

from __future__ import annotations

from typing import Annotated

import typer

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
    output.posts(workspace, "query", sheet, query, limit=limit, is_json=as_json)
