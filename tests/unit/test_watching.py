"""Watch lists: each new post is held against each list as it comes in, once; never a person."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from test_pipeline import MARCH, OTHER, RELEVANT, WINDOW, items, opened, page, source, take

from base.errors import BadInput, NotAllowed
from base.time import now
from monitor import pipeline, purposes
from monitor.pipeline import Look
from monitor.purposes import Purpose
from monitor.watching import alerts, lists
from monitor.workspace import Workspace
from store import upkeep
from store.query import Query

pytestmark = pytest.mark.unit
HOUSING = Query(areas=("housing",))


@pytest.fixture
def workspace(tools: Workspace, tmp_path: Path, either_database: str | None) -> Workspace:
    del either_database  # the settings name it
    found = opened(tools, tmp_path / "home")
    found.__dict__["scrubber"] = tools.scrubber
    purposes.add(found.home / "purposes", sheet())
    return found


def sheet(name: str = "p", days: int = 30) -> Purpose:
    return Purpose(name, "A", "t", "l", "q", ("*",), "r", now().date() + timedelta(days), "ngo")


def watch(workspace: Workspace, query: Query = HOUSING, name: str = "w", **rule: int) -> None:
    rule = {"least": 3, "days": 1} | rule
    lists.add(workspace, sheet(), name, query, who="local", **rule)


def bring(workspace: Workspace, rows: list[dict[str, Any]], **given: Any) -> None:
    take(workspace, Look(source(**given), WINDOW, [page(rows, "1")]))


def met(workspace: Workspace) -> dict[str, int]:
    database = workspace.database
    return {w.name: sum(n for _, n in alerts.by_day(database, w, 9)) for w in lists.every(database)}


def test_new_posts_that_meet_a_list_are_counted_once_and_raise_an_alert(
    workspace: Workspace,
) -> None:
    watch(workspace)
    watch(workspace, Query(text="wohnung* vermieter"), "words")
    watch(workspace, Query(text="turnhalle"), "none")
    bring(workspace, items(2) + items(3, OTHER))
    assert met(workspace) == {"w": 2, "words": 2, "none": 0}
    assert alerts.follow(workspace.database) == []  # 2 of 3
    bring(workspace, items(4))  # two of them known
    assert met(workspace) == {"w": 4, "words": 4, "none": 0}
    found = alerts.alerts(workspace.database)
    assert [(a.name, a.posts, a.is_open) for a in found] == [("w", 4, True), ("words", 4, True)]


def test_what_was_there_before_the_list_is_no_hit(workspace: Workspace) -> None:
    bring(workspace, items(4))
    watch(workspace, least=1)
    bring(workspace, items(4))
    assert met(workspace) == {"w": 0}


def test_an_open_alert_takes_what_comes_and_an_acknowledged_one_does_not(
    workspace: Workspace,
) -> None:
    watch(workspace)
    bring(workspace, items(3))
    (first,) = alerts.alerts(workspace.database)
    bring(workspace, items(5))
    assert [a.posts for a in alerts.alerts(workspace.database)] == [5]
    assert alerts.acknowledge(workspace.database, first.number, "local").posts == 5
    bring(workspace, items(7))
    assert alerts.alerts(workspace.database) == []
    bring(workspace, items(8))
    (second,) = alerts.alerts(workspace.database)
    assert (second.posts, second.number > first.number) == (3, True)
    with pytest.raises(BadInput, match="alert of a watch list"):
        alerts.acknowledge(workspace.database, first.number, "local")


def test_posts_of_long_ago_do_not_add_up_to_an_alert(workspace: Workspace) -> None:
    watch(workspace, days=2)
    bring(workspace, items(2))
    assert alerts.follow(workspace.database, now() + timedelta(days=3)) == []
    bring(workspace, items(3))  # one more, the others are as new as it
    assert len(alerts.alerts(workspace.database)) == 1


def test_a_merge_that_is_killed_before_the_posts_are_written_doubles_nothing(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch(workspace)

    class Killed(Exception):
        pass

    def kill(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as broken:
        broken.setattr("store.writer.Writer._bring_in", kill)
        with pytest.raises(Killed):
            bring(workspace, items(3))
    bring(workspace, items(3))
    assert met(workspace) == {"w": 3}


def test_a_protected_post_raises_no_alert(workspace: Workspace) -> None:
    watch(workspace, Query(text="papiere"), least=1)
    told = "Ich bin ohne Papiere hier und schlafe seit Wochen in einer Notunterkunft in Wien."
    bring(workspace, items(1, told))
    assert workspace.lake.read("posts", ["protected"])["protected"].to_pylist() == [True]
    assert met(workspace) == {"w": 0}


def test_what_is_forgotten_leaves_the_list_too(workspace: Workspace) -> None:
    watch(workspace, least=1)
    bring(workspace, items(2))
    ids = workspace.lake.read("posts", ["id"])["id"].to_pylist()
    upkeep.forget(workspace.lake, ids=ids[:1], at=MARCH)
    pipeline.refresh(workspace, forget=True)
    assert met(workspace) == {"w": 1}
    assert [a.posts for a in alerts.alerts(workspace.database)] == [1]


def test_a_list_ends_with_its_purpose_and_when_somebody_says_so(workspace: Workspace) -> None:
    watch(workspace, least=1)
    watch(workspace, least=1, name="other")
    lists.end(workspace.database, "other", "local")
    active = [w.name for w, _ in lists.active(workspace, now().date())]
    assert active == ["w"]
    assert not list(lists.active(workspace, date(2999, 1, 1)))
    bring(workspace, items(1))
    assert met(workspace) == {"w": 1}
    watch(workspace, name="other")  # the name is free again


def test_posts_of_a_platform_that_the_purpose_may_not_use_are_left_out(
    workspace: Workspace,
) -> None:
    # data/platforms.toml: Reddit's terms are for research, and this sheet is an NGO's
    watch(workspace, least=1)
    reddit = source(code="r")
    reddit = type(reddit)(**vars(reddit) | {"platform": "reddit"})
    take(workspace, Look(reddit, WINDOW, [page(items(2), "1")]))
    assert met(workspace) == {"w": 0}
    bring(workspace, items(2))
    assert met(workspace) == {"w": 2}


@pytest.mark.parametrize(
    "query",
    [
        Query(terms=("Anna Schmidt",)),
        Query(terms=("anna schmidt",)),
        Query(text='"anna schmidt" wohnung'),
        Query(terms=("wohnung", "@annaschmidt")),
        Query(text="0664 123 45 67"),
        Query(terms=("Federica Mogherini",)),  # kept in texts, and a person
        Query(text="federica mogherini"),
    ],
)
def test_a_list_does_not_follow_a_person(workspace: Workspace, query: Query) -> None:
    with pytest.raises(NotAllowed, match="person"):
        watch(workspace, query)
    assert lists.every(workspace.database) == []


@pytest.mark.parametrize(
    "term", ["Remigration", "neue wohnung", "großer austausch", "haus der kulturen", "asyl*"]
)
def test_words_are_no_person(workspace: Workspace, term: str) -> None:
    watch(workspace, Query(terms=(term,)))


@pytest.mark.parametrize(
    ("query", "says"),
    [
        (Query(), "every post"),
        (Query(cities=("wien",)), "every post"),
        (Query(areas=("housing",), since=date(2026, 1, 1)), "no period"),
    ],
)
def test_a_list_without_a_question_is_refused(
    workspace: Workspace, query: Query, says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        watch(workspace, query)


def test_a_name_is_taken_once(workspace: Workspace) -> None:
    watch(workspace)
    with pytest.raises(BadInput, match="already"):
        watch(workspace)
    with pytest.raises(BadInput, match="watch list"):
        lists.named(workspace.database, "x")


def test_relevant_texts_are_what_they_are_taken_for(workspace: Workspace) -> None:
    bring(workspace, items(1, RELEVANT) + items(1, OTHER))
    areas = workspace.lake.read("posts", ["areas"])["areas"].to_pylist()
    assert sorted("housing" in a for a in areas) == [False, True]
