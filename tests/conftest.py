"""What all tests share: where test modules find each other, and that a skip is said by name."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

_HERE = Path(__file__).parent
for folder in ("", "unit", "contract", "kill", "server", "spark"):
    sys.path.insert(0, str(_HERE / folder))

# what was read of the lists once serves all tests, and stays in the checkout
os.environ.setdefault("UNITE_NLP_CACHE", str(_HERE.parent / ".pytest_cache" / "lists"))

from elastic_server import own_name  # noqa: E402, found only now
from servers import elasticsearch  # noqa: E402
from shared import SHARED  # noqa: E402


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("shared") and not SHARED.is_dir():
            item.add_marker(pytest.mark.skip(reason="needs the open data sets in ../shared"))


@pytest.fixture(scope="session")
def elasticsearch_url() -> Iterator[str]:
    """The address of the Elasticsearch that all tests share; it demands neither TLS nor a key."""
    with elasticsearch() as address:
        yield address


@pytest.fixture
def elastic_name(elasticsearch_url: str) -> Iterator[str]:
    """A prefix of index names that is this test's alone; what bears it goes with the test."""
    with own_name(elasticsearch_url) as name:
        yield name


@pytest.fixture(scope="module")
def elastic_module_name(elasticsearch_url: str) -> Iterator[str]:
    """The same for all tests of a module."""
    with own_name(elasticsearch_url) as name:
        yield name


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """On the build server a skipped server, browser or shared test is a failure."""
    del call
    report = yield
    needed = any(item.get_closest_marker(m) for m in ("server", "browser", "shared"))
    if report.skipped and needed and os.environ.get("CI") == "true" and SHARED.is_dir():
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped: {report.longrepr}"
    return report
