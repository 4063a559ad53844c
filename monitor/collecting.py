"""Collecting: the sources of cities, each from where its cursor stands, errors kept apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from importlib import import_module
from types import ModuleType

import pyarrow.compute as pc

from base.errors import BadInput, UniteError
from base.time import midnight, now, zone
from collectors.collector import Collector, Cursor, Page, Source, Window
from collectors.errors import CollectError, NoKey
from collectors.http import Http, Limits
from collectors.http.trust import trust
from collectors.telling import tell_source
from monitor import disk, pipeline
from monitor.pipeline import Look, Taken
from monitor.sources import failures, quotas
from monitor.workspace import Workspace

_FIRST_LOOK = timedelta(days=30)


@dataclass(frozen=True)
class Failed:
    """A source that could not be collected; the others went on."""

    source: Source
    error: UniteError

    @property
    def is_left_out(self) -> bool:
        """Whether it was not asked at all, for want of a key."""
        return isinstance(self.error, NoKey)


def chosen(workspace: Workspace, cities: Sequence[str], code: str | None) -> list[Source]:
    """The sources of these cities, countries or Europe; of all cities that have some if none is
    named.

    Raises BadInput for one that has none.
    """
    registry = workspace.registry
    codes = list(cities) or registry.with_sources
    for city in codes:
        if not registry.home(city).sources:
            raise BadInput(
                f"{city} has no sources yet",
                where=f"data/cities/{city}.toml",
                expected="at least one [[source]] (data/README.md)",
                available=registry.with_sources,
                hint=f"`unite import FILE --city {city}` brings posts in without one",
            )
    if code is not None:
        return [registry.source(city, code) for city in codes]
    return [s for city in codes for s in registry.home(city).sources]


def collect(
    workspace: Workspace,
    sources: Sequence[Source],
    *,
    since: date | None = None,
    until: date | None = None,
    http: Http | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> tuple[Taken, list[Failed]]:
    """One look at each source, its pages merged as they come.

    A source that fails stops no other and loses nothing: what was merged stays, and the next look
    from the same `since`, or without one, goes on where this one came to.
    since, until: moments, or days, which begin at midnight in the source's own city. A source for
    whose posts there is no room is not looked at, and its window is written down as a gap.
    """
    http = http or client(workspace)
    failed: list[Failed] = []
    total = Taken()
    for source in sources:
        where = f"{source.home} {source.code}"
        window = Window(
            _last_look(workspace, source) if since is None else _going_on(workspace, source, since),
            now() if until is None else _begin(until, source),
        )
        if window.since >= window.until:
            tell(f"{where}: looked at already")
            continue
        room = disk.room(workspace.settings)
        if room.is_full:
            pipeline.mark_gaps(workspace, [(source, window, disk.REASON)])
            failed.append(Failed(source, disk.full(room)))
            tell(f"{where}: not looked at, {disk.REASON}")
            continue
        taken, error = _look(workspace, source, window, http)
        total += taken
        if error is not None:
            failed.append(Failed(source, error))
            if failed[-1].is_left_out:  # nobody gave a key: no fault of the source
                continue
            tell(str(error))
        failures.remember(workspace.database, source, error)
        if error is None or taken.new:
            tell(f"{where}: {taken.new:,} new of {taken.fetched:,}")
    return total, failed


def _look(
    workspace: Workspace, source: Source, window: Window, http: Http
) -> tuple[Taken, UniteError | None]:
    """One look, and the error with which it ended before its time."""
    errors: list[UniteError] = []
    look = Look(source, window, pages(workspace, source, window, http))
    try:
        taken = pipeline.take(workspace, [look], spare=lambda _, error: errors.append(error))
    except UniteError as error:  # of the merge, not of the source
        return Taken(), error
    finally:
        quotas.remember(workspace.database, source.platform, http)
    return taken, next(iter(errors), None)


def pages(
    workspace: Workspace, source: Source, window: Window, http: Http, *, is_trial: bool = False
) -> Iterator[Page]:
    """The pages of one look at a source from where its cursor stands. Raises UniteError.

    is_trial: as if nobody had looked before, and no more than shows that the source answers.
    """
    access = replace(workspace.access(source.platform, http), is_trial=is_trial)
    state = workspace.database.cursor(source.home, source.code)
    cursor = None if state is None or is_trial else Cursor(state)
    collect_from = collector(source)
    try:
        yield from collect_from(source, window, cursor, access)
    except UniteError as error:
        tell_source(error, source)
        raise
    except Exception as error:
        # Whatever a platform sends must not stop the other sources; its message may hold a text.
        raise CollectError(
            f"an error in the collector ({type(error).__name__})",
            where=source.where,
            hint="please report it with the name of the source",
        ) from error


def collector(source: Source) -> Collector:
    """The collector of a source's platform. Raises CollectError where there is none."""
    found: Collector = _module(source).collect
    return found


def check_address(source: Source) -> None:
    """Raises BadInput where the platform's collector cannot read the source's address, and
    CollectError where there is no collector. Nobody is asked."""
    check = getattr(_module(source), "check_address", None)
    if check is not None:
        check(source)


def _module(source: Source) -> ModuleType:
    try:
        return import_module(f"collectors.{source.platform}")
    except ModuleNotFoundError as error:
        raise CollectError(
            f"there is no collector for {source.platform}",
            where=source.where,
            hint="export the posts elsewhere and bring them in with `unite import`",
        ) from error


def _going_on(workspace: Workspace, source: Source, since: date) -> datetime:
    """Where a look that was asked for begins: where the same one broke off, else at its start."""
    begin = _begin(since, source)
    begun, reached = workspace.database.unfinished(source.home, source.code) or (None, begin)
    return reached if begun == begin else begin


def _begin(day: date, source: Source) -> datetime:
    return day if isinstance(day, datetime) else midnight(day, zone(source.time_zone))


def _last_look(workspace: Workspace, source: Source) -> datetime:
    """Where the newest window of the source ends, else 30 days ago."""
    windows = workspace.lake.read("windows", ["home", "source", "until", "reason"])
    mine = windows.filter(
        pc.and_(
            pc.and_(
                pc.equal(windows["home"], source.home), pc.equal(windows["source"], source.code)
            ),
            windows["reason"].is_null(),
        )
    )
    last: datetime | None = pc.max(mine["until"]).as_py()
    return last or now() - _FIRST_LOOK


def client(workspace: Workspace, *, is_research: bool = False) -> Http:
    """The HTTP client with the installation's limits.

    is_research: publishers' reservations of mining do not bind it (`Purpose.research_exception`).
    """
    settings = workspace.settings
    limits = Limits(
        total=settings.collectors_timeout,
        most_bytes=settings.collectors_answer_mb << 20,
        interval=settings.collectors_interval,
    )
    return Http(limits=limits, is_research=is_research, tls=trust(settings.collectors_ca))
