"""A look of a collector at a local server, whole: what it gave, where it would go on."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from test_http_host import Ask, FakeTime

from collectors.collector import Access, Collector, Cursor, Rejected, Source, Window
from collectors.http import Http, Limits
from store.schema import ITEM

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
ALWAYS = Window(datetime(2000, 1, 1, tzinfo=UTC), NOW)


@dataclass
class Look:
    """Everything the pages of one look held; cursors: of each page."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    cursors: list[Cursor | None] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    fetched: int = 0

    @property
    def cursor(self) -> Cursor | None:
        """The cursor that would be committed."""
        return next((c for c in reversed(self.cursors) if c is not None), None)

    @property
    def texts(self) -> list[str]:
        """The texts in the order given."""
        return [r["text"] for r in self.rows]


def client(now: datetime = NOW, **limits: float) -> Http:
    """Our client with a clock that only sleeping moves."""
    fake = FakeTime()
    chosen: dict[str, Any] = {"total": 120, "read": 60, "interval": 0, "tries": 1, **limits}
    return Http(limits=Limits(**chosen), clock=fake.clock, sleep=fake.sleep, now=lambda: now)


def look(
    collector: Collector, source: Source, access: Access, window: Window = ALWAYS,
    cursor: Cursor | None = None, most_pages: int | None = None,
) -> Look:  # fmt: skip
    """Read a source; most_pages: be killed after so many."""
    found = Look()
    for page in collector(source, window, cursor, access):
        assert page.items.schema == ITEM
        if page.cursor is not None:
            json.dumps(dict(page.cursor.state))
        found.rows += page.items.to_pylist()
        found.sizes.append(page.items.num_rows)
        found.cursors.append(page.cursor)
        found.rejected += page.rejected
        found.fetched += page.fetched
        if most_pages is not None and len(found.sizes) >= most_pages:
            break
    return found


def gives(status: int, body: object = None, **headers: str) -> Callable[[Ask], None]:
    """Answers with JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda ask: ask.give(status, content, content_type="application/json", **headers)


def asked(ask: Ask) -> dict[str, str]:
    """The question after the path, the last value of each name."""
    return {k: v[-1] for k, v in parse_qs(urlsplit(ask.path).query).items()}


def asked_all(ask: Ask, name: str) -> list[str]:
    """Every value of one name in the question."""
    return parse_qs(urlsplit(ask.path).query).get(name, [])


def cut(body: object) -> Callable[[Ask], None]:
    """An answer that ends in the middle."""
    content = json.dumps(body).encode()

    def behave(ask: Ask) -> None:
        ask.send_response(200)
        ask.send_header("content-length", str(len(content)))
        ask.end_headers()
        ask.wfile.write(content[: len(content) // 2])

    return behave


def created(rows: Sequence[dict[str, Any]]) -> list[datetime]:
    """When the rows were created."""
    return [r["created"] for r in rows]
