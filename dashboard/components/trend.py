"""A share by week or month: a line with its interval as a band; gaps stay open.

A week with too few posts has a ring at the top; one that nobody looked at, or whose collection
is incomplete, is grey: what was lost is no fall. A day on which the sources changed is a thin
dotted line with its date: figures on its two sides rest on other sources.
Drawn by Plotly without colours: `assets/figures.css` dresses it in the theme's, with the hue of
the class around it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import plotly.graph_objects as go
from dash import dcc, html

from dashboard import formats
from dashboard.components import faces

_MOST_TICKS = 6
COLUMNS = ("#Share", "#95 % interval", "#Of posts", "Sources")


@dataclass(frozen=True)
class Point:
    """One week or month (`step`) from `start` on. why: what of it was lost.

    share, low, high: 0 to 1, None where `state` is not ok. base: posts.
    """

    step: str
    start: date
    state: str
    share: float | None = None
    low: float | None = None
    high: float | None = None
    base: int | None = None
    why: str = ""


@dataclass(frozen=True)
class Mark:
    """A day on which something changed, and what, in words."""

    day: date
    says: str


def trend(
    points: Sequence[Point], said: str, *, hue: str, marks: Sequence[Mark] = (),
    top: float | None = None, height: int = 230,
) -> Any:  # fmt: skip
    """The picture. said: the same in a sentence. marks: those within it. top: a common scale,
    else its own."""
    figure = go.Figure()
    half = (points[1].start - points[0].start) / 2 if len(points) > 1 else timedelta(days=3)
    for run in _runs(points):
        if len(run) > 1:
            band = [p.high for p in run] + [p.low for p in reversed(run)]
            weeks = [p.start for p in run] + [p.start for p in reversed(run)]
            figure.add_scatter(x=weeks, y=band, fill="toself", mode="none", hoverinfo="skip",
                               name="95 % interval")  # fmt: skip
    figure.add_scatter(
        x=[p.start for p in points],
        y=[p.share for p in points],
        customdata=[_hover(p) for p in points],
        hovertemplate="%{customdata}<extra></extra>",
        mode="lines+markers" if len(points) < 60 else "lines",
        connectgaps=False,
        name="share",
    )
    few = [p.start for p in points if p.state == "few"]
    edge = (top or max((p.high for p in points if p.high is not None), default=0.01)) * 1.01
    figure.add_scatter(
        x=few, y=[edge] * len(few), mode="markers", name="too few", hoverinfo="skip",
        marker={"symbol": "circle-open", "size": 7},
    )  # fmt: skip
    for run in (*_runs(points, state="no_data"), *_runs(points, state="incomplete")):
        figure.add_vrect(
            x0=run[0].start - half, x1=run[-1].start + half, line_width=0, layer="below",
        )  # fmt: skip
    for mark in marks:
        figure.add_vline(x=mark.day, line={"width": 1, "dash": "dot"})
        figure.add_annotation(
            x=mark.day, y=1, yref="paper", yanchor="bottom", text=formats.day(mark.day)[:-5],
            hovertext=f"{formats.day(mark.day)}<br>{mark.says}", showarrow=False,
            font={"size": 12},
        )  # fmt: skip
    if marks:
        said = f"{said} Sources changed: {changes(marks)}."
    most = max((p.high for p in points if p.high is not None), default=0.01)
    figure.update_layout(
        height=height,
        margin={"l": 44, "r": 12, "t": 24 if marks else 8, "b": 48},
        showlegend=False,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": "Noto Sans, sans-serif", "size": 13},
        hovermode="closest",
        dragmode=False,
        xaxis=_axis(points),
        yaxis={"range": [0, (top or most) * 1.05], "tickformat": _tick(top or most), "nticks": 5,
               "zeroline": False, "fixedrange": True},
    )  # fmt: skip
    graph = dcc.Graph(
        figure=figure,
        config={"displayModeBar": False, "responsive": True, "showTips": False},
        style={"height": height},
        responsive=True,
    )
    return html.Div(graph, className=f"chart {hue}", role="img", **{"aria-label": said})


def table(points: Sequence[Point], marks: Sequence[Mark] = ()) -> list[list[str]]:
    """Rows for the table beside the picture: start, share, interval, posts, what changed."""
    rows = []
    for p, own in zip(points, _by_point(points, marks), strict=True):
        when, broke = formats.step(p.step, p.start).removeprefix("the "), changes(own)
        if p.share is None or p.low is None or p.high is None:
            reason = f": {p.why}" if p.why else ""
            rows.append([when, faces.WORDS.get(p.state, p.state) + reason, "", "", broke])
        else:
            reach = formats.interval(p.low, p.high, p.base)
            base = "" if p.base is None else formats.number(p.base)
            rows.append([when, formats.share(p.share, p.base), reach, base, broke])
    return rows


def changes(marks: Sequence[Mark]) -> str:
    """Marks in words: 3 Aug 2026: A added; 9 Nov 2026: B retired."""
    return "; ".join(f"{formats.day(m.day)}: {m.says}" for m in marks)


def key(points: Sequence[Point], marks: Sequence[Mark] = ()) -> str:
    """What the marks of weeks without a share, and of days with other sources, mean."""
    states = {p.state for p in points}
    said = ". Ring at the top: too few posts" if "few" in states else ""
    grey = [w for s, w in (("no_data", "nobody looked"), ("incomplete", "collection was lost"))
            if s in states]  # fmt: skip
    said += f". Grey: {' or '.join(grey)}" if grey else ""
    return said + (". Dotted line: other sources from that day on" if marks else "")


def _by_point(points: Sequence[Point], marks: Sequence[Mark]) -> Iterator[list[Mark]]:
    """The marks of each point; the last has those after it too."""
    ends = [*(p.start for p in points[1:]), date.max]
    for point, end in zip(points, ends, strict=True):
        yield [m for m in marks if point.start <= m.day < end]


def _runs(points: Sequence[Point], *, state: str = "ok") -> Iterator[list[Point]]:
    """Weeks beside each other that are all of one state."""
    run: list[Point] = []
    for point in points:
        if point.state == state:
            run.append(point)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _hover(point: Point) -> str:
    if point.share is None or point.low is None or point.high is None:
        return ""
    reach = formats.interval(point.low, point.high, point.base)
    base = "" if point.base is None else f" of {formats.plural(point.base, 'post')}"
    when = formats.step(point.step, point.start).removeprefix("the ")
    return f"{when}<br><b>{formats.share(point.share, point.base)}</b>{base}<br>{reach}"


def _axis(points: Sequence[Point]) -> dict[str, Any]:
    """At most six ticks; the year stands under the first tick of each."""
    shown = points[:: max(1, -(-len(points) // _MOST_TICKS))]
    texts = [formats.tick(p.step, p.start) for p in shown]
    for i, p in enumerate(shown):
        if not i or p.start.year != shown[i - 1].start.year:
            texts[i] += f"<br>{p.start.year}"
    places = [p.start for p in shown]
    return {"tickvals": places, "ticktext": texts, "showgrid": False, "fixedrange": True,
            "ticklabelstandoff": 8}  # fmt: skip


def _tick(most: float) -> str:
    return ".0%" if most > 0.05 else ".1%"
