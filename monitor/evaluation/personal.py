"""Made-up sentences with made-up personal data, as Presidio's researchers wrote them; test only.

Read from `personal/presidio_synthetic_v2.json` of the shared data; English, with names of many
countries. A datum is gone when at least half of it is taken out, under whatever type; a find is
right when it touches a datum. The types that count stand in TYPES; the others (places, firms,
titles, ages, dates, web addresses) are not what the scrubber is for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from base.errors import BadInput
from monitor.evaluation.measures import Taken, touches
from nlp.scrub import Scrub

FILE = Path("personal/presidio_synthetic_v2.json")
LANGUAGE = "en"
# the data set's types and ours
TYPES = {
    "PERSON": "person", "STREET_ADDRESS": "address", "CREDIT_CARD": "card",
    "PHONE_NUMBER": "phone", "EMAIL_ADDRESS": "email", "IBAN_CODE": "iban", "IP_ADDRESS": "ip",
    "US_SSN": "id",
}  # fmt: skip


@dataclass(frozen=True)
class Labelled:
    """data: (type of ours, start, end) in the text, code points, half-open."""

    text: str
    data: tuple[tuple[str, int, int], ...]


def read(folder: Path) -> Iterator[Labelled]:
    """The sentences; BadInput where the file is missing."""
    path = folder / FILE
    if not path.is_file():
        raise BadInput(
            "no labelled personal data",
            where=str(path),
            expected="presidio_synthetic_v2.json of microsoft/presidio-research",
            hint="the folder of the open data sets is the setting UNITE_SHARED_DATA",
        )
    for row in json.loads(path.read_text(encoding="utf-8")):
        marked = ((s["entity_type"], s["start_position"], s["end_position"]) for s in row["spans"])
        data = tuple((TYPES[kind], start, end) for kind, start, end in marked if kind in TYPES)
        yield Labelled(row["full_text"], data)


def measure(scrub: Scrub, sentences: Iterator[Labelled]) -> dict[tuple[str, str], Taken]:
    """(type, language) → what was taken out. A full name has a space in it, a lone one none; only
    `person` has a precision."""
    result: dict[tuple[str, str], Taken] = {}
    for sentence in sentences:
        spans = scrub.find(sentence.text, LANGUAGE)
        for kind, start, end in sentence.data:
            covered = sum(max(0, min(end, s.end) - max(start, s.start)) for s in spans)
            kinds = [kind]
            if kind == "person":
                kinds.append("full name" if " " in sentence.text[start:end] else "lone name")
            for name in kinds:
                taken = result.setdefault((name, LANGUAGE), Taken())
                taken.there += 1
                taken.gone += 2 * covered >= end - start
        places = [(start, end) for _, start, end in sentence.data]
        for span in spans:
            taken = result.setdefault((span.type, LANGUAGE), Taken())
            taken.found += 1
            taken.right += touches((span.start, span.end), places)
    return dict(sorted(result.items()))
