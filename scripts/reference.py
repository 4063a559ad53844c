"""Writes docs/reference.md from the code: commands, settings, columns, filters.

Run `make docs` after changing one of them; a test fails when the page is behind.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import typer

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from monitor.cli import main as cli
from monitor.settings import Settings
from monitor.tables import METADATA
from store import query, schema
from store.tables import TABLES

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference.md"
_TABLE_COLUMNS = {
    "posts": schema.POST_COLUMNS,
    "stories": schema.STORY_COLUMNS,
    "windows": schema.WINDOW_COLUMNS,
    "coverage": schema.COVERAGE_COLUMNS,
    "vault": schema.VAULT_COLUMNS,
    "forgotten": schema.FORGOTTEN_COLUMNS,
    "removed": schema.REMOVED_COLUMNS,
}


def page() -> str:
    """The whole page as Markdown."""
    assert _TABLE_COLUMNS.keys() == TABLES.keys()
    lines: list[str] = ["# Reference", "", "Made from the code by `make docs`; do not edit.", ""]
    for part in (_commands(), _settings(), _filters(), _columns(), _database()):
        lines += [*part, ""]
    return "\n".join(lines).rstrip() + "\n"


def _commands() -> Iterator[str]:
    yield "## Commands"
    yield from _group("unite", typer.main.get_command(cli.build(cli.names())))


def _group(path: str, group: Any) -> Iterator[str]:
    # typer carries a click of its own: groups and options are known by what they have
    for name, command in sorted(group.commands.items()):
        if hasattr(command, "commands"):
            yield from _group(f"{path} {name}", command)
            continue
        yield from ("", f"### {path} {name}", "", _flat(command.help or ""), "")
        yield from ("| word | meaning | default |", "| --- | --- | --- |")
        for word in command.params:
            if word.name == "help":
                continue
            is_option = word.param_type_name == "option"
            shown = ", ".join(f"`{o}`" for o in (word.opts if is_option else [word.name.upper()]))
            default = word.default if isinstance(word.default, str | int | float) else None
            said = "" if default in (None, "", False) else f"`{default}`"
            needed = "required" if word.required else said
            yield f"| {shown} | {_flat(getattr(word, 'help', '') or '')} | {needed} |"


def _settings() -> Iterator[str]:
    yield from ("## Settings", "", "Environment variables, or the same names without `UNITE_` in")
    yield from ("lower case in `unite.toml` in the home folder.", "")
    yield from ("| setting | meaning | default |", "| --- | --- | --- |")
    for name, info in Settings.model_fields.items():
        default = "" if info.default_factory or info.default is None else f"`{info.default}`"
        yield f"| `UNITE_{name.upper()}` | {_flat(info.description or '')} | {default} |"


def _filters() -> Iterator[str]:
    yield from ("## Filters", "", "What a question may ask; the same words in an address, in JSON")
    yield from ("and on the command line (`--where name=value`).", "")
    doc = query.__doc__ or ""
    yield doc[doc.index("| field") :].strip()
    yield from ("", "Columns that no filter reads, and why:", "")
    yield from (f"- `{name}`: {why}" for name, why in query.UNASKED.items())


def _columns() -> Iterator[str]:
    yield from ("## Columns of the lake",)
    for table, columns in _TABLE_COLUMNS.items():
        yield from ("", f"### {table}", "")
        yield from ("| column | type | meaning | from | empty means |",
                    "| --- | --- | --- | --- | --- |")  # fmt: skip
        for c in columns:
            yield f"| `{c.name}` | `{c.type}` | {c.meaning} | {c.origin} | {c.null} |"


def _database() -> Iterator[str]:
    yield from ("## Tables of the application database",)
    for table in METADATA.sorted_tables:
        yield from ("", f"### {table.name}", "", "| column | type | meaning |",
                    "| --- | --- | --- |")  # fmt: skip
        for column in table.columns:
            assert isinstance(column, sa.Column)
            yield f"| `{column.name}` | {column.type} | {column.comment} |"


def _flat(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
