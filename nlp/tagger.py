"""All steps in one chain: a batch of posts in, the same posts tagged.

Reads `text` (and `home`, a declared `lang`); assigns every column of the Post that tagging
makes. The chain is checked once, when it is built; a missing column names the step and the step
that could have made it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from base.errors import BadInput
from nlp.codes import Codes
from nlp.dates import Dates
from nlp.evidence import Evidence, kept_matches
from nlp.exact import Exact
from nlp.experience import Experience
from nlp.hate import Hate
from nlp.match import Match
from nlp.patterns import Patterns
from nlp.places import Place, Places
from nlp.protect import Protect
from nlp.relevance import Relevance
from nlp.signature import Signature
from nlp.speech import Speech
from nlp.step import Step, assign
from nlp.telling import Telling
from nlp.tone import Tone
from store.schema import POST
from taxonomy.taxonomy import Taxonomy

RULES = "rules-4"  # goes up when a step would tag the same text differently
NONE_LOOSE: Mapping[tuple[str, str], frozenset[str]] = {}
TAGGED = (
    "text", "redactions", "lang", "lang_score", "signature", "relevant", "areas", "matches",
    "places", "city", "groups", "rights", "tone", "hate", "speech", "experience", "protected",
    "tagger",
)  # fmt: skip


@dataclass(frozen=True)
class Tagger:
    """The chain as one step. given: columns that the batch brings; digest: of all that decides."""

    steps: tuple[Step, ...]
    digest: str
    given: tuple[str, ...] = ("text",)
    requires: tuple[str, ...] = field(init=False)
    assigns: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        there = list(self.given)
        for place, step in enumerate(self.steps):
            for name in step.requires:
                if name not in there:
                    later = [type(s).__name__ for s in self.steps[place:] if name in s.assigns]
                    raise BadInput(
                        f"step {type(step).__name__} reads {name!r}, which nothing before it makes",
                        where="tagger",
                        available=there,
                        hint=f"put {later[0]} before it" if later else None,
                    )
            there += [name for name in step.assigns if name not in there]
        object.__setattr__(self, "requires", self.given)
        made = {name for step in self.steps for name in step.assigns} | {"tagger"}
        object.__setattr__(self, "assigns", tuple(n for n in TAGGED if n in made))

    def __call__(self, posts: pa.RecordBatch) -> pa.RecordBatch:
        for name in self.given:
            if posts.schema.get_field_index(name) < 0:
                raise BadInput(f"the batch has no column {name!r}", where="tagger",
                               available=posts.schema.names)  # fmt: skip
        for step in self.steps:
            posts = step(posts)
        if posts.schema.get_field_index("matches") >= 0:
            cues = Evidence.of(posts).is_of("cues")
            if cues.any():
                posts = assign(posts, "matches", kept_matches(posts.column("matches"), ~cues))
        posts = assign(posts, "tagger", pa.array([self.digest] * posts.num_rows, pa.string()))
        for name in self.assigns:
            kind = POST.field(name).type
            if posts.column(name).type != kind:
                posts = assign(posts, name, posts.column(name).cast(kind))
        return posts


def build(
    taxonomy: Taxonomy,
    places: Iterable[Place] = (),
    scrub: Step | None = None,
    language: Step | None = None,
    *,
    telling: Telling | None = None,
    exact: Exact | None = None,
    tie_city: bool = True,
    loose: Mapping[tuple[str, str], frozenset[str]] = NONE_LOOSE,
    digests: Sequence[str] = (),
    cache: Path | None = None,
) -> Tagger:
    """The tagger of an installation.

    Without `scrub` and `language` it retags: the text is scrubbed already, and the batch brings
    `lang` and `redactions`, which stay. telling: the first person, by which delicate posts are
    known as somebody's own. exact: words of places and ages beyond the registry. loose: the
    sources that reach beyond their city, as `nlp.places` takes them. digests: of models that
    the steps read.
    cache: a folder for what is made of the lists.
    """
    every = tuple(places)
    match = Match(Patterns(taxonomy, every, cache))
    codes = Codes.of(taxonomy)
    steps: list[Step] = [step for step in (language, scrub) if step is not None]
    steps += [
        match, Places(every, loose), codes, Tone.of(taxonomy), Hate.of(taxonomy),
        Speech.of(taxonomy), Experience.of(taxonomy),
        Protect(match, codes, Dates.of(taxonomy), telling, exact),
        Relevance(tie_city), Signature(),
    ]  # fmt: skip
    made = {name for step in (language, scrub) if step is not None for name in step.assigns}
    given = ("text", *(name for name in ("lang", "redactions") if name not in made))
    return Tagger(tuple(steps), digest(taxonomy, every, digests, loose), given)


def digest(
    taxonomy: Taxonomy,
    places: Iterable[Place],
    models: Sequence[str] = (),
    loose: Mapping[tuple[str, str], frozenset[str]] = NONE_LOOSE,
) -> str:
    """16 hex digits that change when the taxonomy, the places, the sources that reach
    beyond their city, the rules or a model change."""
    total = hashlib.sha256(f"{RULES}\0{taxonomy.digest}".encode())
    sources = sorted(repr((*source, *sorted(tags))) for source, tags in loose.items())
    for part in (*sorted(map(repr, places)), *sources, *models):
        total.update(f"\0{part}".encode())
    return total.hexdigest()[:16]
