"""Every collector against every fault, through the platform's real client library from a server.

What holds for all: an error of the right kind, with the seconds the platform asked for; a message
that names the source and what to do, and no word, key or name of what was answered; and when the
fault is over, the next look brings exactly the whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from looks import NOW, client, gives
from platform_hosts import KEY, PLACES, Place, breaks_off, settings, standing, strike

from base.errors import Terminal, Transient, UniteError
from base.text import nfc
from collectors.collector import Page, Window
from collectors.errors import AccessRefused, CollectError, RateLimited, Unreachable, WrongShape
from collectors.youtube import api as youtube_api
from monitor import collecting
from monitor.settings import Settings
from monitor.tables import CURSORS
from monitor.workspace import Workspace

pytestmark = pytest.mark.unit
HOUR = timedelta(hours=1)
WEEK = Window(NOW - timedelta(days=6), NOW)
NEXT = Window(NOW, NOW + 3 * HOUR)
SAID = {
    "error": "Erna Erfunden", "message": f"Erna Erfunden sagt {KEY}", "detail": "@erna.example",
    "title": "Erna Erfunden", "errors": ["Erna Erfunden"],
}  # fmt: skip
UNTOLD = ("Erna", "Erfunden", KEY, "erna.example", "Beitrag", "wohnungssuche", "konto.example")

PLATFORM = pytest.mark.parametrize("platform", PLACES)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    found = Workspace(Settings(home=tmp_path_factory.mktemp("home")))
    assert found.database
    return found


@pytest.fixture
def place(platform: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    monkeypatch.setattr(youtube_api, "_used", {})
    with standing(platform) as found:
        yield found


@pytest.fixture
def workspace(place: Place, shared: Workspace) -> Iterator[Workspace]:
    found = Workspace(settings(shared.home, place))
    found.__dict__["database"] = shared.database
    yield found
    with shared.database.connected() as connection:
        connection.execute(sa.delete(CURSORS))


def text_of(number: int) -> str:
    return f"Beitrag {number} der wohnungssuche in wien"


def natives(place: Place, count: int = 0) -> list[Any]:
    """Posts an hour apart, the last an hour ago."""
    count = count or place.many
    return [place.native(n, NOW - HOUR * (count - n + 1), text_of(n)) for n in range(1, count + 1)]


def whole(count: int) -> list[str]:
    return [text_of(n) for n in range(1, count + 1)]


class Kept:
    """What looks brought, and the cursor where each page left it, as if committed at once."""

    def __init__(self, place: Place, workspace: Workspace) -> None:
        self.place, self.workspace = place, workspace
        self.pages: list[Page] = []

    def look(
        self, window: Window = WEEK, now: datetime | None = None, **limits: float
    ) -> list[Page]:
        """One look; its pages are kept as they come, also before it fails."""
        source, begun = self.place.source, len(self.pages)
        with client(now=now or window.until, **limits) as http:
            for page in collecting.pages(self.workspace, source, window, http):
                self.pages.append(page)
                if page.cursor is not None:
                    self.workspace.database.commit_cursor(
                        source.home, source.code, dict(page.cursor.state)
                    )
        return self.pages[begun:]


@pytest.fixture
def kept(place: Place, workspace: Workspace) -> Kept:
    return Kept(place, workspace)


def texts(pages: list[Page]) -> list[str]:
    return [t for page in pages for t in page.items["text"].to_pylist()]


FAULTS: dict[str, tuple[Any, type[CollectError]]] = {
    "401": (gives(401, SAID), AccessRefused),
    "403": (gives(403, SAID), AccessRefused),
    "500": (gives(500, SAID), Unreachable),
    "503": (gives(503, b"<html>Erna Erfunden</html>"), Unreachable),
    "slow body": (breaks_off(hangs=True), Unreachable),
    "cut body": (breaks_off(hangs=False), Unreachable),
    "a web page": (gives(200, b"<!doctype html><html>Erna Erfunden</html>"), WrongShape),
    "another shape": (None, WrongShape),
}


@PLATFORM
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_and_nothing_is_lost_or_doubled(
    place: Place, kept: Kept, fault: str
) -> None:
    way, kind = FAULTS[fault]
    place.show(natives(place))
    over = strike(place, way or gives(200, place.other))
    with pytest.raises(kind) as caught:
        kept.look(**({"read": 0.3} if fault == "slow body" else {}))
    is_told_well(place, caught.value)
    over()
    again = texts(kept.look())
    assert len(again) == len(set(again))
    assert sorted({*texts(kept.pages)}) == sorted(whole(place.many))


def is_told_well(place: Place, error: UniteError) -> None:
    """What, where, what to do; for an odd answer what was expected; nothing of the answer."""
    said = str(error)
    assert error.where == f"source '{place.platform}-wien' of city wien", said
    assert error.hint, said
    assert error.expected or not isinstance(error, WrongShape), said
    assert not [word for word in UNTOLD if word in said]
    assert isinstance(error, Terminal) != isinstance(error, Transient)
    if isinstance(error, AccessRefused):
        assert f"docs/sources.md#{place.platform}" in said


@PLATFORM
@pytest.mark.parametrize("hours", [0, 5, -5])
def test_asked_to_wait_the_seconds_are_the_platforms_own_whatever_its_clock(
    place: Place, kept: Kept, hours: int
) -> None:
    """hours: how far the server's clock is ahead of ours."""
    place.show(natives(place))
    place.host.date = NOW + HOUR * hours
    over = strike(place, gives(429, SAID, **place.reset(place.host.date)))
    with pytest.raises(RateLimited) as caught:
        kept.look()
    assert caught.value.retry_after == pytest.approx(600, abs=1)
    is_told_well(place, caught.value)
    over()
    kept.look()
    assert sorted({*texts(kept.pages)}) == sorted(whole(place.many))


