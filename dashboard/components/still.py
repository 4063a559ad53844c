"""What does not move as one component: a tree of plain elements, written once, drawn at once.

Each component of Dash costs the browser about a millisecond, a table of dots has five hundred.
`still` writes the tree as the markup that `dcc.Markdown` draws: elements of `html` and links of
`dcc`, nothing else. Words become character references, so that none can become markup.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from dash import dcc
from dash.development.base_component import Component

_VOID = ("br", "hr", "img", "input")
_UNSAFE = re.compile(r"[^\w .,:;%()·–-]", re.ASCII)


def still(*parts: Any) -> Any:
    """The parts as one component; takes no room of its own. Raises TypeError for what moves."""
    return dcc.Markdown(
        f'<div className="still">{"".join(_written(list(parts)))}</div>',
        className="still",
        dangerously_allow_html=True,  # written below, word by word
    )


def _written(node: Any) -> Iterator[str]:
    if node is None:
        return
    if isinstance(node, str | int | float):
        yield _UNSAFE.sub(lambda c: f"&#{ord(c[0])};", str(node))
    elif isinstance(node, list | tuple):
        for one in node:
            yield from _written(one)
    else:
        yield from _element(node)


def _element(node: Component) -> Iterator[str]:
    is_link = isinstance(node, dcc.Link)
    if not is_link and not type(node).__module__.startswith("dash.html."):
        raise TypeError(f"{type(node).__name__} does not stand still")
    name = "dccLink" if is_link else type(node).__name__.lower()
    given = dict(node.to_plotly_json()["props"])
    children = given.pop("children", None)
    yield f"<{name}{''.join(_attribute(k, v) for k, v in given.items() if v is not None)}"
    if name in _VOID:
        yield "/>"
        return
    yield ">"
    yield from _written(children)
    yield f"</{name}>"


def _attribute(name: str, value: Any) -> str:
    if isinstance(value, dict):  # a style
        return f" {name}={{{json.dumps(value)}}}"
    return f' {name}="{"".join(_written(str(value)))}"'
