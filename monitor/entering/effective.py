"""The registry of one installation: what ships and its own changes.

UNITE_HOME/registry says what an installation adds, changes and retires. A change that is wrong
stops whoever reads the registry, unless UNITE_MONITOR_REGISTRY_LENIENT is set.
"""

from __future__ import annotations

from pathlib import Path

from base import log
from monitor import cities
from monitor.cities import Registry
from monitor.entering import overlay
from monitor.entering.overlay import Overlay
from monitor.settings import Settings


def folder(settings: Settings) -> Path:
    """Where the installation's changes stand; it need not be there."""
    return settings.home / "registry"


def overlay_of(settings: Settings) -> Overlay:
    """The installation's changes."""
    return overlay.read(folder(settings))


def registry(settings: Settings) -> Registry:
    """The registry that counts. Raises BadInput with file and key."""
    own = overlay_of(settings)
    if not (own.changes or own.problems):
        return cities.load()
    found = cities.load(overlay=own, lenient=settings.monitor_registry_lenient)
    for problem in found.left_out:
        log.say(f"unite: left out: {problem}", level="warning")
    return found


def stamp(settings: Settings) -> int:
    """Changes whenever a change is made or undone; 0 before the first."""
    try:
        return folder(settings).stat().st_mtime_ns
    except OSError:
        return 0
