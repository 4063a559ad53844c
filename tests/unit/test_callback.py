"""`dashboard.callback` is the only way to a callback, and it refuses what it does not know."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from dash import Dash, Input, Output, html
from dash.exceptions import PreventUpdate

from base.errors import BadInput, NotAllowed, UniteError
from dashboard import roles
from dashboard.callback import MARK, Callbacks

pytestmark = pytest.mark.unit
ROOT = Path(__file__).parents[2]


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Its result, from a thread of its own: browser tests leave a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


class Desk:
    """A Dash application with one callback path, and what its world answers."""

    def __init__(self, threads: int = 2) -> None:
        self.app = Dash("test", backend="fastapi")
        self.app.layout = html.Div()
        self.generation = "one"
        self.role: str | None = roles.ADMINISTRATOR
        self.callbacks = Callbacks(
            self.app,
            threads=threads,
            generation=lambda: self.generation,
            role=lambda: self.role,
            on_error=lambda error: f"face: {error.what}",
        )

    def add(self, action: str, answer: Any, **more: Any) -> Any:
        """Registers a callback; gives the function Dash calls, without Dash's own context."""
        target = f"out{len(self.app.callback_map)}.children"
        self.callbacks.add(
            action, answer, Output(*target.split(".")), [Input("in", "value")], **more
        )
        return self.app.callback_map[target]["callback"].__wrapped__


@pytest.fixture
def desk() -> Iterator[Desk]:
    found = Desk()
    yield found
    found.callbacks.close()


def unmade(app: Dash) -> list[str]:
    """Callbacks of an application that `dashboard.callback` did not make."""
    return [
        name for name, spec in app.callback_map.items() if not hasattr(spec.get("callback"), MARK)
    ]


def test_every_callback_of_the_pages_is_made_by_it(tmp_path: Path) -> None:
    from fastapi import FastAPI

    from dashboard.app import build
    from dashboard.site import Site
    from monitor.settings import load
    from monitor.workspace import Workspace

    app = build(Site(Workspace(load(home=tmp_path))), FastAPI(), 1)
    assert len(app.callback_map) >= 3
    assert unmade(app) == []
    assert not app._callback_list or all(
        not c.get("clientside_function") for c in app._callback_list
    )


def test_one_made_elsewhere_is_found(desk: Desk) -> None:
    desk.add(roles.READ, str)
    desk.app.callback(Output("other", "children"), Input("in", "value"))(lambda value: value)
    assert unmade(desk.app) == ["other.children"]


def test_no_other_module_names_a_callback() -> None:
    ways = re.compile(r"\bcallback\s*\(|@\w*\.?callback\b|clientside_callback|import callback")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "dashboard").rglob("*.py"))
        if path.name != "callback.py"
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if ways.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(("role", "action", "is_answered"), [
    (roles.ADMINISTRATOR, roles.READ, True),
    (roles.ADMINISTRATOR, "rewrite", False),  # an action no table holds
    ("viewer", roles.READ, False),  # a role no table holds
    ("", roles.READ, False),
    (None, roles.READ, False),
])  # fmt: skip
def test_what_the_table_does_not_allow_is_refused(
    desk: Desk, role: str | None, action: str, is_answered: bool
) -> None:
    asked: list[str] = []
    called = desk.add(action, lambda value: asked.append(value) or "figures")
    desk.role = role
    answer = run(called("x"))
    assert (answer == "figures") is is_answered
    assert bool(asked) is is_answered


def test_nothing_is_looked_up_for_somebody_refused(desk: Desk) -> None:
    called = desk.add(roles.READ, lambda value: value, keep=True)
    assert run(called("secret")) == "secret"
    desk.role = None
    assert run(called("secret")).startswith("face: ")
    with pytest.raises(NotAllowed):
        roles.require(None, roles.READ)


def test_an_answer_is_kept_for_its_generation(desk: Desk) -> None:
    asked: list[str] = []
    called = desk.add(roles.READ, lambda value: asked.append(value) or len(asked), keep=True)
    assert [run(called(v)) for v in ("a", "a", "b", "a")] == [1, 1, 2, 1]
    desk.generation = "two"
    assert run(called("a")) == 3


def test_what_is_not_to_be_kept_is_asked_again(desk: Desk) -> None:
    asked: list[str] = []
    called = desk.add(roles.CHOOSE, lambda value: asked.append(value) or len(asked))
    assert [run(called("a")) for _ in range(2)] == [1, 2]


@pytest.mark.parametrize(("error", "shown"), [
    (BadInput("no such city", available=["wien"]), "face: no such city"),
    (RuntimeError("text of a post"), "face: an error in the program"),
])  # fmt: skip
def test_an_error_becomes_a_face_and_its_text_does_not_leave(
    desk: Desk, error: Exception, shown: str, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(_: str) -> None:
        raise error

    assert run(desk.add(roles.READ, fail)("x")) == shown
    said = capfd.readouterr()
    assert "text of a post" not in said.out + said.err
    assert "Traceback" not in said.out + said.err


def test_an_answer_that_changes_nothing_passes(desk: Desk) -> None:
    def stay(_: str) -> None:
        raise PreventUpdate

    with pytest.raises(PreventUpdate):
        run(desk.add(roles.CHOOSE, stay)("x"))


def test_an_error_is_not_kept(desk: Desk) -> None:
    answers: list[Any] = [UniteError("the index is busy"), "figures"]

    def answer(_: str) -> Any:
        found = answers.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    called = desk.add(roles.READ, answer, keep=True)
    assert run(called("x")) == "face: the index is busy"
    assert run(called("x")) == "figures"


def test_questions_share_a_bounded_pool_and_leave_the_loop_free(desk: Desk) -> None:
    running, most, gate = [0], [0], threading.Lock()
    let_go = threading.Event()

    def slow(value: str) -> str:
        with gate:
            running[0] += 1
            most[0] = max(most[0], running[0])
        let_go.wait(10)
        with gate:
            running[0] -= 1
        return value

    called = desk.add(roles.READ, slow)

    async def many() -> list[str]:
        tasks = [asyncio.create_task(called(str(i))) for i in range(6)]
        while most[0] < 2:  # the loop goes on while two questions wait
            await asyncio.sleep(0.01)
        let_go.set()
        return list(await asyncio.gather(*tasks))

    assert run(asyncio.wait_for(many(), 20)) == [str(i) for i in range(6)]
    assert most[0] == 2


@pytest.mark.parametrize(("value", "is_answered"), [("city", True), ("health", False)])
def test_one_callback_may_ask_for_more_of_some_inputs(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, value: str, is_answered: bool
) -> None:
    monkeypatch.setattr(roles, "ALLOWED", {"viewer": frozenset({roles.OPEN, roles.READ})})
    desk.role = "viewer"
    needs = lambda given: roles.TEND if given == "health" else roles.READ  # noqa: E731
    assert (run(desk.add(needs, str)(value)) == value) is is_answered
