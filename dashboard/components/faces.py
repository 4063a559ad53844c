"""The six faces: loading, empty, too few, no data, unmeasured, error; each looks its own way."""

from __future__ import annotations

from typing import Any

from dash import html

from base.errors import UniteError

WORDS = {
    "few": "too few",
    "zero": "none",
    "no_data": "no data",
    "incomplete": "incomplete",
    "unmeasured": "unmeasured",
}
_MEANS = {
    "few": "Fewer than 5 posts or 3 people: not shown, so that nobody can be singled out.",
    "zero": "It was looked at, and there was none.",
    "no_data": "Nobody looked: this is not zero.",
    "incomplete": "Part of the collection was lost: what is missing may look like a change.",
    "unmeasured": "No tested model for this language yet: nothing is claimed.",
}


def loading(title: str) -> Any:
    """A skeleton; says to a screen reader what is coming."""
    bars = [html.Span(className=f"bone bone-{i}", **{"aria-hidden": "true"}) for i in range(4)]
    return html.Div(
        [html.Span(f"{title}: loading", className="unseen"), *bars], className="card skeleton"
    )


def state(name: str) -> Any:
    """The face of one figure that is not there: a mark, drawn by the style sheet, and the word."""
    return html.Span(WORDS[name], className=f"state state-{name}", title=_MEANS[name])


def block(name: str, more: str = "") -> Any:
    """The face of a picture whose every figure is not there."""
    return html.Div(
        [
            html.P(WORDS[name].capitalize(), className="face-word"),
            html.P(_MEANS[name]),
            html.P(more) if more else None,
        ],
        className=f"face face-{name}",
    )


def error(
    problem: UniteError, *, is_page: bool = False, title: str = "This cannot be shown",
    back: bool = True,
) -> Any:  # fmt: skip
    """What went wrong, what was expected, which names there are, what to do. Never a traceback.

    back: with the way to the first page; not where somebody is in the middle of a form.
    """
    rows: list[Any] = []
    if problem.expected:
        rows += [html.Dt("Expected"), html.Dd(problem.expected)]
    if problem.available:
        rows += [html.Dt("Available"), html.Dd(", ".join(str(a) for a in problem.available))]
    if problem.hint:
        rows += [html.Dt("What to do"), html.Dd(problem.hint)]
    said = f"{problem.where}: {problem.what}" if problem.where else problem.what
    return html.Div(
        [
            (html.H1 if is_page else html.H2)(title, className="card-title"),
            html.P(f"{said[:1].upper()}{said[1:]}.", className="finding"),
            html.Dl(rows) if rows else None,
            html.P(html.A("Back to all cities", href="/")) if back else None,
        ],
        className="card face-error",
        role="alert",
    )
