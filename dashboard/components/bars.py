"""Parts of a whole as a 100 % bar with the share written in; never a pie, never a gauge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash import html

from dashboard import formats
from dashboard.components import faces

_ROOM = 0.09  # a part narrower than this has its share in the line below only


@dataclass(frozen=True)
class Part:
    """One part. kind: the style's name. share: 0 to 1, None when too few or unmeasured."""

    kind: str
    name: str
    share: float | None
    base: int | None


def bar(title: str, parts: Sequence[Part]) -> Any:
    """A bar and its parts by name; the rest up to 100 % is what is not told."""
    told = [p for p in parts if p.share is not None]
    pieces = [
        html.Span(
            formats.share(p.share, None) if p.share >= _ROOM else "",
            className=f"piece piece-{p.kind}",
            style={"width": f"{p.share * 100:.2f}%"},
        )
        for p in told
        if p.share is not None
    ]
    rest = 1.0 - sum(p.share or 0.0 for p in told)
    if rest > 0.005:
        pieces.append(
            html.Span(className="piece piece-rest", style={"width": f"{rest * 100:.2f}%"})
        )
    return html.Div(
        [
            html.H3(title, className="small-head"),
            html.Div(pieces, className="bar", role="img", **{"aria-label": said(title, parts)}),
            html.Ul([_name(p) for p in parts], className="bar-names"),
        ],
        className="bar-block",
    )


def unmeasured(title: str) -> Any:
    """The bar of something no tested model exists for: a dotted outline and the word."""
    return html.Div(
        [
            html.H3(title, className="small-head"),
            html.Div("unmeasured", className="bar bar-unmeasured"),
        ],
        className="bar-block",
    )


def said(title: str, parts: Sequence[Part]) -> str:
    """The bar in words."""
    return f"{title}: " + ", ".join(f"{p.name} {_share(p)}" for p in parts)


def _share(part: Part) -> str:
    return faces.WORDS["few"] if part.share is None else formats.share(part.share, part.base)


def _name(part: Part) -> Any:
    return html.Li(
        [html.Span(className=f"key piece-{part.kind}", **{"aria-hidden": "true"}),
         f"{part.name}: ", html.Span(_share(part), className="figure")]
    )  # fmt: skip
