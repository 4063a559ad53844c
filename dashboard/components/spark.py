"""A spark line of posts a day: bars as high as the posts, hatched where nobody looked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from dash import html

_STEP, _HIGH = 3, 28  # px


def spark(days: Sequence[int | None], said: str) -> Any:
    """One bar a day, None where nobody looked. said: the same in words.

    The bars are a mask over one element, so that they take the theme's colour.
    """
    most = max((n for n in days if n is not None), default=0) or 1
    bars = "".join(_bar(i * _STEP, n, most) for i, n in enumerate(days))
    width = len(days) * _STEP
    picture = (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{_HIGH}'"
        f" viewBox='0 0 {width} {_HIGH}'>{bars}</svg>"
    )
    return html.Span(
        className="spark", role="img", title=said,
        style={"width": f"{width}px", "maskImage": f'url("data:image/svg+xml,{quote(picture)}")'},
        **{"aria-label": said},
    )  # fmt: skip


def _bar(left: int, count: int | None, most: int) -> str:
    if count is None:  # dots instead of a bar: no data is no zero
        return "".join(f"<rect x='{left}' y='{y}' width='1' height='1'/>"
                       for y in range(3, _HIGH, 5))  # fmt: skip
    high = 1 if count == 0 else max(3.0, count / most * _HIGH)
    return f"<rect x='{left}' y='{_HIGH - high:.1f}' width='2' height='{high:.1f}'/>"
