"""An installation whose index is Elasticsearch, as its commands see it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from authority import Authority
from front import front
from installation import KEY, filled, index_finding
from test_cli_run import Said, unite

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose lake holds a few posts of wien."""
    return filled(tmp_path_factory.mktemp("installation"))


@pytest.fixture(scope="module")
def settings(
    elasticsearch_url: str, elastic_module_name: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, str]]:
    """The settings that are right: a front with a certificate of an own authority, and a key."""
    authority = Authority(tmp_path_factory.mktemp("authority"))
    with front(elasticsearch_url, authority.issue(), key=KEY) as there:
        yield {
            "UNITE_STORE_ELASTIC_URL": there.url,
            "UNITE_STORE_ELASTIC_API_KEY": KEY,
            "UNITE_STORE_ELASTIC_CA": str(authority.file),
            "UNITE_STORE_ELASTIC_NAME": elastic_module_name,
        }


@pytest.fixture(scope="module")
def built(home: Path, settings: Mapping[str, str]) -> Said:
    """`unite index`, for the first time."""
    return unite(home, "index", env=settings)


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
    (posts,) = [r["posts"] for r in rows if r["area"] == "housing"]
    assert posts in (10, 15)  # 12, rounded to 5 at random under the installation's key


def test_doctor_tells_server_version_colour_and_what_is_late(
    built: Said, home: Path, settings: Mapping[str, str]
) -> None:
    assert built.code == 0
    is_well, says = index_finding(home, settings)
    assert is_well
    assert says.startswith("Elasticsearch 9.")
    assert "generation 000001" in says
    assert "behind" not in says
