"""The log: to stderr, ids and counts, never a text.

A line is an event with fields. Values longer than a name are cut, so that a post that strays
into a field does not leave through the log. Each command, job and request is a run: its id stands
in every line that is written while it lasts. What libraries log comes in the same form and says
no more than who spoke and where (`base/foreign_log.py`).
"""

from __future__ import annotations

import logging
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import date
from pathlib import Path
from time import monotonic
from typing import Any

_LONGEST = 80
_MOST = 20
_wanted: dict[str, Any] = {"level": "warning", "as_json": False}
_bound: ContextVar[Mapping[str, str]] = ContextVar("bound", default={})  # noqa: B039
written: Counter[str] = Counter()  # lines of this process by level, for whoever counts errors


def configure(level: str = "warning", *, as_json: bool = False) -> None:
    """Send this process' events, and those of its libraries, to stderr at `level` and above."""
    from base import foreign_log

    _wanted.update(level=level, as_json=as_json)
    foreign_log.listen(_number(level))


def event(room: str, name: str, *, level: str = "info", **fields: object) -> None:
    """One line: what happened in which room, with ids and counts."""
    if _number(level) < _number(_wanted["level"]):
        return
    _write(level, name, {"room": room, **{k: _short(v) for k, v in fields.items()}})


def say(line: str, *, level: str = "info") -> None:
    """A line for whoever sits before the terminal; an event where programs read stderr.

    The words are ours and hold no text of a post.
    """
    if _wanted["as_json"]:
        _write(level, "said", {"room": "cli", "says": line})
    else:
        print(line, file=sys.stderr, flush=True)


@contextmanager
def run(kind: str, name: str, *, level: str = "info") -> Iterator[str]:
    """Give all lines written inside the id of one run, and write at `level` how long it took.

    kind: command, job or request. A run inside another keeps that one's id as `within`. Threads
    know of it where they are started with a copy of the context.
    """
    number = os.urandom(6).hex()
    outer = _bound.get()
    inner = {"run": number, kind: name}
    if outer:
        inner["within"] = outer["run"]
    token = _bound.set(inner)
    began, failed = monotonic(), {}
    try:
        yield number
    except BaseException as error:
        code = getattr(error, "code", 1)
        if code:  # exit 0 is no failure
            failed = {"failed": type(error).__name__}
        raise
    finally:
        event(kind, "ended", level=level, seconds=round(monotonic() - began, 3), **failed)
        _bound.reset(token)


def _number(level: str) -> int:
    return logging.getLevelNamesMapping()[level.upper()]


def _write(level: str, name: str, fields: Mapping[str, object]) -> None:
    written[level] += 1
    with suppress(OSError, ValueError):  # a log that cannot be written stops nothing
        getattr(_logger(), level)(name, **fields, **_bound.get())


def _logger() -> Any:
    import structlog  # imported at the first line that is written: 0.2 s

    renderer: Any = (
        structlog.processors.JSONRenderer(default=_kind)
        if _wanted["as_json"]
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    return structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _named,
            renderer,
        ],
    )


def _named(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    event["event"] = _short(event["event"])
    return event


def _kind(value: object) -> str:
    return type(value).__name__


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
