"""What the next post of a sample is about: its topic, areas, tone and group.

The shares are those the calendar reckons with when it decides how much a plant adds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from .calendar import AIMED_AREA, SECOND_AREA, VOICE_HATE, Calendar, midnight
from .draft import EVENT_AREAS, Wish
from .grammar import Random
from .plant import Plant
from .sources import City, SampleSource

FAVOURITE = 0.2  # share of an author's posts that are about what they always write about


@dataclass
class Wishes:
    """Draws wishes for the posts of each source."""

    homes: Mapping[str, City]
    calendar: Calendar
    random: Random

    def draw(
        self, source: SampleSource, author: int, plant: Plant | None, moment: datetime
    ) -> Wish:
        """A wish for one post; `author` is a number that stays the same for an account."""
        random, home = self.random, self.homes[source.home]
        tone = home.tones[int(random() * len(home.tones))]
        group = home.groups[int(random() * len(home.groups))]
        if plant is not None:
            return self._planted(source, plant, tone, group)
        if random() >= self.calendar.candidates:
            return Wish("everyday", [], tone, group, source.voice)
        topic = self._topic(source, home)
        areas = [self._area(home, author)]
        if topic != "area":
            areas = areas if random() < AIMED_AREA else []
        elif random() < SECOND_AREA:
            second = home.areas[int(random() * len(home.areas))]
            areas += [second] if second != areas[0] else []
        if topic == "area":
            tone = self._measured(home, areas, tone, moment)
        return Wish(topic, areas, tone, group, source.voice)

    def _topic(self, source: SampleSource, home: City) -> str:
        hate, counter, quote = home.speech
        dice = self.random()
        if dice < hate:  # who does not spread hate themselves reports it
            return "hate" if self.random() < VOICE_HATE[source.voice] else "quote"
        if dice < hate + counter:
            return "counter"
        return "quote" if dice < hate + counter + quote else "area"

    def _area(self, home: City, author: int) -> str:
        areas = home.areas
        if self.random() < FAVOURITE:
            return areas[author * 2_654_435_761 % 4_294_967_291 % len(areas)]
        return areas[int(self.random() * len(areas))]

    def _planted(self, source: SampleSource, plant: Plant, tone: str, group: str) -> Wish:
        if plant.kind == "hate-spike":
            return Wish("hate", [], "negative", plant.group or group, source.voice)
        area = plant.areas[int(self.random() * len(plant.areas))]
        topic = "event" if set(plant.areas) <= set(EVENT_AREAS) else "area"
        return Wish(topic, [area], tone, group, source.voice)

    def _measured(self, home: City, areas: list[str], tone: str, moment: datetime) -> str:
        """A planted measure that is received well turns a post's tone."""
        if tone == "positive":
            return tone
        for plant in self.calendar.plants:
            if plant.kind == "measure" and plant.city == home.code and areas[0] in plant.areas:
                begins, ends = plant.period(self.calendar.since, self.calendar.until)
                if midnight(begins, home) <= moment < midnight(ends, home):
                    usual = home.tones.count("positive") / len(home.tones)
                    turned = usual * (plant.factor - 1) / (1 - usual)
                    return "positive" if self.random() < turned else tone
        return tone
