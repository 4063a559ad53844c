"""The raw item of a post, as a collector would map it, and the row of truth beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from .draft import Draft
from .grammar import Random
from .personal import Handles
from .plant import Plant
from .sources import SampleSource

Row = tuple[dict[str, Any], dict[str, Any]]  # an item and its truth


class Habits(NamedTuple):
    """How people post on a platform: shares of replies, pictures and films, kinds, counts."""

    replies: float
    first: str  # kind of a first post
    reply: str  # kind of a reply
    image: float
    video: float
    counted: bool  # likes and replies are known
    reposted: bool  # so are reposts
    prefix: str  # of native ids


HABITS = {
    "reddit": Habits(0.62, "post", "comment", 0.12, 0.02, True, False, "t1_"),
    "mastodon": Habits(0.32, "post", "reply", 0.25, 0.03, True, True, "11"),
    "bluesky": Habits(0.30, "post", "reply", 0.28, 0.05, True, True, "3l"),
    "feeds": Habits(0.0, "article", "article", 0.75, 0.08, False, False, "guid-"),
    "youtube": Habits(0.35, "comment", "reply", 0.0, 0.01, True, False, "Ug"),
    "discourse": Habits(0.66, "post", "reply", 0.08, 0.01, True, False, "p"),
    "files": Habits(0.20, "post", "comment", 0.10, 0.04, False, False, "row-"),
}


@dataclass(frozen=True, slots=True)
class Root:
    """A post that others may answer, copy or find again."""

    native: str
    source: str
    area: str | None
    item: dict[str, Any]
    truth: dict[str, Any]


@dataclass
class Rows:
    """Makes items and truths; `serial` numbers the posts of a run."""

    random: Random
    handle: Handles
    serial: int

    def item(
        self, source: SampleSource, moment: datetime, account: int, text: str, language: str
    ) -> dict[str, Any]:
        """A first post; who makes a reply of it sets kind and thread."""
        random, habits = self.random, HABITS[source.platform]
        self.serial += 1
        scattered = self.serial * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFF  # one to one: stays unique
        native = f"{habits.prefix}{scattered:014x}"
        heat = random() ** 9 * 400  # most posts are hardly noticed
        anonymous = random() < (0.5 if source.platform == "feeds" else 0.04)
        return {
            "native_id": native,
            "address": f"https://{source.platform}.example/{source.code}/{native}",
            "author": None if anonymous else self.handle(account),
            "created": moment,
            "kind": habits.first,
            "thread": None,
            "text": text,
            "replies": int(heat * random() * 0.4) if habits.counted else None,
            "reposts": int(heat * random() * 0.3) if habits.reposted else None,
            "likes": int(heat * (0.3 + random())) if habits.counted else None,
            "image": random() < habits.image,
            "video": random() < habits.video,
            "lang": self._declared(language),
        }

    def _declared(self, language: str) -> str | None:
        """What platforms say a language is: often nothing, sometimes wrong."""
        dice = self.random()
        if dice < 0.40:
            return None
        if dice < 0.44:
            return "en"
        return f"{language}-{language.upper()}" if dice < 0.5 else language

    @staticmethod
    def truth(
        source: SampleSource,
        native: str,
        draft: Draft,
        city: str,
        language: str,
        plant: Plant | None,
    ) -> dict[str, Any]:
        """What is true of a post, read off the sentences it was made of."""
        places, personal, groups = set(), [], set(draft.groups)
        for text, kind, code in draft.notes:
            if kind == "place":
                places.add(code)
            elif kind == "group":
                groups.add(code)
            else:
                personal.append([kind, text])
        return {
            "native_id": native,
            "home": source.home,
            "source": source.code,
            "city": city,
            "areas": draft.areas,
            "places": sorted(places),
            "groups": sorted(groups),
            "tone": draft.tone,
            "hate": draft.speech == "hate",
            "hate_kind": draft.hate_kind,
            "speech": draft.speech,
            "experience": draft.experience,
            "protected": draft.protected,
            "language": language,
            "personal": personal,
            "story": None,
            "planted": plant.name if plant else None,
        }
