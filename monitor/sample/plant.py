"""What is planted in a sample: events, spikes, measures and gaps that an analysis must find."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from .draft import EVENT_AREAS


@dataclass(frozen=True)
class Plant:
    """Something that happens in a sample and that an analysis must find again.

    kind: `event` (posts on `areas` times `factor`), `hate-spike` (hate times `factor`; what is
    added aims at `group`), `measure` (posts on `areas` turn `factor` times as often positive) or
    `gap` (`source` collects nothing). `since`: a date, or the share of the period after which it
    begins.
    """

    name: str
    kind: str
    city: str
    since: date | float
    days: int
    factor: float = 1.0
    areas: tuple[str, ...] = ()
    group: str | None = None
    source: str | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        if self.kind not in ("event", "hate-spike", "measure", "gap"):
            raise ValueError(f"plant {self.name}: no kind {self.kind}")

    def period(self, since: date, until: date) -> tuple[date, date]:
        """First day and the day after the last, cut to the period of the sample."""
        begins = self.since
        if not isinstance(begins, date):
            begins = since + timedelta(days=int(begins * (until - since).days))
        begins = max(begins, since)
        return begins, max(begins, min(begins + timedelta(days=self.days), until))


DEFAULT = (
    Plant(
        "reception-centre-opens",
        "event",
        "malmo",
        0.45,
        10,
        4.0,
        EVENT_AREAS,
        reason="a reception centre opens: asylum and introduction rise",
    ),
    Plant(
        "hate-after-incident",
        "hate-spike",
        "wien",
        0.70,
        4,
        5.0,
        group="muslims",
        reason="after an incident hate rises, what is added aims at muslims",
    ),
    Plant(
        "lyon-feed-down",
        "gap",
        "lyon",
        0.30,
        9,
        source="sample-gazette-des-quais",
        reason="the source's server was down; nothing was collected and nothing can be caught up",
    ),
)
