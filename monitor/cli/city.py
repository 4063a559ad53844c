"""A city's sources: what they can answer."""

from __future__ import annotations

import typer

from monitor.cli import city_forecast

COMMAND = typer.Typer(no_args_is_help=True, help=__doc__)
COMMAND.callback()(lambda: None)  # a group, also with one command
COMMAND.command("forecast")(city_forecast.forecast)
