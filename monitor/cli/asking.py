"""Questions on a terminal; elsewhere what is missing is an error that names the option."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from base.errors import BadInput


def is_terminal() -> bool:
    """Whether somebody can answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def text(given: str | None, question: str, option: str) -> str:
    """What was given, else what is typed. Raises BadInput where nobody can be asked."""
    if given:
        return given
    if not is_terminal():
        raise BadInput(f"{question} is not said", hint=option)
    return str(typer.prompt(question, err=True)).strip()


def one_of(question: str, among: Sequence[str]) -> int:
    """The position of the choice. Only on a terminal."""
    for number, choice in enumerate(among, start=1):
        typer.echo(f"  {number}  {choice}", err=True)
    while True:
        found = typer.prompt(question, default=1, type=int, err=True)
        if 1 <= found <= len(among):
            return int(found) - 1
        typer.echo(f"  1 to {len(among)}", err=True)


def agreed(question: str, *, yes: bool) -> bool:
    """Whether to go on: said before, or on a terminal; without one there is nobody to ask."""
    return yes or not is_terminal() or typer.confirm(question, default=True, err=True)
