"""`unite city check`: a city's file, or a city of this installation, without a network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from base.errors import BadInput, UniteError
from monitor import cities, tomls
from monitor.cities import City
from monitor.cli import options, output
from monitor.entering import effective
from monitor.settings import load
from monitor.sources import check as source_check


def check(
    cities_or_files: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CODE|FILE.toml]…", help="Cities or files; none means all."),
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Read a city as it is written, and say what is wrong or missing; nothing is asked for."""
    settings = load()
    registry = effective.registry(settings)
    found, wrong = [], 0
    for given in cities_or_files or sorted(registry.cities):
        try:
            if given.endswith(".toml"):
                path = Path(given)
                city = cities.city(path.stem, tomls.open_table(path), registry.platforms)
            else:
                city = registry.city(given)
        except UniteError as error:
            wrong += 1
            output.say(f"unite: {error}")
            continue
        found.append(_row(city))
    if as_json:
        output.answer("city check", None, None, None, (), found)
    else:
        columns = ["city", "country", "#districts", "#sources", "#retired", "wanting"]
        shown = [[str(value) for value in row.values()] for row in found]
        output.table("Cities", columns, shown)
    if wrong:
        raise BadInput(f"{wrong} cannot be read", hint="see data/README.md")


def _row(city: City) -> dict[str, object]:
    missing = [source_check.gaps(city) or ""]
    if city.population is None:
        missing.append("no population")
    if not city.districts:
        missing.append("no districts")
    return {
        "city": city.code, "country": city.country, "districts": len(city.districts),
        "sources": len(city.sources), "retired": len(city.retired),
        "wanting": "; ".join(m for m in missing if m),
    }  # fmt: skip
