"""Purpose sheets: why single posts may be looked at."""

from __future__ import annotations

from typing import Annotated

import typer

from base.time import parse_day
from monitor import purposes
from monitor.cli import options, output

COMMAND = typer.Typer(no_args_is_help=True, help=__doc__)


@COMMAND.command("add")
def add(
    name: Annotated[str, typer.Argument(help="Short name, lower case.")],
    who: Annotated[str, typer.Option(help="Who is responsible.")],
    task: Annotated[str, typer.Option(help="The task it serves.")],
    legal_basis: Annotated[str, typer.Option(help="Legal basis, for example Art. 6(1)(e) GDPR.")],
    question: Annotated[str, typer.Option(help="The question to be answered.")],
    recipients: Annotated[str, typer.Option(help="Who will see the result.")],
    end: Annotated[str, typer.Option(help="First day it no longer holds, YYYY-MM-DD.")],
    city: Annotated[list[str], typer.Option(help="City code, or * for all; may repeat.")],
    body: Annotated[
        str, typer.Option(help="What kind of body asks: " + ", ".join(purposes.BODIES) + ".")
    ],
    agreement: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PLATFORM",
            help="Platform with which it has an agreement of its own; may repeat.",
        ),
    ] = None,
    research_exception: Annotated[
        bool,
        typer.Option(
            "--research-exception",
            help="Mines as a research organisation (Directive (EU) 2019/790, Art. 3): publishers' "
            "reservations do not bind it.",
        ),
    ] = False,
) -> None:
    """Write a purpose sheet; collecting, querying and exporting then name it.

    Platforms whose terms exclude such a body are refused, unless an agreement is stated.
    """
    workspace = options.workspace()
    for code in city:
        if code != "*":
            workspace.registry.home(code)
    for platform in agreement or ():
        workspace.registry.platform(platform)
    sheet = purposes.Purpose(
        name, who, task, legal_basis, question, tuple(city), recipients, parse_day(end),
        body, tuple(agreement or ()), research_exception,
    )  # fmt: skip
    purposes.add(workspace.home / "purposes", sheet)
    output.say(f"Purpose {name} holds until {sheet.end}: --purpose {name}")


@COMMAND.command("list")
def list_(as_json: options.Json = False) -> None:
    """The purpose sheets of this installation."""
    sheets = purposes.every(options.workspace().home / "purposes")
    if as_json:
        output.answer("purpose list", None, None, None, (), [vars(s) for s in sheets])
        return
    rows = [
        [s.name, s.who, s.body, s.question, ", ".join(s.cities), ", ".join(s.agreements),
         str(s.end)]
        for s in sheets
    ]  # fmt: skip
    columns = ["name", "who", "body", "question", "cities", "agreements", "end"]
    output.table("Purposes", columns, rows)
