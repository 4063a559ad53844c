"""An installation whose index is Elasticsearch, as its commands see it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from authority import Authority
from elastic_server import own_name
from elasticsearch import Elasticsearch
from front import front
from lakes import merge, row
from test_cli_run import Said, process, unite

from monitor import pipeline
from monitor.settings import load
from monitor.workspace import Workspace

pytestmark = pytest.mark.server
KEY = "VnVhQ2ZHY0JDZGJrUW0tZTVhT3g6dWkybHAyYXhUTm1zeWFrdzl0dk5udw=="
POSTS = 12
MARCH = (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose lake holds a few posts of wien."""
    folder = tmp_path_factory.mktemp("installation")
    workspace = Workspace(load(home=folder))
    merge(workspace.lake, [row(n, hours=n) for n in range(POSTS)])
    pipeline.write_windows(workspace, [("wien", "s", *MARCH, POSTS, 0, 0, None, "source")])
    return folder


@pytest.fixture(scope="module")
def name(elasticsearch_url: str) -> Iterator[str]:
    with own_name(elasticsearch_url) as found:
        yield found


@pytest.fixture(scope="module")
def settings(
    elasticsearch_url: str, name: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, str]]:
    """The settings that are right: a front with a certificate of an own authority, and a key."""
    authority = Authority(tmp_path_factory.mktemp("authority"))
    with front(elasticsearch_url, authority.issue(), key=KEY) as there:
        yield {
            "UNITE_STORE_ELASTIC_URL": there.url,
            "UNITE_STORE_ELASTIC_API_KEY": KEY,
            "UNITE_STORE_ELASTIC_CA": str(authority.file),
            "UNITE_STORE_ELASTIC_NAME": name,
        }


@pytest.fixture(scope="module")
def built(home: Path, settings: Mapping[str, str]) -> Said:
    """`unite index`, for the first time."""
    return unite(home, "index", env=settings)


def finding(said: Said, about: str) -> tuple[bool, str]:
    rows = json.loads(said.out)["rows"]
    return next((r["is_well"], r["says"]) for r in rows if r["about"] == about)


def test_it_is_built_and_answers_through_a_certificate_and_a_key(
    built: Said, home: Path, settings: Mapping[str, str]
) -> None:
    assert built.code == 0, built.text
    assert "1 months built" in built.err
    assert not (home / "index").exists()
    said = unite(home, "compare", "wien", "--json", "--since", "2026-03-01", "--until",
                 "2026-04-01", env=settings)  # fmt: skip
    assert said.code == 0, said.text
    rows = json.loads(said.out)["rows"]
    assert [r["posts"] for r in rows if r["area"] == "housing"] == [10]  # rounded to 5


def test_doctor_tells_server_version_colour_and_what_is_late(
    built: Said, home: Path, settings: Mapping[str, str]
) -> None:
    assert built.code == 0
    is_well, says = finding(unite(home, "doctor", "--json", env=settings), "index")
    assert is_well
    assert says.startswith("Elasticsearch 9.")
    assert "generation 000001" in says
    assert "behind" not in says


def test_a_process_tells_a_wrong_key_and_ends(home: Path, settings: Mapping[str, str]) -> None:
    said = process(home, "index", env={**settings, "UNITE_STORE_ELASTIC_API_KEY": "d3Jvbmc="})
    assert said.code == 1
    assert "UNITE_STORE_ELASTIC_API_KEY" in said.err
    assert "refused the key" in said.err
    assert "Traceback" not in said.err
    assert "d3Jvbmc=" not in said.text
