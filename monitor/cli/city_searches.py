"""Searches of X for a city and the words of integration areas, ready to be listed as sources."""

from __future__ import annotations

from typing import Annotated

import typer

from base.errors import unknown
from base.text import phrase
from collectors.x.query import limit, queries
from monitor.cli import options, output
from monitor.settings import load
from monitor.terms.effective import effective


def searches(
    city: Annotated[str, typer.Argument(help="City code.")],
    area: options.Areas = None,
    language: Annotated[
        str | None, typer.Option(help="Of the words; the city's first without it.")
    ] = None,
    most: Annotated[int, typer.Option(min=1, max=500, help="Words of an area, at the most.")] = 10,
    full: Annotated[
        bool, typer.Option("--full", help="For the search of the whole archive, longer queries.")
    ] = False,
    as_json: options.Json = False,
) -> None:
    """Print the fewest searches of X that find a city's names beside the words of its areas.

    Without --area the names alone. Each line is the address of a source (`unite city source add`).
    What X finds costs money by the post: begin with few words.
    """
    workspace = options.workspace()
    place = workspace.registry.city(city)
    lists = effective(load())
    spoken = language or place.languages[0]
    if spoken not in lists.languages:
        raise unknown("language", spoken, lists.languages)
    words: dict[str, None] = {}
    for code in area or ():
        if code not in lists.areas:
            raise unknown("area", code, lists.areas)
        terms = (e.term for e in lists.of("terms", spoken) if e.code == code)
        words.update(dict.fromkeys(list(dict.fromkeys(terms))[:most]))
    # the name as it is spoken there and its tags: other forms would find other places
    names = {phrase(n): n for n in (*(f"#{tag}" for tag in place.hashtags), place.name)}
    longest = limit(full=full, enterprise=False)
    found = queries(names.values(), words, longest=longest, language=spoken if words else None)
    if as_json:
        rows = [{"city": city, "address": f"search:{one}", "length": len(one)} for one in found]
        output.answer("city searches", None, None, None, (), rows)
        return
    for one in found:
        print(f"search:{one}")
    output.say(f"{len(found)} searches of at most {longest:,} characters. unite city source add …")
