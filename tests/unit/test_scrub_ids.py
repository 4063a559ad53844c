"""National numbers of each country: found with a right checksum where a word announces them or
the checksum alone says enough, left where another number stands. All are made up or stand in the
documentation of python-stdnum."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlp.recognisers import Lists
from nlp.recognisers.names import Names
from nlp.recognisers.naming import Naming
from nlp.recognisers.national_id import NationalId
from nlp.recognisers.numbers import read_numbers

pytestmark = pytest.mark.unit

NUMBERS = read_numbers(Path(__file__).resolve().parents[2] / "data/names")
NONE: frozenset[str] = frozenset()
IDS = NationalId(Lists(Naming(), Names(), NUMBERS, NONE, NONE, NONE))


def found(text: str) -> list[str]:
    spans = sorted({(s.start, s.end) for s in IDS.find(text, "und")})  # of one country or several
    return [text[start:end] for start, end in spans]


# number, a slip in it; what announces it stands in the text where the shape alone says too little
@pytest.mark.parametrize(
    ("before", "number", "slip"),
    [
        ("PESEL ", "44051401359", None),
        ("", "RCCMNL83S18D969H", "RCCMNL83S18D969X"),  # codice fiscale
        ("", "54362315K", "54362315A"),  # DNI
        ("", "x-2482300W", "x-2482300A"),  # NIE
        ("", "2 95 10 99 126 111 93", "2 95 10 99 126 111 94"),  # NIR
        ("BSN ", "111222333", None),
        ("", "1630615123457", "1630615123458"),  # CNP
        ("ЕГН ", "7523169263", None),
        ("", "880320-0016", "880320-0018"),  # personnummer
        ("CPR ", "211062-5629", None),
        ("", "131052-308T", "131052-308U"),  # HETU
        ("ΑΜΚΑ ", "01013099997", None),
        ("", "710319/2745", "710319/2746"),  # rodné číslo
        ("Steuer-ID ", "36 574 261 809", None),
        ("", "85.07.30-033 28", "85.07.30-033 29"),  # Rijksregisternummer
        ("OIB ", "33392005961", None),
        ("isikukood ", "36805280109", None),
        ("asmens kodas ", "33309240064", None),
        ("personas kods ", "161175-19997", None),
        ("", "6433435F", "6433435E"),  # PPS
        ("EMŠO ", "0101006500006", None),
        ("T.C. kimlik no ", "17291716060", None),
        ("", "756.9217.0769.85", "756.9217.0769.86"),  # AHV
        ("РНОКПП ", "1759013776", None),
        ("NIF ", "501964843", None),
    ],
)
def test_national_numbers(before: str, number: str, slip: str | None) -> None:
    assert found(f"so {before}{number} und") == [number]
    if slip is None:  # the same figures where nothing says whose number it is
        assert found(f"Rechnung {number} bezahlt") == []
    else:
        assert found(f"so {slip} und") == []


def test_a_number_that_goes_on_is_another() -> None:
    assert found("so 710319/27451 und 880320-00167") == []
