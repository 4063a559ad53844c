"""An installation's own changes to the registry: they count, are dated, undone and never lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from base.errors import BadInput, UniteError
from base.time import now
from collectors.collector import Window
from monitor import collecting, pipeline, tomls
from monitor.entering import editing, effective, overlay
from monitor.entering.overlay import Change
from monitor.settings import Settings
from monitor.tables import CURSORS
from monitor.workspace import Workspace

pytestmark = pytest.mark.unit
TOWN = {
    "code": "testham", "name": "Testham", "country": "GB", "languages": ["en"],
    "time_zone": "Europe/London", "latitude": 51.0, "longitude": -1.0, "names": ["Testham"],
    "district": [{"code": "north", "name": "North", "city_names": ["North End"]}],
}  # fmt: skip
SOURCE = {
    "code": "gazette", "platform": "feeds", "name": "Gazette", "voice": "media",
    "address": "https://gazette.example/feed", "why": "the paper", "read_at": "its page",
}  # fmt: skip
WHO = {"author": "A. Example", "reason": "we want to know"}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(Settings(home=tmp_path / "home"))


def make(workspace: Workspace, action: str, of: str, city: str, **entry: Any) -> Change:
    return editing.propose(workspace, action, of, city, entry, **WHO)


def test_a_city_of_the_overlay_is_a_city_like_any_other(workspace: Workspace) -> None:
    change = make(workspace, "add", "city", "testham", **TOWN, source=[SOURCE])
    assert (change.number, change.day, change.state) == (1, now().date(), "counts")
    town = Workspace(workspace.settings).registry.city("testham")  # read by another process
    assert (town.name, town.sources[0].home) == ("Testham", "testham")
    assert town.spans["gazette"].since == now().date()
    assert "testham/north" in workspace.registry.places
    assert "testham" in workspace.registry.with_sources


def test_a_retired_source_is_dated_and_known_but_no_longer_collected(workspace: Workspace) -> None:
    first = workspace.registry.city("wien").sources[0].code
    make(workspace, "retire", "source", "wien", source=[{"code": first}])
    wien = workspace.registry.city("wien")
    assert first not in {s.code for s in wien.sources}
    assert first in {s.code for s in wien.retired}
    assert wien.spans[first].until == now().date()
    assert first not in {s.code for s in collecting.chosen(workspace, ["wien"], None)}
    with pytest.raises(BadInput, match="was retired on"):
        make(workspace, "retire", "source", "wien", source=[{"code": first}])


def test_a_source_that_ends_later_is_collected_until_then(workspace: Workspace) -> None:
    first = workspace.registry.city("wien").sources[0].code
    later = now().date() + timedelta(days=3)
    make(workspace, "retire", "source", "wien", source=[{"code": first, "until": later}])
    assert first in {s.code for s in workspace.registry.city("wien").sources}


@pytest.mark.usefixtures("either_database")
def test_a_changed_address_forgets_where_the_old_one_stood(workspace: Workspace) -> None:
    make(workspace, "add", "source", "wien", source=[SOURCE])
    workspace.database.commit_cursor("wien", "gazette", {"etag": "x"})
    make(workspace, "change", "source", "wien", source=[{"code": "gazette", "voice": "political"}])
    assert workspace.database.cursor("wien", "gazette") == {"etag": "x"}
    new = "https://gazette.example/other"
    make(workspace, "change", "source", "wien", source=[{"code": "gazette", "address": new}])
    source = workspace.registry.source("wien", "gazette")
    assert (source.address, source.voice) == (new, "political")
    assert workspace.database.cursor("wien", "gazette") is None
    assert CURSORS.name == "cursors"


def test_a_change_is_undone_and_stays_in_the_history(workspace: Workspace) -> None:
    make(workspace, "add", "city", "testham", **TOWN)
    make(workspace, "add", "source", "testham", source=[SOURCE])
    with pytest.raises(BadInput, match="no city 'testham'") as error:
        editing.undo(workspace, 1, "B. Example")
    assert "undo that first" in (error.value.hint or "")
    editing.undo(workspace, 2, "B. Example")
    assert workspace.registry.city("testham").sources == ()
    editing.undo(workspace, 1, "B. Example")
    assert "testham" not in workspace.registry.cities
    kept = effective.overlay_of(workspace.settings).changes
    assert [(c.number, c.state, c.undone_by) for c in kept] == [
        (1, "undone", "B. Example"), (2, "undone", "B. Example"),
    ]  # fmt: skip
    with pytest.raises(BadInput, match="undone by B"):
        editing.undo(workspace, 1, "B. Example")
    assert make(workspace, "add", "city", "testham", **TOWN).number == 3


def test_what_was_looked_at_is_retired_and_not_undone(workspace: Workspace) -> None:
    make(workspace, "add", "source", "wien", source=[SOURCE])
    source = workspace.registry.source("wien", "gazette")
    window = Window(now() - timedelta(days=2), now())
    pipeline.take(workspace, [pipeline.Look(source, window, [])])
    with pytest.raises(BadInput, match="looked at already") as error:
        editing.undo(workspace, 1, "B. Example")
    assert "retire" in (error.value.hint or "")
    make(workspace, "retire", "source", "wien", source=[{"code": "gazette"}])
    editing.undo(workspace, 2, "B. Example")  # the retirement is
    assert "gazette" in {s.code for s in workspace.registry.city("wien").sources}


@pytest.mark.parametrize(
    ("action", "of", "city", "entry", "said"),
    [
        ("add", "city", "wien", TOWN, "there is a city 'wien' already"),
        ("add", "source", "wein", {"source": [SOURCE]}, "no city 'wein'"),
        ("change", "source", "wien", {"source": [{"code": "nobody"}]}, "unknown source 'nobody'"),
        ("add", "source", "wien", {"source": [{**SOURCE, "voice": "loud"}]}, "unknown voice"),
        ("add", "source", "wien", {"source": [{**SOURCE, "code": "Gazette!"}]}, "cannot be a code"),
        ("add", "district", "wien", {"district": [{"code": "favoriten", "name": "F"}]},
         "a district 'favoriten' already"),
        ("add", "city", "Testham", TOWN, "cannot be the code"),
        ("add", "city", "testham", {**TOWN, "time_zone": "Mars/North"}, "unknown time zone"),
    ],
)  # fmt: skip
def test_what_the_registry_cannot_hold_is_not_written(
    workspace: Workspace, action: str, of: str, city: str, entry: dict[str, Any], said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        editing.propose(workspace, action, of, city, entry, **WHO)
    assert not list(effective.folder(workspace.settings).glob("*"))


@pytest.mark.parametrize("who", [{"author": " ", "reason": "r"}, {"author": "a", "reason": ""}])
def test_nobody_changes_anything_without_a_name_and_a_reason(
    workspace: Workspace, who: dict[str, str]
) -> None:
    with pytest.raises(BadInput, match="a change without"):
        editing.propose(workspace, "add", "city", "testham", TOWN, **who)


def spoil(workspace: Workspace, old: str, new: str) -> None:
    make(workspace, "add", "source", "wien", source=[SOURCE])
    (path,) = effective.folder(workspace.settings).glob("*.toml")
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('voice = "media"', 'voice = "loud"', "available"),
        ('action = "add"', 'action = "drop"', "add, change, retire"),
        ("id = 1", "id = 2", "0002-wien.toml"),
        ("reason =", "raeson =", "did you mean 'reason'"),
        ('author = "A. Example"', 'author = ""', "'author' says nothing"),
        ('city = "wien"', "city = wien", "line 4"),
    ],
)
def test_a_spoilt_file_names_itself_and_the_rest_only_goes_on_where_that_was_said(
    workspace: Workspace, old: str, new: str, said: str
) -> None:
    spoil(workspace, old, new)
    with pytest.raises(UniteError) as error:
        _ = Workspace(workspace.settings).registry
    assert "registry/0001-wien.toml" in str(error.value)
    assert said in str(error.value)
    lenient = Settings(home=workspace.settings.home, monitor_registry_lenient=True)
    registry = Workspace(lenient).registry
    assert "gazette" not in {s.code for s in registry.city("wien").sources}
    assert len(registry.left_out) == 1
    with pytest.raises(UniteError, match="registry/0001-wien"):
        make(workspace, "add", "city", "testham", **TOWN)


def test_changes_that_no_longer_fit_what_ships_can_be_undone(workspace: Workspace) -> None:
    for number in (1, 2):  # as if an update had taken these sources out
        path = effective.folder(workspace.settings) / f"{number:04d}-wien.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        gone = {"source": [{"code": f"gone-{number}", "voice": "media"}]}
        change = Change(number, "change", "source", "wien", "A", now().date(), "r", gone)
        path.write_text(change.to_toml(), encoding="utf-8")
    with pytest.raises(BadInput, match="unknown source 'gone-1'"):
        _ = workspace.registry
    editing.undo(workspace, 1, "B. Example")
    editing.undo(workspace, 2, "B. Example")
    assert workspace.registry.left_out == ()


def test_two_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")

    def write(name: str) -> None:
        workspace = Workspace(settings)  # its own lock file, as another process has
        for n in range(10):
            make(workspace, "add", "source", "wien", source=[{**SOURCE, "code": f"{name}-{n}"}])

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, ("a", "b")))
    changes = effective.overlay_of(settings).changes
    assert [c.number for c in changes] == list(range(1, 21))
    added = {e["code"] for c in changes for e in c.entries}
    assert added == {f"{name}-{n}" for name in ("a", "b") for n in range(10)}


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    cells = {
        "text": 'A "quoted" \\ text,\nöäü \x7f', "day": date(2026, 11, 21), "yes": True, "n": 3,
        "share": 0.5, "names": ["a", "b"], "empty": [], "nothing": None,
        "table": {"with space": "x", "inner": {"deep": 1}}, "rows": [{"a": 1}, {"b": {"c": 2}}],
    }  # fmt: skip
    path = tmp_path / "a.toml"
    path.write_text(tomls.written(cells), encoding="utf-8", newline="")
    del cells["nothing"]
    assert tomls.open_table(path).cells == cells


def test_two_files_with_one_number_are_told(workspace: Workspace) -> None:
    make(workspace, "add", "source", "wien", source=[SOURCE])
    (path,) = effective.folder(workspace.settings).glob("*.toml")
    copy = path.read_text("utf-8").replace('city = "wien"', 'city = "malmo"')
    path.with_name("0001-malmo.toml").write_text(copy, encoding="utf-8")
    (problem,) = effective.overlay_of(workspace.settings).problems
    assert problem.where == "registry/0001-wien.toml"
    assert "stands in 0001-malmo.toml too" in problem.what


def test_an_overlay_that_is_not_there_changes_nothing(tmp_path: Path) -> None:
    assert overlay.read(tmp_path / "nowhere").changes == ()
