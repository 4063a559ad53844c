"""Which hosts are left alone, and whose deletions are believed."""

from __future__ import annotations

import pytest

from monitor.retention.gone_hosts import Hosts
from monitor.retention.standing import Standing

pytestmark = pytest.mark.unit
GONE, THERE, SILENT, WAIT = Standing.GONE, Standing.THERE, Standing.SILENT, Standing.WAIT


def told(standings: list[Standing], *believed: str) -> Hosts:
    hosts = Hosts(believed)
    for number, standing in enumerate(standings):
        hosts.note("a.example", str(number), standing)
    return hosts


@pytest.mark.parametrize(
    ("standings", "is_suspicious"),
    [
        ([GONE] * 19, False),  # too few to judge
        ([GONE] * 20, True),
        ([GONE] * 19 + [THERE], True),
        ([GONE] * 18 + [THERE] * 2, False),  # nine of ten are not more than nine of ten
        ([GONE] * 18 + [Standing.REFUSED] * 2, False),
        ([THERE] * 100, False),
    ],
)
def test_a_host_at_which_nearly_everything_is_gone(
    standings: list[Standing], is_suspicious: bool
) -> None:
    hosts, gone = told(standings), standings.count(GONE)
    assert hosts.is_suspicious("a.example") is is_suspicious
    assert hosts.is_left_alone("a.example") is is_suspicious
    assert len(hosts.release(at_end=True)) == (0 if is_suspicious else gone)
    assert hosts.suspicious() == ({"a.example": gone} if is_suspicious else {})


def test_a_host_that_a_person_vouched_for_is_believed() -> None:
    hosts = told([GONE] * 30, "A.Example")
    assert not hosts.is_left_alone("a.example")
    assert len(hosts.release(at_end=False)) == 30


def test_little_is_held_back_until_the_end_and_given_out_once() -> None:
    hosts = told([GONE] * 5)
    assert hosts.release(at_end=False) == []
    assert hosts.release(at_end=True) == ["0", "1", "2", "3", "4"]
    assert hosts.release(at_end=True) == []


@pytest.mark.parametrize(
    ("standings", "is_left"),
    [
        ([SILENT] * 2, False),
        ([SILENT] * 3, True),
        ([SILENT, SILENT, THERE, SILENT], False),
        ([SILENT] * 3 + [THERE], True),  # for this run
        ([WAIT], True),  # it asked
        ([Standing.LEFT] * 9, False),  # nobody was asked
    ],
)
def test_a_host_that_does_not_answer_is_left_alone(
    standings: list[Standing], is_left: bool
) -> None:
    assert told(standings).is_left_alone("a.example") is is_left
    assert not told(standings).is_left_alone("b.example")
