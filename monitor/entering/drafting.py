"""What a city's entry holds before somebody saves it: its own cells, and those of its sources.

Comes in: a place, feeds, what somebody said. Goes out: cells as in data/cities/<code>.toml.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from base.errors import BadInput, unknown
from base.text import nfc, words
from base.time import now, zone
from collectors.collector import Source
from monitor.entering.place import Place, code_of, country
from monitor.sources.discovering import Feed
from store.schema import VOICES
from taxonomy.codes import codes

FEEDS = "feeds"
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_LONGEST = 40  # letters of a source's code


def city(
    name: str, place: Place, *, code: str | None = None, languages: Sequence[str] = (),
    time_zone: str | None = None, also: Sequence[str] = (),
    districts: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:  # fmt: skip
    """The cells of a city without sources. Raises BadInput, also where a country of several
    time zones is not told which."""
    there = country(place.country)
    own = nfc(" ".join(name.split()))
    names = dict.fromkeys(nfc(" ".join(n.split())) for n in (own, place.name, *also) if n.strip())
    for one in languages:
        if not _LANGUAGE.fullmatch(one):
            raise unknown("language", one, codes().languages, where="--language")
    if time_zone is None and len(there.time_zones) > 1:
        raise BadInput(f"{there.name} has several time zones", available=there.time_zones,
                       hint="say which one it has (--time-zone)")  # fmt: skip
    zone(time_zone or there.time_zones[0])
    cells = {
        "code": code or code_of(own), "name": own, "country": there.code,
        "languages": list(languages or there.languages),
        "time_zone": time_zone or there.time_zones[0],
        "latitude": place.latitude, "longitude": place.longitude, "population": place.figure,
        "names": list(names), "hashtags": _hashtags(own), "district": list(districts),
    }  # fmt: skip
    return {key: value for key, value in cells.items() if value not in (None, [])}


def feed(
    found: Feed, taken: Collection[str], *, voice: str, language: str | None, reason: str
) -> dict[str, Any]:
    """The cells of a feed as a source. taken: codes that the city has."""
    if voice not in VOICES:
        raise unknown("voice", voice, VOICES)
    title = found.title or urlsplit(found.address).netloc
    # what is named on the site's own page needs no more to be found again
    read_at = "the site's own page" if found.is_named else "an answer at this address"
    cells = {
        "code": source_code(title, found.address, taken), "platform": FEEDS, "name": title,
        "address": found.address, "voice": voice, "language": language, "why": reason,
        "read_at": f"{read_at}, {now():%Y-%m-%d}",
    }  # fmt: skip
    return {key: value for key, value in cells.items() if value is not None}


def source_code(title: str, address: str, taken: Collection[str]) -> str:
    """A code that is free: of the title, else of the host."""
    host = urlsplit(address).netloc.removeprefix("www.")
    try:
        base = code_of(title)[:_LONGEST].strip("-")
    except BadInput:  # letters of another script
        base = code_of(host or "source")
    number = 1
    while (found := base if number == 1 else f"{base}-{number}") in taken:
        number += 1
    return found


def source(cells: Mapping[str, Any], city_code: str, time_zone: str) -> Source:
    """A source that is not listed yet, as a collector takes it."""
    options = {k: str(v) for k, v in cells.get("options", {}).items()}
    return Source(
        cells["code"], cells["platform"], city_code, cells["address"], cells["voice"], time_zone,
        cells.get("language"), options,
    )  # fmt: skip


def unread(languages: Sequence[str]) -> list[str]:
    """Those languages that the monitor has no word lists for: little is found in their posts."""
    return [one for one in languages if one not in codes().languages]


def _hashtags(name: str) -> list[str]:
    tag = "".join(words(name))
    return [tag] if len(tag) >= 4 else []  # shorter ones are words somewhere
