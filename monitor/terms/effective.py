"""The word lists of one installation: the shipped ones and its reviewed overlay.

One installation has one effective taxonomy (DESIGN §9): UNITE_HOME/taxonomy/overlay.csv says
what it changes. Rows that are wrong stop whoever tags, unless UNITE_TAXONOMY_LENIENT is set.
"""

from __future__ import annotations

from pathlib import Path

from base import log
from monitor.settings import Settings
from taxonomy import compiled, overlay
from taxonomy.overlay import Overlay
from taxonomy.taxonomy import SHIPPED, Taxonomy

_MOST_TOLD = 20


def overlay_path(settings: Settings) -> Path:
    """Where the installation's changes stand; the file need not be there."""
    return settings.home / "taxonomy" / "overlay.csv"


def overlay_of(settings: Settings) -> Overlay:
    """The installation's changes."""
    return overlay.read(overlay_path(settings), settings.taxonomy_reviewers)


def effective(settings: Settings) -> Taxonomy:
    """What posts are tagged with. Raises BadInput with file and line."""
    return compiled.load(
        SHIPPED,
        settings.nlp_cache,
        overlay=overlay_of(settings),
        lenient=settings.taxonomy_lenient,
    )


def tell_left_out(lists: Taxonomy) -> None:
    """Say on stderr which rows of the lists are not used."""
    for line in lists.left_out[:_MOST_TOLD]:
        log.say(f"unite: left out: {line}", level="warning")
    if lists.left_out:
        log.say(f"unite: {len(lists.left_out)} problems of the word lists; the rest is used"
                " (`unite taxonomy check` lists them).", level="warning")  # fmt: skip
