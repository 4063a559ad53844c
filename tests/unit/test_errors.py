"""An error says what, where, what was expected, what there is and what to do, also from afar."""

from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.errors import BadInput, Conflict, NotAllowed, Terminal, Transient, UniteError, unknown
from collectors.errors import RateLimited, Unmappable
from store.lake import LakeConflict

pytestmark = pytest.mark.unit
NAMES = st.none() | st.text(min_size=1, max_size=20)


@given(st.text(min_size=1), NAMES, NAMES, st.lists(st.text(max_size=5), max_size=50), NAMES)
def test_every_part_is_shown_and_survives_a_process_pool(
    what: str, where: str | None, expected: str | None, available: list[str], hint: str | None
) -> None:
    error = BadInput(what, where=where, expected=expected, available=available, hint=hint)
    shown = str(error)
    for part in (what, where, expected, hint, *available[:40]):
        assert part is None or part in shown
    if len(available) > 40:
        assert f"and {len(available) - 40} more" in shown
    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(other) is BadInput
        assert str(other) == shown
        assert vars(other) == vars(error)


def test_an_error_reads_as_a_person_needs_it() -> None:
    error = UniteError(
        "the key was refused", where="source r/wien", expected="a key", available=("a", "b"),
        hint="docs/sources.md",
    )  # fmt: skip
    assert str(error).splitlines() == [
        "source r/wien: the key was refused",
        "  expected   a key",
        "  available  a, b",
        "  do         docs/sources.md",
    ]
    assert str(UniteError("alone")) == "alone"


def test_errors_with_parts_of_their_own_survive_too() -> None:
    wait = RateLimited("slow down", where="reddit")
    wait.retry_after = 30.0
    assert pickle.loads(pickle.dumps(wait)).retry_after == 30.0
    unmapped = pickle.loads(pickle.dumps(Unmappable("no date", column="created")))
    assert (unmapped.what, unmapped.column) == ("no date", "created")


@pytest.mark.parametrize(
    ("kind", "mixin"),
    [
        (BadInput, Terminal),
        (NotAllowed, Terminal),
        (Conflict, Transient),
        (LakeConflict, Transient),
    ],
)
def test_who_may_try_again(kind: type[UniteError], mixin: type) -> None:
    assert issubclass(kind, mixin)
    assert issubclass(kind, UniteError)


@pytest.mark.parametrize(
    ("code", "hint"),
    [("wein", "did you mean 'wien'?"), ("tokyo", None), ("", None)],
)
def test_an_unknown_code_suggests_the_closest(code: str, hint: str | None) -> None:
    error = unknown("city", code, ["wien", "berlin"], where="--city")
    assert error.hint == hint
    assert error.available == ("berlin", "wien")
    assert f"unknown city {code!r}" in str(error)
