"""Forget posts for good."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from base.time import now
from monitor import pipeline
from monitor.cli import options, output
from monitor.sealing import author_mark
from store import upkeep
from store.vault import Vault

_ID = re.compile(r"[0-9a-f]{32}")


def COMMAND(
    what: Annotated[list[str], typer.Argument(help="Addresses of posts, or post ids.")],
    author: Annotated[
        list[str] | None,
        typer.Option(help="platform:handle that must not be collected any more; may repeat."),
    ] = None,
) -> None:
    """Forget posts by address or id: in the lake, its old files and the index; they stay away."""
    workspace = options.workspace()
    vault = Vault(workspace.keys.vault)
    handles = [a.partition(":")[::2] for a in author or ()]
    for platform, _ in handles:
        workspace.registry.platform(platform)
    taken = upkeep.forget(
        workspace.lake,
        ids=[w for w in what if _ID.fullmatch(w)],
        lookups=[vault.lookup(w) for w in what if not _ID.fullmatch(w)],
        authors=[author_mark(workspace.keys, p, h) for p, h in handles],
        at=now(),
    )
    pipeline.refresh(workspace, forget=True)
    view = {"items": len(what), "authors": len(handles)}
    workspace.database.log_access("local", "forget", purpose=None, view=view, rows=taken.forgotten)
    output.say(f"{taken.forgotten} posts forgotten; {len(what)} entries will not come back.")
