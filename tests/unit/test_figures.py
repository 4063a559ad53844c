"""Figures of the registry beside the Urban Audit's own file."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from shared import SHARED

from monitor import cities
from monitor.cities import Figure

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
import figures

REGISTRY = cities.load()
AUDIT = {
    ("XX001C", figures.POPULATION, 2023): 1000.0,
    ("XX001C", figures.FOREIGN_BORN, 2023): 123.0,
    ("XX001C", figures.POPULATION, 2024): 1100.0,
}
SAID = "Eurostat Urban Audit, XX001C, 1 January 2023"


@pytest.mark.unit
@pytest.mark.parametrize(
    ("population", "share", "wrong"),
    [
        (Figure(1000, 2023, SAID), Figure(0.123, 2023, SAID), 0),
        (Figure(1000, 2024, SAID), Figure(0.12, 2023, SAID), 2),
        (Figure(1100, 2024, SAID), Figure(0.112, 2024, SAID), 1),  # nobody told the share of 2024
        (Figure(7, 2020, "the town hall"), None, 0),  # not the Urban Audit's to say
    ],
)
def test_a_figure_that_names_the_urban_audit_must_be_its(
    population: Figure, share: Figure | None, wrong: int
) -> None:
    city = replace(REGISTRY.city("wien"), population=population, foreign_born=share)
    assert len(list(figures.faults(city, AUDIT))) == wrong


@pytest.mark.shared
def test_every_figure_that_names_the_urban_audit_is_its() -> None:
    path = SHARED / "data" / "geo" / "urban_audit.csv.gz"
    if not path.is_file():
        pytest.skip("no ../shared beside the checkout")
    audit = figures.read(path)
    named = [c for c in REGISTRY.cities.values() if figures.of_audit(c.population)]
    assert len(named) > 40
    assert [
        fault for city in REGISTRY.cities.values() for fault in figures.faults(city, audit)
    ] == []
    for city in REGISTRY.cities.values():
        for figure in (city.population, city.foreign_born):
            if figure is not None and figures.of_audit(figure):
                assert ("greater city" in figure.source) == (figure.of == "greater city"), city.code
