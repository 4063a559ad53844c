"""The platforms of data/platforms.toml: what they are, and what their terms allow.

A cautious reading with the day it was made and the page that was read; an installation answers
for its own agreements with a platform.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from base.errors import unknown
from monitor.tomls import Table, open_table

TERMS_CLASSES = ("open", "research", "ids-only", "own")
BODIES = ("yes", "agreement", "no")


@dataclass(frozen=True)
class Terms:
    """may_store_text, may_export_text, may_export_ids: as the names say. delete_within: days in
    which what was deleted there must go here; None where the terms set none. keep_days: the
    longest that a post may be kept at all. public_body_allowed: yes, agreement (only with one of
    its own), no. research_only: other uses need an agreement. checked_on, link: when which page
    was read; None where nobody has.
    """

    may_store_text: bool
    may_export_text: bool
    may_export_ids: bool
    delete_within: int | None
    keep_days: int | None
    public_body_allowed: str
    research_only: bool
    checked_on: date | None
    link: str


@dataclass(frozen=True)
class Platform:
    """One platform.

    requests_a_minute: how many questions the platform, or one server of it, answers; None where it
    says so with each answer, or nobody knows. address_tells: whether asking a post's address shows
    that the post is gone. asking_costs: whether each post that is asked is paid for.
    """

    code: str
    name: str
    kind: str
    voice: str
    terms_class: str
    address_tells: bool
    asking_costs: bool
    requests_a_minute: int | None
    terms: Terms


def read_platforms(path: Path) -> Mapping[str, Platform]:
    """The platforms by code. Raises BadInput that names the table and the key."""
    found = open_table(path)
    return {code: _platform(code, found.table(code)) for code in found.cells}


def _platform(code: str, table: Table) -> Platform:
    if table.text("terms_class") not in TERMS_CLASSES:
        raise unknown(
            "terms_class", table.text("terms_class"), TERMS_CLASSES, where=table.at("terms_class")
        )
    return Platform(
        code, table.text("name"), table.text("kind"), table.text("voice"),
        table.text("terms_class"),
        table.flag("address_tells") if "address_tells" in table.cells else True,
        table.flag("asking_costs") if "asking_costs" in table.cells else False,
        table.count("requests_a_minute") if "requests_a_minute" in table.cells else None,
        _terms(table),
    )  # fmt: skip


def _terms(table: Table) -> Terms:
    body = table.text("public_body_allowed")
    if body not in BODIES:
        raise unknown("public_body_allowed", body, BODIES, where=table.at("public_body_allowed"))
    delete_within, keep_days = (
        table.days(key) if key in table.cells else None for key in ("delete_within", "keep_days")
    )
    return Terms(
        table.flag("may_store_text"), table.flag("may_export_text"), table.flag("may_export_ids"),
        delete_within, keep_days, body, table.flag("research_only"),
        table.day("checked_on") if "checked_on" in table.cells else None, table.text("link"),
    )  # fmt: skip
