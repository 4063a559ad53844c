"""For whom the clock and Airflow collect: the purpose sheet that the settings name."""

from __future__ import annotations

from collections.abc import Sequence

from base.errors import NotAllowed
from base.time import now
from collectors.collector import Source
from monitor import permits, purposes
from monitor.purposes import Purpose
from monitor.workspace import Workspace


def sheet(workspace: Workspace, home: str | None = None) -> Purpose:
    """The sheet, which holds today, and for this home. Raises NotAllowed."""
    name = workspace.settings.monitor_purpose
    if name is None:
        raise NotAllowed(
            "nothing is collected, for no purpose is named",
            expected="UNITE_MONITOR_PURPOSE, the name of a purpose sheet",
            hint="unite purpose add --help",
        )
    homes = None if home is None else [home]
    found = purposes.require(
        workspace.home / "purposes", name, homes, now().date(), action="collect"
    )
    permits.check_agreements(workspace.registry.platforms, found)
    return found


def allowed(workspace: Workspace, found: Purpose, sources: Sequence[Source]) -> list[Source]:
    """The sources that the purpose may look at. Raises NotAllowed where there is none."""
    kept, refused = permits.sources(workspace.registry.platforms, found, sources)
    if refused and not kept:
        raise next(iter(refused.values()))
    return kept
