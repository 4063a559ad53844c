"""One alert: what is wrong, and the two ways to say that somebody knows."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard import formats
from monitor.sources import alerts
from monitor.sources.alerts import Alert


def row(alert: Alert, city: str) -> Any:
    """An alert with its buttons, or with who acknowledged it."""
    said = html.Div(
        [
            html.P(html.Strong(f"{city}, {alert.source}: {alert.what}")),
            html.P(f"{alert.says[:1].upper()}{alert.says[1:]}."),
        ]
    )
    ways = html.Div(
        _buttons(alert) if alert.is_open else known(alert),
        id={"type": "acknowledged", "number": alert.number},
        className="alert-ways",
    )
    return html.Li([said, ways], className="alert is-open" if alert.is_open else "alert")


def known(alert: Alert) -> Any:
    """Who knows, where the buttons stood."""
    at = alert.acknowledged_at
    when = f" on {formats.day(at.date())}" if at else ""
    truly = "; truly silent" if alert.is_true else ""
    return html.P(f"Acknowledged by {alert.acknowledged_by}{when}{truly}.", className="muted")


def _buttons(alert: Alert) -> list[Any]:
    """Both are always there, for the callback; one is hidden where it means nothing."""
    about = f"{alert.home} {alert.source}"
    return [
        html.Button("Acknowledge", id={"type": "ack", "number": alert.number},
                    className="button", **{"aria-label": f"Acknowledge: {about}"}),
        html.Button("It was truly silent", id={"type": "ack-true", "number": alert.number},
                    className="button plain-button", hidden=alert.what != alerts.SILENT,
                    **{"aria-label": f"It was truly silent: {about}"}),
    ]  # fmt: skip
