"""What platforms' terms allow: the one place that decides; everybody who reads, shows, keeps or
passes on posts asks here.

Comes in: the platforms of the registry and a purpose sheet. Goes out: a refusal in words, the
part of a Query that is left, what an export may hold, how long a post may stay. A platform that
data/platforms.toml does not know came with somebody's own file (terms_class `own`): that person
answers for it, and nothing is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from base.errors import NotAllowed, unknown
from collectors.collector import Source
from monitor.platforms import Platform
from monitor.purposes import Purpose
from store.query import Query

_TEXT_CLASSES = ("open", "research", "own")
WHOLE_CLASSES = ("open", "own")  # of an article, whose publisher has rights of its own
Platforms = Mapping[str, Platform]


@dataclass(frozen=True)
class Pass:
    """What of a post may be passed on. whole: an article too, not an excerpt alone."""

    text: bool
    ids: bool
    whole: bool


def refusal(platform: Platform, purpose: Purpose) -> NotAllowed | None:
    """Why this purpose may not use the platform's posts; None where it may.

    An agreement that the sheet states goes before the terms. A sheet that does not say what
    kind of body asks is held to the strictest reading.
    """
    terms = platform.terms
    if platform.code in purpose.agreements:
        return None
    who = purpose.body or "a body that the sheet does not name"
    if terms.public_body_allowed != "yes" and purpose.body in ("public-body", ""):
        term = f'public_body_allowed = "{terms.public_body_allowed}"'
        needed = "an agreement of the public body's own with the platform"
        if terms.public_body_allowed == "no":
            needed += "; its terms offer public bodies none"
    elif terms.research_only and purpose.body != "research":
        term = "research_only = true"
        needed = "an agreement for uses other than research, or a research body that asks"
    else:
        return None
    hint = f'agreements = ["{platform.code}"] in purposes/{purpose.name}.toml, once there is one'
    if not purpose.body:
        hint = f"body = … in purposes/{purpose.name}.toml (unite purpose add --help); or {hint}"
    return NotAllowed(
        f"the terms of {platform.name} do not allow {who} to use its posts ({term})",
        where=f"data/platforms.toml {platform.code} ({terms.link})",
        expected=needed,
        hint=hint,
    )


def sources(
    platforms: Platforms, purpose: Purpose, given: Iterable[Source]
) -> tuple[list[Source], dict[str, NotAllowed]]:
    """The sources that may be collected from, and by platform why the others may not."""
    allowed, refused = [], {}
    for source in given:
        error = _refused(platforms, purpose, source.platform)
        if error is None:
            allowed.append(source)
        else:
            refused[source.platform] = error
    return allowed, refused


def narrowed(
    platforms: Platforms, purpose: Purpose, query: Query, present: Iterable[str]
) -> tuple[Query, dict[str, NotAllowed]]:
    """The Query without platforms that are refused, and by platform why.

    present: platforms that posts at hand come from. Raises NotAllowed where a refused platform
    was asked for by name, or nothing would be left.
    """
    for code in query.platforms:
        error = _refused(platforms, purpose, code)
        if error is not None:
            raise error
    if query.platforms:
        return query, {}
    judged = {code: _refused(platforms, purpose, code) for code in sorted(present)}
    refused = {code: error for code, error in judged.items() if error is not None}
    left = tuple(code for code in judged if code not in refused)
    if refused and not left:
        raise next(iter(refused.values()))
    return (query.replace(platforms=left) if refused else query), refused


def passing(platform: Platform | None, terms_class: str) -> Pass:
    """What of a post may be passed on: the platform's terms of today and the class it came with,
    whichever is stricter."""
    text = terms_class in _TEXT_CLASSES
    ids = True
    if platform is not None:
        text = text and platform.terms.may_export_text
        ids = platform.terms.may_export_ids
    return Pass(text, ids, terms_class in WHOLE_CLASSES)


def untexted(platforms: Platforms) -> list[str]:
    """Platforms whose texts may not be stored."""
    return sorted(p.code for p in platforms.values() if not p.terms.may_store_text)


def keep_days(platforms: Platforms) -> dict[str, int]:
    """How many days a post may stay at most, where a platform's terms say."""
    return {p.code: p.terms.keep_days for p in platforms.values() if p.terms.keep_days is not None}


def delete_within(platforms: Platforms) -> dict[str, int]:
    """Days within which a post that was deleted there must go here, where the terms say."""
    return {
        p.code: p.terms.delete_within
        for p in platforms.values()
        if p.terms.delete_within is not None
    }


def check_agreements(platforms: Platforms, purpose: Purpose) -> None:
    """Raises BadInput for an agreement with a platform that nobody knows."""
    for code in purpose.agreements:
        if code not in platforms:
            raise unknown("platform", code, platforms, where=f"purposes/{purpose.name}.toml")


def _refused(platforms: Platforms, purpose: Purpose, code: str) -> NotAllowed | None:
    platform = platforms.get(code)
    return None if platform is None else refusal(platform, purpose)
