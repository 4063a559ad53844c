"""What `unite doctor` looks at; each finding says what it saw and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from base.errors import UniteError
from base.time import now
from monitor import disk, places
from monitor.jobs import troubles
from monitor.jobs.table import Table
from monitor.retention.overdue import overdue
from monitor.sources import alerts
from monitor.sources.health import health
from monitor.sources.verdict import STATES
from monitor.terms.effective import overlay_of
from monitor.versions import versions
from monitor.workspace import Workspace
from store.index import IndexMissing
from taxonomy import taxonomy

_EMPTY = "empty; nothing has been collected yet"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    about: str
    is_well: bool
    says: str


def examine(workspace: Workspace) -> list[Finding]:
    """Every finding; a broken part does not hide the others."""
    return [_tried(about, look, workspace) for about, look in _LOOKS.items()]


def _tried(about: str, look: Callable[[Workspace], str], workspace: Workspace) -> Finding:
    try:
        return Finding(about, True, look(workspace))
    except UniteError as error:
        return Finding(about, False, " · ".join(str(error).split("\n  ")))
    except Exception as error:
        # a library's own message may hold a text: its kind is enough to know what is broken
        said = f"cannot be read ({type(error).__name__}); restore it from a backup"
        return Finding(about, False, said)


def _home(workspace: Workspace) -> str:
    if not workspace.home.exists():  # looking makes nothing
        return "not there yet; the first `unite import` or `unite collect` makes it"
    if workspace.has("keys"):
        _ = workspace.keys
    mode = workspace.home.stat().st_mode & 0o077
    if mode:
        raise UniteError("others may read the home folder", hint=f"chmod 700 {workspace.home}")
    return "there"


def _disk(workspace: Workspace) -> str:
    room = disk.room(workspace.settings)
    if room.is_full:
        raise disk.full(room)
    if room.is_short:
        raise UniteError(
            str(room), expected="UNITE_MONITOR_DISK_GB and UNITE_MONITOR_FREE_GB say how much",
            hint="make room before collecting pauses",
        )  # fmt: skip
    return str(room)


def _jobs(workspace: Workspace) -> str:
    if not workspace.has_database:
        return _EMPTY
    known = Table(workspace.database).states()
    if not known:
        return "none ran yet: unite run, or unite job run"
    found = [(w, t) for w in troubles.of_jobs(workspace, now()) for t in w.troubles]
    if found:
        first, trouble = found[0]
        raise UniteError(
            f"{len(found)} wait; the first: {first.source} {first.home} {trouble.says}",
            hint="unite job list",
        )
    return f"{len(known)} parts of jobs ran"


def _lake(workspace: Workspace) -> str:
    if not workspace.has("lake"):
        return _EMPTY
    files = workspace.lake.files("posts")
    homes = {home for home, _ in files}
    count = sum(len(f) for f in files.values())
    if count > 20 * max(len(files), 1):
        raise UniteError(f"{count} small files", hint="unite retain, when the sources are quiet")
    return f"{len(homes)} cities, {len(files)} months of cities, {count} files"


def _index(workspace: Workspace) -> str:
    if not workspace.has("index"):
        return _EMPTY
    try:
        return f"generation {workspace.index.generation()}"
    except IndexMissing:
        return _EMPTY


def _database(workspace: Workspace) -> str:
    if not workspace.has_database:
        return _EMPTY
    return f"revision {workspace.database.revision()}"


def _cities(workspace: Workspace) -> str:
    registry = workspace.registry
    return (
        f"{len(registry.cities)} cities are known as places, {len(registry.with_sources)} of them "
        "have sources to collect from"
    )


def _taxonomy(workspace: Workspace) -> str:
    overlay = overlay_of(workspace.settings)
    lists, problems = taxonomy.checked(overlay=overlay)
    problems = problems or places.problems(lists, workspace.registry)
    if problems:
        raise UniteError(f"{len(problems)} problems; the first: {problems[0].what}",
                         where=problems[0].where)  # fmt: skip
    states = Counter(map(overlay.state, overlay.changes))
    return ", ".join(["no problem", *(f"{n} changes: {state}" for state, n in states.items())])


def _versions(workspace: Workspace) -> str:
    if not workspace.has("index"):
        return "no posts yet"
    try:
        found = versions(workspace)
    except IndexMissing:
        return "no posts yet"
    if found.others:
        raise UniteError(
            f"{found.others:,} of {sum(found.posts.values()):,} posts were tagged by other word"
            f" lists or rules than the present ones ({found.current})", hint="unite retag",
        )  # fmt: skip
    return f"all posts are tagged by {found.current}"


def _sources(workspace: Workspace) -> str:
    if not workspace.has("lake"):
        return _EMPTY
    found = health(workspace)
    waiting = [a for a in alerts.follow(workspace.database, found) if a.is_open]
    if waiting:
        first = waiting[0]
        raise UniteError(
            f"{len(waiting)} alerts wait; the first: {first.home} {first.source} {first.says}",
            hint="unite alert list",
        )
    counts = Counter(h.state for h in found)
    return ", ".join(f"{counts[s]} {s}" for s in STATES if counts[s]) or "none"


def _quarantine(workspace: Workspace) -> str:
    rows = workspace.database.quarantined() if workspace.has_database else []
    if not rows:
        return "empty"
    shown = "; ".join(f"{n} × {reason} ({home} {source})" for home, source, reason, n in rows[:5])
    return f"{sum(r[3] for r in rows)} items: {shown}"


def _terms(workspace: Workspace) -> str:
    late = overdue(workspace, now())
    if late:
        raise UniteError(
            "; ".join(map(str, late)),
            expected="each post asked within the days of delete_within in data/platforms.toml",
            hint="unite retain says why; a key, a higher UNITE_MONITOR_RECHECK_POSTS or a shorter "
            "UNITE_MONITOR_RETENTION_DAYS brings it down",
        )
    return "no post is overdue to be asked whether it is still public"


_LOOKS: dict[str, Callable[[Workspace], str]] = {
    "home": _home,
    "disk": _disk,
    "lake": _lake,
    "index": _index,
    "database": _database,
    "jobs": _jobs,
    "cities": _cities,
    "taxonomy": _taxonomy,
    "versions": _versions,
    "sources": _sources,
    "quarantine": _quarantine,
    "terms": _terms,
}
