"""Imported once by the server of `warm`: the tagger, and the word lists that the jobs meet."""

from __future__ import annotations

import tempfile
from pathlib import Path

import job

with tempfile.TemporaryDirectory(prefix="unite-warm-") as _home:
    _workspace = job.workspace(Path(_home))
    TAGGER = _workspace.tagger
    for _part in ("north", "south"):
        for _look in job.looks(_workspace, _part):
            for _page in _look.pages:
                TAGGER(_workspace.sealer(_page.items, _look.source, job.AT, "source").posts)
