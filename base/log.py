"""The log: to stderr, ids and counts, never a text.

A line is an event with fields. Values longer than a name are cut, so that a post that strays
into a field does not leave through the log.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_LONGEST = 80


def configure(level: str = "info", *, as_json: bool = False) -> None:
    """Send this process' events to stderr at `level` and above."""
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _cut,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _cut(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str) and len(value) > _LONGEST:
            event[key] = value[:_LONGEST] + "…"
        elif isinstance(value, BaseException):
            event[key] = type(value).__name__
    return event


def get(room: str) -> Any:
    """The logger of a room."""
    return structlog.get_logger(room=room)