@PLATFORM
def test_a_changed_field_costs_its_item_alone(place: Place, kept: Kept) -> None:
    given = natives(place, 5)
    given[2] = place.spoil(given[2])
    place.show(given)
    pages = kept.look()
    assert texts(pages) == [t for t in whole(5) if t != text_of(3)]
    (rejected,) = [r for page in pages for r in page.rejected]
    assert not [word for word in UNTOLD if word in rejected.reason]


@PLATFORM
def test_the_item_at_which_a_look_ended_may_be_deleted(place: Place, kept: Kept) -> None:
    given = natives(place)
    place.show(given)
    kept.look()
    later = place.native(place.many + 1, NOW + HOUR, text_of(place.many + 1))
    place.show([*given[:-1], later])
    found = texts(kept.look(NEXT))
    assert found[-1] == text_of(place.many + 1)
    assert len(found) == len(set(found))
    assert sorted({*texts(kept.pages)}) == sorted(whole(place.many + 1))


@PLATFORM
def test_pages_that_show_everything_twice_double_nothing(place: Place, kept: Kept) -> None:
    given = natives(place)
    place.show([n for native in given for n in (native, native)])
    assert texts(kept.look()) == whole(place.many)


@PLATFORM
def test_what_is_dated_in_the_future_comes_once_and_hides_nothing(place: Place, kept: Kept) -> None:
    """The clock of an author or of a server is two hours ahead, another's years."""
    given = natives(place, 20)
    ahead = place.native(21, NOW + 2 * HOUR, text_of(21))
    never = place.native(22, NOW + timedelta(days=900), "kommt nie in wien")
    place.show([*given, ahead, never])
    first = texts(kept.look())
    assert [t for t in first if t in whole(20)] == whole(20)
    place.show([*given, ahead, place.native(23, NOW + HOUR, text_of(23)), never])
    second = texts(kept.look(NEXT))
    assert len(first) == len(set(first))
    assert len(second) == len(set(second))
    found = {*first, *second} - {"kommt nie in wien"}
    assert found == {*whole(21), text_of(23)}


@PLATFORM
@pytest.mark.parametrize(
    "text",
    [
        "مرحبا بكم في \u2067wien\u2069، أبحث عن شقة",
        "wien \u202eשלום\u202c und \u200fעולם\u200e, \u061cسلام",
        "wien " + "Wohnung " * 6_250,
    ],
    ids=["right to left", "bidi marks", "50,000 characters"],
)
def test_words_come_as_they_were_written(place: Place, kept: Kept, text: str) -> None:
    place.show([place.native(1, NOW - HOUR, text)])
    assert [t.strip() for t in texts(kept.look())] == [nfc(text).strip()]


@PLATFORM
def test_a_clock_that_is_slow_loses_nothing(place: Place, kept: Kept) -> None:
    """What is written after a look carries a date before its end."""
    given = natives(place)
    place.show(given)
    kept.look()
    late = place.native(place.many + 1, NOW - timedelta(minutes=45), text_of(place.many + 1))
    place.show([*given, late])
    assert text_of(place.many + 1) in texts(kept.look(NEXT))
