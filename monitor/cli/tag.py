"""Tag texts without storing anything."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from base.errors import BadInput
from monitor import tag_stream
from monitor.entering import effective
from monitor.settings import load


def COMMAND(
    file: Annotated[
        str, typer.Argument(help="CSV, NDJSON or Parquet; - is NDJSON on stdin.")
    ] = "-",
    out: Annotated[Path | None, typer.Option(help="File to write; stdout without it.")] = None,
    city: Annotated[str | None, typer.Option(help="City the posts belong to.")] = None,
) -> None:
    """Scrub and tag texts, touching no store: NDJSON lines in the order read.

    Lines are {"id", "text", "lang"?}. Without --city a post is relevant whatever city it is about.
    """
    settings = load()
    registry = effective.registry(settings)
    home = None if city is None else registry.city(city).code
    posts = tag_stream.read(sys.stdin.buffer if file == "-" else Path(file))
    tagged = tag_stream.tag(posts, settings, registry, home)
    if out is None:
        tag_stream.write(tagged, sys.stdout.buffer)
        return
    try:
        tag_stream.write_file(tagged, out)
    except OSError as error:
        raise BadInput(f"cannot be written ({error.strerror})", where="--out") from error
