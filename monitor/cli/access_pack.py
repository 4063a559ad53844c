"""The annex of a request for a platform's data."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from base.errors import BadInput
from monitor import access_pack
from monitor.cli import options, output


def COMMAND(
    purpose: options.PurposeName = None,
    platform: Annotated[
        list[str] | None,
        typer.Option(help="Platform whose data are asked for; may repeat. None means each that "
                     "Article 40 is known to bind."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder to write one Markdown file a platform to.")
    ] = None,
    as_json: options.Json = False,
) -> None:  # fmt: skip
    """Draft the annex of a researcher's data access request (DSA, Article 40(4) and 40(12)).

    From the purpose sheet, the sources, the platforms' terms and the settings; what is missing is
    marked for the applicant to fill in. Reads no post and sends nothing.
    """
    workspace = options.workspace()
    sheet = options.purpose(workspace, purpose, None, action="access-pack")
    documents = access_pack.draft(workspace, sheet, platform or ())
    if out is not None:
        _write(out, documents)
    if as_json:
        rows = [{"platform": code, "text": text} for code, text in documents.items()]
        output.answer("access-pack", None, None, None, (), rows)
    elif out is None:
        sys.stdout.write("\n".join(documents.values()))
    else:
        output.say(f"{len(documents)} drafts in {out}; look for 'to be filled in'.")


def _write(folder: Path, documents: dict[str, str]) -> None:
    there = [code for code in documents if (folder / f"{code}.md").exists()]
    if there:
        raise BadInput(
            f"{there[0]}.md is there already", where="--out", hint="choose another folder"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for code, text in documents.items():
            (folder / f"{code}.md").write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput(
            f"the drafts cannot be written ({error.strerror or 'the disk refused'})", where="--out"
        ) from error
