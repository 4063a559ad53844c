"""The annex of a researcher's request for a platform's data (DSA, Article 40), drafted from facts.

Comes in: a purpose sheet, the registry, the settings, data/coordinators.toml. Goes out: Markdown,
one document a platform. What the program cannot know is marked for the applicant; nothing is
made up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from analysis.release import LEAST_PERSONS, LEAST_POSTS
from base.time import now
from monitor import permits
from monitor.cities import DATA
from monitor.keys import GRACE
from monitor.platforms import Platform
from monitor.purposes import Purpose
from monitor.retention.due import A_DAY
from monitor.retention.standing import own_way
from monitor.tomls import open_table
from monitor.workspace import Workspace
from store import schema

_TEMPLATES = Path(__file__).parent / "templates"
_BODIES = {"public-body": "public body", "research": "research organisation",
           "ngo": "not-for-profit organisation", "other": "other"}  # fmt: skip
_VAULT = {
    "off": "not kept",
    "recheck": "as long as its post, to see whether it is still public",
    "incidents": "as long as its post, to see whether it is public and to report single incidents",
}
_COUNT = "@@"  # where the number of open places stands, once it is known


@dataclass(frozen=True)
class Coordinator:
    """The Digital Services Coordinator of establishment of a platform's provider."""

    country: str
    name: str
    address: str
    source: str
    provider: str


def coordinators(path: Path = DATA / "coordinators.toml") -> Mapping[str, Coordinator]:
    """By platform. Raises BadInput that names the table and the key."""
    found = {}
    every = open_table(path)
    for code in every.cells:
        table = every.table(code)
        platforms = table.table("platforms")
        for platform in platforms.cells:
            found[platform] = Coordinator(
                code.upper(), table.text("name"), table.text("address"), table.text("source"),
                platforms.text(platform),
            )  # fmt: skip
    return found


def draft(workspace: Workspace, purpose: Purpose, codes: Sequence[str] = ()) -> dict[str, str]:
    """Markdown by platform: of those named, else of all whose provider Article 40 binds.

    Raises BadInput for an unknown platform.
    """
    known = coordinators()
    env = Environment(
        loader=FileSystemLoader(_TEMPLATES), undefined=StrictUndefined, autoescape=False,
        keep_trailing_newline=True,
    )  # fmt: skip
    template = env.get_template("access_pack.md")
    documents = {}
    for code in codes or sorted(known):
        platform = workspace.registry.platform(code)
        open_places = 0

        def fill(what: str) -> str:
            nonlocal open_places
            open_places += 1
            return f"**[to be filled in: {what}]**"

        facts = _facts(workspace, _one_line(purpose), platform)
        text = template.render(**facts, coordinator=known.get(code), fill=fill)
        documents[code] = text.replace(_COUNT, str(open_places), 1)
    return documents


def _facts(workspace: Workspace, purpose: Purpose, platform: Platform) -> dict[str, Any]:
    settings, registry = workspace.settings, workspace.registry
    longest = min(settings.monitor_retention_days, platform.terms.keep_days or 10**6)
    cities = sorted(registry.cities) if "*" in purpose.cities else list(purpose.cities)
    listed = [s for c in cities if c in registry.cities for s in registry.city(c).sources]
    return {
        "today": now().date(),
        "purpose": purpose,
        "body": _BODIES.get(purpose.body, "not stated in the sheet"),
        "platform": platform,
        "cities": "all that the registry lists" if "*" in purpose.cities else ", ".join(cities),
        "sources": [s for s in listed if s.platform == platform.code],
        "fields": [c for c in schema.ITEM_COLUMNS if c.name not in ("platform", "voice")],
        "least_posts": LEAST_POSTS,
        "least_authors": LEAST_PERSONS,
        "irrelevant_days": min(settings.monitor_recheck_days, longest),
        "relevant_days": longest,
        "text_stored": platform.terms.may_store_text,
        "articles": platform.kind == "media",
        "key_days": GRACE.days,
        "vault": _VAULT[settings.store_vault],
        "rechecked": _rechecked(workspace, platform),
        "database": "one of the organisation's own" if settings.database_url else "a local file",
        "host": "this machine alone" if settings.dashboard_host in ("127.0.0.1", "::1", "localhost")
        else "the organisation's network",
        "exported": _exported(platform),
        "agreement": platform.code in purpose.agreements,
    }  # fmt: skip


def _rechecked(workspace: Workspace, platform: Platform) -> str | None:
    """How deletions there are followed; None where nothing can be asked."""
    settings, days = workspace.settings, platform.terms.delete_within
    if settings.store_vault == "off" or settings.monitor_recheck_posts == 0:
        return "posts are not asked for at the platform (by this installation's settings)"
    if own_way(platform.code) is None and not platform.address_tells:
        return None
    most = settings.monitor_recheck_posts
    if days is None or platform.asking_costs or most is not None:
        every = f"in turn, at most {most or A_DAY} of a source a day"
    else:
        every = f"within {days} day{'s' * (days != 1)}"
    return f"each post is asked for {every}, and what is gone there is deleted here"


def _exported(platform: Platform) -> str:
    may = permits.passing(platform, platform.terms_class)
    text = "scrubbed text" if may.text else "no text"
    ids = "keyed ids" if may.ids else "no ids"
    return f"{text}, {ids}, tags; never an address or the platform's own id"


def _one_line(purpose: Purpose) -> Purpose:
    """The sheet with each text in one line, so that none begins a part of the document."""
    who, task, basis, question, recipients = (
        " ".join(text.split())
        for text in (
            purpose.who, purpose.task, purpose.legal_basis, purpose.question, purpose.recipients
        )
    )  # fmt: skip
    return replace(purpose, who=who, task=task, legal_basis=basis, question=question,
                   recipients=recipients)  # fmt: skip
