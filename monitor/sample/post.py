"""From a window and its portions to raw posts: author, time, language, thread.

Keeps what the posts of a source have to do with each other. All of it is bounded, so that a million
posts need hardly more memory than a thousand.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random

from .calendar import Calendar, Portion, Window, midnight
from .copies import COPIES, FOUND_TWICE, Copies
from .draft import Wish
from .plant import Plant
from .rows import HABITS, Root, Row, Rows
from .sources import City, SampleSource, grammar, handles, wheel
from .text import Composer
from .wish import Wishes

ELSEWHERE = 0.02  # share of posts about another city of the sample
DATE_ONLY = 0.01  # share of posts of which only the day is known
FEW_VOICES = {"institutional": 2, "political": 5, "media": 9}  # accounts of such a source


class Newsroom:
    """Makes the pages of a sample one after the other."""

    def __init__(
        self, homes: Mapping[str, City], calendar: Calendar, rng: Random, seed: int, n: int
    ) -> None:
        self.homes = homes
        self.random = random = rng.random
        self.sources = [source for home in homes.values() for source in home.sources]
        self.authors = {source.code: self._authors(source, n) for source in self.sources}
        self.salt = {source.code: at * 5_003 for at, source in enumerate(self.sources)}
        self.languages = {source.code: self._languages(source) for source in self.sources}
        self.threads: dict[str, deque[Root]] = {s.code: deque(maxlen=60) for s in self.sources}
        self.composers: dict[tuple[str, str], Composer] = {}
        self.wishes = Wishes(homes, calendar, random)
        self.rows = Rows(random, handles(), seed * 1_000_003 << 24)
        self.copies = Copies(self.rows, random)

    def _authors(self, source: SampleSource, n: int) -> int:
        """Accounts of a source: fewer than posts, and a handful where no private person speaks."""
        if source.voice != "personal":
            return FEW_VOICES[source.voice]
        share = source.volume * self.homes[source.home].volume
        total = sum(s.volume * self.homes[s.home].volume for s in self.sources)
        return 12 + int((n * share / total) ** 0.78)

    def _languages(self, source: SampleSource) -> Sequence[str]:
        """A source posts in its own language; the city's others are heard on personal ones."""
        if source.voice != "personal":
            return (source.language,)
        others = {
            code: share * (0.15 if source.language == "en" else 1.0)
            for code, share in self.homes[source.home].languages.items()
            if code != source.language
        }
        return wheel({source.language: max(1 - sum(others.values()), 0.8), **others})

    def _composer(self, code: str, language: str) -> Composer:
        """The writer of a language in a city."""
        key = (code, language)
        if key not in self.composers:
            self.composers[key] = Composer(grammar(code, language), self.random)
        return self.composers[key]

    def page(self, window: Window, portions: Sequence[Portion]) -> list[Row]:
        """Items and truth of one window in order of time."""
        self.copies.begin(window.since)
        rows = [self._row(window, *moment) for moment in self._moments(window, portions)]
        rows.sort(key=lambda row: row[0]["created"])
        return rows

    def _moments(
        self, window: Window, portions: Sequence[Portion]
    ) -> list[tuple[datetime, Plant | None]]:
        """When the posts were made: by the city's hours, on days of 23 to 25 hours."""
        home = self.homes[window.source.home]
        random, hours = self.random, home.hours
        moments: list[tuple[datetime, Plant | None]] = []
        for portion in portions:
            if not portion.count:
                continue
            start = midnight(portion.day, home)
            length = midnight(portion.day + timedelta(days=1), home) - start
            scale = length.total_seconds() / 24
            for _ in range(portion.count):
                hour = hours[int(random() * len(hours))] + random()
                if random() < DATE_ONLY:
                    hour = 0.0
                moments.append((start + timedelta(seconds=int(hour * scale)), portion.plant))
        moments.sort(key=lambda pair: pair[0])
        return moments

    def _row(self, window: Window, moment: datetime, plant: Plant | None) -> Row:
        source, dice = window.source, self.random()
        known: Row | None = None
        if plant is None and dice < COPIES:
            known = self.copies.copy(source, moment, self._account(source, self._author(source)))
        elif plant is None and dice < COPIES + FOUND_TWICE:
            home = self.homes[source.home]
            first, last = midnight(window.since, home), midnight(window.until, home)
            known = self.copies.again(source, first, last)
        return known or self._post(source, moment, plant)

    def _author(self, source: SampleSource) -> int:
        """An author of the source: few write much, many write once."""
        return int(self.authors[source.code] * self.random() ** 2.6)

    def _account(self, source: SampleSource, author: int) -> int:
        """The number of an author's account; the same through all months."""
        return author * 31 + self.salt[source.code]

    def _post(self, source: SampleSource, moment: datetime, plant: Plant | None) -> Row:
        random, habits = self.random, HABITS[source.platform]
        spoken = self.languages[source.code]
        language = spoken[int(random() * len(spoken))]
        account = self._account(source, self._author(source))
        wish = self.wishes.draw(source, account, plant, moment)
        root = self._root(source, wish, plant) if random() < habits.replies else None
        wish.is_reply = root is not None
        city = source.home
        if plant is None and root is None and random() < ELSEWHERE:
            city, wish.is_elsewhere = self._elsewhere(source.home, language)
        composer = self._composer(city, language)
        draft = composer.write(wish)
        code = composer.grammar.language
        item = self.rows.item(source, moment, account, draft.text, code)
        if root:
            quotes = habits.reposted and random() < 0.15
            item["kind"], item["thread"] = "quote" if quotes else habits.reply, root.native
        truth = self.rows.truth(source, item["native_id"], draft, city, code, plant)
        area = wish.areas[0] if wish.areas else None
        made = Root(item["native_id"], source.code, area, item, truth)
        if not root:
            self.threads[source.code].append(made)
        self.copies.remember(source, language, made)
        return item, truth

    def _root(self, source: SampleSource, wish: Wish, plant: Plant | None) -> Root | None:
        """A post to answer; most answers stay with its subject, planted ones among themselves."""
        threads = self.threads[source.code]
        if not threads:
            return None
        root = threads[int(len(threads) * self.random() ** 0.5)]
        if (root.truth["planted"] is None) != (plant is None):
            return None
        if wish.topic == "area" and root.area and self.random() < 0.7:
            wish.areas[0] = root.area
            if wish.areas[1:] == [root.area]:
                wish.areas.pop()
        return root

    def _elsewhere(self, home: str, language: str) -> tuple[str, bool]:
        """Another city of the sample in which the language is written, too."""
        others = [
            code
            for code, other in self.homes.items()
            if code != home and language in other.languages and language in ("de", "en")
        ]
        if not others:
            return home, False
        return others[int(self.random() * len(others))], True
