"""Retention: what was kept long enough goes, and what is gone at its source goes too.

An irrelevant post is kept for the recheck window, its source's own where the registry names
one, and never longer than a relevant one; no post is kept longer than its platform's terms allow;
all count from `collected`. After the recheck window an article is cut to an excerpt. Then posts
are asked whether they are still public, unless the vault is off.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from base.time import now
from collectors.http import Http, Limits
from collectors.http.trust import trust
from monitor import permits, pipeline
from monitor.retention import rechecking, shortening
from monitor.retention.overdue import Overdue, overdue
from monitor.retention.rechecking import Rechecked
from monitor.workspace import Workspace
from store import expiry, upkeep

_TRIES = 2  # the next day tries again


@dataclass(frozen=True)
class Retained:
    """What went, and what asking brought; `rechecked` is None where the vault is off.

    shortened: articles of which an excerpt is left. overdue: by platform, posts that were not
    seen to be still public within the days its terms set.
    """

    dropped: upkeep.Taken
    keys: int
    rechecked: Rechecked | None
    shortened: int = 0
    overdue: Sequence[Overdue] = ()

    def rows(self) -> list[dict[str, str | int]]:
        """One row a number: what, why, posts (author keys: keys)."""
        found = [("dropped", "irrelevant", self.dropped.irrelevant),
                 ("dropped", "expired", self.dropped.expired),
                 ("dropped", "forgotten", self.dropped.forgotten),
                 ("shortened", "articles", self.shortened),
                 ("destroyed", "author keys", self.keys)]  # fmt: skip
        told = self.rechecked
        if told is not None:
            found += [("due", "", told.due), ("asked", "", told.asked),
                      ("asked", "still public", told.there),
                      ("dropped", upkeep.GONE, told.gone)]  # fmt: skip
            for what, reasons in (("unknown", told.unknown), ("skipped", told.skipped),
                                  ("held back", told.suspicious)):  # fmt: skip
                found += [(what, why, count) for why, count in reasons.items()]
        found += [("overdue", late.platform, late.posts) for late in self.overdue]
        return [{"what": what, "why": why, "count": count} for what, why, count in found]


@dataclass(frozen=True)
class _Ends:
    """Posts collected before these moments go; of_source: by (home, source)."""

    irrelevant: datetime
    relevant: datetime
    of_source: Mapping[tuple[str, str], datetime]
    of_platform: Mapping[str, datetime]


def retain(
    workspace: Workspace,
    *,
    http: Http | None = None,
    limit: int | None = None,
    believed: Sequence[str] = (),
    tell: Callable[[str], None] = lambda _: None,
) -> Retained:
    """Drop, destroy old author keys, ask at most `limit` posts. Safe to repeat and to kill.

    believed: hosts whose answers count even if nearly everything there is gone.
    """
    done = drop(workspace, now())
    pipeline.refresh(workspace, forget=True)
    rechecked = None
    if workspace.settings.store_vault != "off":
        settings = workspace.settings
        limits = Limits(total=settings.collectors_timeout, tries=_TRIES)
        with http or Http(limits=limits, tls=trust(settings.collectors_ca)) as client:
            rechecked = rechecking.recheck(
                workspace, client, limit=limit, believed=believed, tell=tell
            )
    return replace(done, rechecked=rechecked, overdue=overdue(workspace, now()))


def drop(workspace: Workspace, at: datetime) -> Retained:
    """Drop what was forgotten or kept long enough, and old author keys; nobody is asked.

    Stories, coverage and the index are the caller's to bring up to date.
    """
    ends = _ends(workspace, at)
    # before what is dropped, for the vacuum that takes the old files away comes with that
    shortened = shortening.shorten(workspace, ends.irrelevant, ends.of_source)
    dropped = upkeep.expire(
        workspace.lake, irrelevant_before=ends.irrelevant, relevant_before=ends.relevant,
        of_source=ends.of_source, of_platform=ends.of_platform, at=at,
    )  # fmt: skip
    return Retained(dropped, len(workspace.keys.destroy_old(at)), None, shortened)


def forecast(workspace: Workspace, limit: int | None = None) -> Retained:
    """What `retain` would drop and ask now. Nothing is changed, opened or asked."""
    ends = _ends(workspace, now())
    with workspace.lake.lock.shared():
        irrelevant = expiry.irrelevant(
            workspace.lake, ends.irrelevant, ends.of_source, ends.of_platform
        ).num_rows
        expired = expiry.relevant(workspace.lake, ends.relevant, ends.of_platform).num_rows
    is_off = workspace.settings.store_vault == "off"
    rechecked = None if is_off else rechecking.forecast(workspace, limit)
    return Retained(
        upkeep.Taken(expired=expired, irrelevant=irrelevant), 0, rechecked,
        shortening.due(workspace, ends.irrelevant, ends.of_source),
        overdue(workspace, now()),
    )  # fmt: skip


def _ends(workspace: Workspace, at: datetime) -> _Ends:
    settings = workspace.settings
    longest = settings.monitor_retention_days

    def end(days: int) -> datetime:
        return at - timedelta(days=min(days, longest))

    of_source = {
        (home.code, source): end(days)
        for home in workspace.registry.homes.values()
        for source, days in home.recheck_days.items()
    }
    kept = permits.keep_days(workspace.registry.platforms)
    of_platform = {code: end(days) for code, days in kept.items()}
    return _Ends(end(settings.monitor_recheck_days), end(longest), of_source, of_platform)
