"""What libraries log, in the form of our own lines and without their words.

Their messages hold what they work on: a statement with its row, the address that was asked, the
body that was sent, the text of an error. So of a foreign line stay its logger, its place in the
library's code, which says what it means, and the kind of an error with where it came from.
"""

from __future__ import annotations

import logging
import threading
import traceback
from dataclasses import dataclass
from pathlib import Path

from base import log

# Writes constants of its own about start and stop; what they are filled with is left out.
_PLAIN_SPOKEN = ("uvicorn.error",)
_FRAMES = 6


def listen(level: int) -> None:
    """Take what libraries log at `level` and above; below a warning only where all is wanted.

    Errors that end a thread are told in the same way; Python would print their words.
    """
    root = logging.getLogger()
    if not any(isinstance(handler, _Foreign) for handler in root.handlers):
        root.addHandler(_Foreign())
    root.setLevel(level if level <= logging.DEBUG else max(level, logging.WARNING))
    for name in _PLAIN_SPOKEN:
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(True)
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = _thread_ended


@dataclass(frozen=True)
class Origin:
    """The kind of an error and where it came from, innermost first; never its message."""

    kind: str
    places: tuple[str, ...]


def origin(error: BaseException) -> Origin:
    """What may be said of an error whose message may hold a text."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    places = (f"{_near(f.filename)}:{f.lineno}" for f in reversed(frames))
    return Origin(type(error).__name__, tuple(places))


class _Foreign(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        fields: dict[str, object] = {
            "logger": record.name,
            "place": f"{_near(record.pathname)}:{record.lineno}",
        }
        if record.name in _PLAIN_SPOKEN and isinstance(record.msg, str):
            fields["says"] = record.msg.strip()
        if record.exc_info and record.exc_info[1]:
            fields |= vars(origin(record.exc_info[1]))
        level = record.levelname.lower()
        known = level if level in ("debug", "info", "warning", "error", "critical") else "info"
        log.event("library", "logged", level=known, **fields)


def _thread_ended(given: threading.ExceptHookArgs) -> None:
    if given.exc_value is not None and given.exc_type is not SystemExit:
        told = origin(given.exc_value)
        log.event("process", "thread_failed", level="error", kind=told.kind, places=told.places)


def _near(filename: str) -> str:
    """The end of a path: enough to find the line, nothing of this machine."""
    return "/".join(Path(filename).parts[-2:])
