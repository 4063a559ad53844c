"""The log: to stderr, ids and counts, never a text.

A line is an event with fields. Values longer than a name are cut, so that a post that strays
into a field does not leave through the log.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping, MutableMapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

_LONGEST = 80
_MOST = 20
_wanted: dict[str, Any] = {"level": "warning", "as_json": False}


def configure(level: str = "warning", *, as_json: bool = False) -> None:
    """Send this process' events to stderr at `level` and above."""
    _wanted.update(level=level, as_json=as_json)
    _logger.cache_clear()


def event(room: str, name: str, *, level: str = "info", **fields: object) -> None:
    """One line: what happened in which room, with ids and counts."""
    wanted = logging.getLevelNamesMapping()
    if wanted[level.upper()] >= wanted[str(_wanted["level"]).upper()]:
        getattr(_logger(), level)(name, room=room, **fields)


@cache
def _logger() -> Any:
    import structlog  # imported at the first line that is written: 0.2 s

    renderer: Any = (
        structlog.processors.JSONRenderer()
        if _wanted["as_json"]
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    return structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _cut,
            renderer,
        ],
    )


def _cut(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        event[key] = _short(value)
    return event


def _short(value: object) -> object:
    """A value as the log may hold it: numbers as they are, names cut, of other things the kind."""
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, str | date | Path):
        said = str(value)
        return said if len(said) <= _LONGEST else said[:_LONGEST] + "…"
    if isinstance(value, list | tuple | set | frozenset):
        return [_short(v) for v in list(value)[:_MOST]]
    if isinstance(value, Mapping):
        return {str(_short(k)): _short(v) for k, v in list(value.items())[:_MOST]}
    return type(value).__name__
