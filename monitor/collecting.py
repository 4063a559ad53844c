"""Collecting: the sources of cities, each from where its cursor stands, errors kept apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib import import_module
from types import ModuleType

import pyarrow.compute as pc

from base.errors import BadInput, UniteError
from base.time import midnight, now, zone
from collectors.collector import Collector, Cursor, Page, Source, Window
from collectors.errors import CollectError
from collectors.http import Http, Limits
from monitor import pipeline
from monitor.pipeline import Look, Taken
from monitor.workspace import Workspace

_FIRST_LOOK = timedelta(days=30)


@dataclass(frozen=True)
class Failed:
    """A source that could not be collected; the others went on."""

    source: Source
    error: UniteError


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
    """One look at each source. A source that fails loses nothing: its cursor stays.

    since, until: moments, or days, which begin at midnight in the source's own city.
    """
    http = http or client(workspace)
    failed: list[Failed] = []
    total = Taken()
    for source in sources:
        window = Window(
            _last_look(workspace, source) if since is None else _begin(since, source),
            now() if until is None else _begin(until, source),
        )
        if window.since >= window.until:
            tell(f"{source.home} {source.code}: looked at already")
            continue
        try:
            found = list(pages(workspace, source, window, http))
            taken = pipeline.take(workspace, [Look(source, window, found)])
        except UniteError as error:
            failed.append(Failed(source, error))
            tell(f"{source.home} {source.code}: {error.what}")
            continue
        tell(f"{source.home} {source.code}: {taken.new} new of {taken.fetched}")
        total += taken
    return total, failed


def pages(
    workspace: Workspace, source: Source, window: Window, http: Http, *, afresh: bool = False
) -> Iterator[Page]:
    """The pages of one look at a source from where its cursor stands, or as if nobody had looked
    before. Raises UniteError."""
    access = workspace.access(source.platform, http)
    state = workspace.database.cursor(source.home, source.code)
    cursor = None if state is None or afresh else Cursor(state)
    collect_from = collector(source)
    try:
        yield from collect_from(source, window, cursor, access)
    except UniteError:
        raise
    except Exception as error:
        # Whatever a platform sends must not stop the other sources; its message may hold a text.
        raise CollectError(
            f"an error in the collector ({type(error).__name__})",
            where=f"source {source.code!r} of city {source.home}",
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
            where=f"source {source.code!r} of city {source.home}",
            hint="export the posts elsewhere and bring them in with `unite import`",
        ) from error


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


def client(workspace: Workspace) -> Http:
    """The HTTP client with the installation's limits."""
    settings = workspace.settings
    limits = Limits(
        total=settings.collectors_timeout, most_bytes=settings.collectors_answer_mb << 20
    )
    return Http(limits=limits)
