"""Enter a city, its districts and its sources; who changed what, and what they can answer."""

from __future__ import annotations

import typer

from monitor.cli import city_edit as edit
from monitor.cli.city_add import add
from monitor.cli.city_check import check
from monitor.cli.city_forecast import forecast
from monitor.cli.city_searches import searches

COMMAND = typer.Typer(no_args_is_help=True, help=__doc__)
COMMAND.command("add")(add)
COMMAND.command("check")(check)
COMMAND.command("forecast")(forecast)
COMMAND.command("searches")(searches)
COMMAND.command("districts")(edit.districts)
COMMAND.command("undo")(edit.undo)
COMMAND.command("log")(edit.log)

_SOURCE = typer.Typer(no_args_is_help=True, help="Add, change or retire a source of a city.")
_SOURCE.command("add")(edit.add_source)
_SOURCE.command("change")(edit.change_source)
_SOURCE.command("retire")(edit.retire_source)
COMMAND.add_typer(_SOURCE, name="source")
