"""Bring posts from files into the monitor."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from base.errors import UniteError, unknown
from collectors.files import parse_columns
from monitor import importing, pipeline
from monitor.cli import options, output
from monitor.look import Look
from monitor.sealing import AUTHOR_RULES
from store.schema import VOICES


def COMMAND(
    files: Annotated[list[Path], typer.Argument(help="CSV, NDJSON, JSON or Parquet; .gz too.")],
    city: Annotated[str, typer.Option(help="City the posts belong to.")],
    format_: Annotated[
        str,
        typer.Option(
            "--format",
            help="auto, the shape of an export (4cat, zeeschuimer …), or lines: one text a line.",
        ),
    ] = "auto",
    columns: Annotated[
        str,
        typer.Option(
            help="Which column holds what: text=body,created=date; native_id= for none; "
            "in a file without header by place, text=2."
        ),
    ] = "",
    platform: Annotated[str | None, typer.Option(help="Platform of all posts.")] = None,
    source: Annotated[str | None, typer.Option(help="Source code; default import-….")] = None,
    voice: Annotated[str, typer.Option(help="Who speaks: " + ", ".join(VOICES) + ".")] = "personal",
    encoding: Annotated[str | None, typer.Option(help="When it is not UTF-8: cp1252 …")] = None,
    authors: Annotated[
        str,
        typer.Option(help="Posts without author: `source` (one person) or `one-per-post`."),
    ] = "source",
    engine: options.Engine = "process",
) -> None:
    """Import posts from files: scrubbed and tagged in memory, then merged; nothing twice."""
    for kind, value, allowed in (("voice", voice, VOICES), ("rule", authors, AUTHOR_RULES)):
        if value not in allowed:
            raise unknown(kind, value, allowed)
    workspace = options.workspace()
    wanted = importing.Import(
        city=city,
        shape=format_,
        columns=parse_columns(columns),
        platform=platform,
        source=source,
        voice=voice,
        encoding=encoding,
        author_rule=authors,
    )
    failed: list[UniteError] = []

    def spare(_: Look, error: UniteError) -> None:
        failed.append(error)

    if options.engine(engine) == "spark":
        from monitor.spark import back_fill

        taken = back_fill.take(workspace, files, wanted, spare)
    else:
        looks = importing.looks(workspace, files, wanted)
        taken = pipeline.take(workspace, looks, spare=spare)
    if len(failed) < len(files) or taken.fetched:  # also of a file that broke off late
        pipeline.refresh(workspace)
        output.taken(taken)
    if len(files) == 1 and failed:
        raise failed[0]
    if failed:
        for error in failed:
            output.say(f"unite: {error}")
        raise UniteError(
            f"{len(failed)} of {len(files)} files could not be imported; the others were",
            hint="mend them and import them again; nothing comes in twice",
        )
