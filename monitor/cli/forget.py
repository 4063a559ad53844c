"""Forget posts for good."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from base.errors import BadInput
from base.time import now
from monitor import pipeline
from monitor.cli import options, output
from monitor.sealing import author_mark
from store import upkeep
from store.vault import Vault

_ID = re.compile(r"[0-9a-fA-F]{32}")


def COMMAND(
    what: Annotated[
        list[str] | None, typer.Argument(help="Addresses of posts, or post ids.")
    ] = None,
    author: Annotated[
        list[str] | None,
        typer.Option(help="platform:handle that must not be collected any more; may repeat."),
    ] = None,
) -> None:
    """Forget posts by address or id: in the lake, its old files and the index; they stay away."""
    given = [w.strip() for w in what or () if w.strip()]
    if not given and not author:
        raise BadInput("nothing to forget", expected="addresses or ids of posts, or --author")
    workspace = options.workspace()
    vault = Vault(workspace.keys.vault)
    handles = [a.partition(":")[::2] for a in author or ()]
    for platform, handle in handles:
        if not handle.strip():
            raise BadInput("no handle", where="--author", expected="platform:handle")
        workspace.registry.platform(platform)
    ids = [w.lower() for w in given if _ID.fullmatch(w)]
    addresses = [w for w in given if not _ID.fullmatch(w)]
    taken = upkeep.forget(
        workspace.lake,
        ids=ids,
        lookups=[vault.lookup(w) for w in addresses],
        authors=[author_mark(workspace.keys, p, h) for p, h in handles],
        at=now(),
    )
    pipeline.refresh(workspace, forget=True)
    view = {"items": len(given), "authors": len(handles)}
    workspace.database.log_access("local", "forget", purpose=None, view=view, rows=taken.forgotten)
    output.say(
        f"{taken.forgotten} posts forgotten. What was named ({len(ids)} ids, {len(addresses)} "
        f"addresses, {len(handles)} authors) will not come in again."
    )
