"""What a user can type, set or read is written down, and the pages are not behind the code."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
from pathlib import Path

import pytest

from monitor import cities
from monitor.cli import main as cli
from monitor.platforms import Terms
from monitor.settings import Settings
from monitor.terms.findings import KINDS
from store import schema
from taxonomy.codes import codes

pytestmark = pytest.mark.unit
ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))


def test_the_reference_is_not_behind_the_code() -> None:
    import reference

    assert reference.PAGE.read_text("utf-8") == reference.page(), "run `make docs`"


def test_the_page_of_languages_is_not_behind_the_lists() -> None:
    import languages

    assert languages.PAGE.read_text("utf-8") == languages.page(), "run `make docs`"


def test_the_table_of_sources_is_not_behind_the_registry() -> None:
    import source_table

    assert source_table.PAGE.read_text("utf-8") == source_table.page(), "run `make docs`"


def test_the_page_of_word_lists_names_every_kind_of_finding_and_every_language_is_counted() -> None:
    text = (ROOT / "docs" / "word-lists.md").read_text("utf-8")
    assert re.findall(r"^\| ([a-z]+) \|", text, re.MULTILINE)[1:] == list(KINDS)
    counted = (ROOT / "docs" / "dead-terms.md").read_text("utf-8")
    for name in codes().languages.values():
        assert f"| {name} |" in counted


def test_every_command_setting_and_column_has_a_meaning() -> None:
    import reference

    page = reference.page()
    for name in cli.names():
        assert f"### unite {name}" in page
    for name, info in Settings.model_fields.items():
        assert info.description, name
    for columns in reference._TABLE_COLUMNS.values():
        assert all(isinstance(c, schema.Column) and c.meaning and c.origin for c in columns)
    empty = [line for line in page.splitlines() if re.match(r"^\| `--[^|]*\|  \|", line)]
    assert not empty, "an option without a help text"


def test_the_readme_names_the_two_commands() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert "make run" in text
    assert "make test" in text


def test_links_in_the_documents_lead_somewhere() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_platform_has_its_section_and_every_term_its_consequence() -> None:
    text = (ROOT / "docs" / "sources.md").read_text("utf-8")
    parts = dict(re.findall(r"^## ([a-z]+)\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL))
    assert parts.keys() == cities.load().platforms.keys()
    for code, part in parts.items():
        if code != "sample":  # made up: it asks for nothing and costs nothing
            missing = [w for w in ("terms", "kept") if w not in part.lower()]
            assert not missing, f"{code} says nothing about {missing}"
    for tool in ("4CAT", "Zeeschuimer", "Meta Content Library", "CrowdTangle"):
        assert f"{tool}" in parts["files"]
    told = text.partition("## What the terms do here")[2].partition("\n## ")[0]
    silent = {"link", "checked_on"}  # where it was read, not what it asks for
    keys = {field.name for field in dataclasses.fields(Terms)} - silent
    assert [key for key in sorted(keys) if f"`{key}" not in told] == []


def test_nothing_committed_names_a_machine_or_a_registry() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout.decode()
    wrong = re.compile(r"index-url|/(?:work|home|root)/")
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if path.suffix in {".py", ".toml", ".lock", ".sh", ".md", ".csv"} and path != Path(
            __file__
        ):
            found = wrong.search(path.read_text("utf-8", errors="replace"))
            assert found is None, f"{name}: {found and found.group()}"
