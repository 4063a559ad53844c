"""Posts that have been seen before: copies of a text, and one post found by two cities.

A copy repeats a text of an earlier window, so that the original is always the earliest of its
story. The pools are bounded: memory does not grow with the sample.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import date, datetime

from .grammar import Random
from .personal import pick
from .rows import Root, Row, Rows
from .sources import SampleSource

COPIES = 0.03  # share of posts that repeat an earlier one, mostly of another source
FOUND_TWICE = 0.003  # share of posts that another city's source has found, too
ENDS = (" 👇", " ‼️", " 👀", " …", " ⬆️", " 🧵")


@dataclass
class Copies:
    """Remembers texts that may be passed on."""

    rows: Rows
    random: Random
    window: date | None = None
    fresh: list[tuple[str, Root]] = field(default_factory=list)  # of the window that is running
    told: dict[str, deque[Root]] = field(default_factory=dict)  # language -> of earlier windows
    found: dict[str, deque[Root]] = field(default_factory=dict)  # platform -> latest posts

    def begin(self, window: date) -> None:
        """What was said in the windows before may be copied in this one."""
        if window != self.window:
            self.window = window
            for language, root in self.fresh:
                self.told.setdefault(language, deque(maxlen=300)).append(root)
            self.fresh.clear()

    def remember(self, source: SampleSource, language: str, root: Root) -> None:
        """Planted posts are left alone: a plant's factor counts what it added, once."""
        if root.truth["planted"] is None and root.truth["city"] == source.home:
            if len(root.item["text"]) > 90 and self.random() < 0.2:
                self.fresh.append((language, root))
            self.found.setdefault(source.platform, deque(maxlen=80)).append(root)

    def copy(self, source: SampleSource, moment: datetime, account: int) -> Row | None:
        """A text of an earlier window, word for word or nearly, under another account."""
        pool = self.told.get(source.language)
        if not pool:
            return None
        root = pool[int(len(pool) * self.random() ** 2.5)]  # a few go round again and again
        if root.source == source.code and self.random() < 0.8:
            return None
        if root.item["created"] >= moment:  # a day begins earlier in the east
            return None
        text = self._altered(root)
        item = self.rows.item(source, moment, account, text, source.language)
        city = root.truth["city"] if root.truth["places"] else source.home
        return item, {
            **root.truth,
            "native_id": item["native_id"],
            "home": source.home,
            "source": source.code,
            "city": city,
            "story": root.native,
        }

    def _altered(self, root: Root) -> str:
        """What becomes of a text that is passed on."""
        text: str = root.item["text"]
        dice = self.random()
        if dice < 0.25:
            return text
        if dice < 0.45:
            return f"RT: {text}"
        if dice < 0.60:
            return text + pick(self.random, ENDS)
        if dice < 0.75 and not root.truth["personal"]:
            words = text.split(" ")
            if words[0].isalpha():
                words[0] = words[0].upper()
            return " ".join(words)
        if dice < 0.9:
            return f"{text} https://news.example/a/{int(self.random() * 1e7)}"
        return text.replace("! ", ". ").replace(". ", " – ", 1)

    def again(self, source: SampleSource, first: datetime, last: datetime) -> Row | None:
        """A post of another city's source on the same platform, found here, too."""
        pool = self.found.get(source.platform, deque())
        for at, root in enumerate(pool):
            if root.truth["home"] != source.home and first <= root.item["created"] < last:
                del pool[at]
                return dict(root.item), {**root.truth, "home": source.home, "source": source.code}
        return None
