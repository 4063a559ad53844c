"""Posts to a file, with a manifest."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor import exporting
from monitor.cli import options, output


def COMMAND(
    out: Annotated[Path, typer.Option(help="File to write: .parquet, .csv or .ndjson.")],
    cities: options.Cities = None,
    since: options.Since = None,
    until: options.Until = None,
    area: options.Areas = None,
    platform: options.Platforms = None,
    language: options.Languages = None,
    where: options.Filter = None,
    purpose: options.PurposeName = None,
) -> None:
    """Export posts that match, with a manifest beside the file. Needs --purpose; is logged.

    Text and ids leave only where the platform's terms allow it; the manifest says which did.
    """
    workspace = options.workspace()
    query = options.query(
        workspace.registry, cities, since, until,
        area=area, platform=platform, language=language, where=where,
    )  # fmt: skip
    sheet = options.purpose(workspace, purpose, query.cities, action="export")
    query = options.permitted(workspace, sheet, query)
    done = exporting.export(workspace, query, sheet, out)
    workspace.database.log_access(
        "local", "export", purpose=sheet.name, view=query.to_json(), rows=done.rows
    )
    output.say(f"{done.rows:,} posts written, {done.without_text:,} of them without text.")
