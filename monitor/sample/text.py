"""One post of the sample: a text put together from sentences, and the truth about it.

A post is an opener, one to nine sentences, a closer, emoji, tags and a link, most of them optional.
The truth is read off the sentences that were taken, never guessed from the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from .draft import EVENT_AREAS, Draft, Wish, as_typed
from .grammar import Random, Template, fill
from .language import Grammar, Line, Lines, read
from .sources import wheel

T = TypeVar("T")
LENGTHS = wheel({1: 30, 2: 27, 3: 17, 4: 10, 5: 6, 6: 4, 7: 3, 9: 3})
HATE_KINDS = wheel({"insult": 34, "exclusion": 36, "dehumanisation": 17, "threat": 13})
MOST_WORDS = 112  # a sentence more may follow: no text is much longer than 120 words


class Composer:
    """Writes posts in one grammar."""

    def __init__(self, grammar: Grammar, random: Random) -> None:
        self.grammar = grammar
        self.random = random
        self.topics = tuple(grammar.everyday.values())
        self.known = tuple(grammar.areas)
        emoji = read("common")["emoji"]
        self.emoji = {tone: tuple(signs.split()) for tone, signs in emoji.items()}
        self.links = tuple(read("common")["links"]["links"].split())

    def write(self, wish: Wish) -> Draft:
        """A post as wished, as far as the language has the words for it."""
        random = self.random
        draft = Draft(wish.tone)
        count = LENGTHS[int(random() * len(LENGTHS))]
        if wish.voice == "media":
            count += 1
        self._open(draft, wish, count)
        topic: Lines = ()
        if wish.topic == "everyday" or not self.known:
            topic = self._everyday(draft, wish)
        elif wish.topic == "hate" and self.grammar.hate:
            self._aimed(draft, wish, "hate")
        elif wish.topic in self.grammar.speech:
            self._aimed(draft, wish, wish.topic)
        else:
            self._about(draft, wish)
        self._go_on(draft, wish, count, topic)
        self._close(draft, wish)
        return draft

    # parts of a post, in the order they are written

    def _open(self, draft: Draft, wish: Wish, count: int) -> None:
        openers = self.grammar.parts["openers"]
        if wish.is_elsewhere and "elsewhere" in openers:
            self._part(draft, openers["elsewhere"])
        elif wish.is_reply:
            if self.random() < 0.6 and "reply" in openers:
                self._part(draft, openers["reply"])
        elif self.random() < (0.25 if count == 1 else 0.4):
            self._part(draft, openers.get(wish.voice) or openers.get("personal", ()))

    def _everyday(self, draft: Draft, wish: Wish) -> Lines:
        lines = self.topics[int(self.random() * len(self.topics))]
        line = self._one(lines)
        if line.tone != wish.tone:  # a second try keeps the city's tone without forcing it
            line = self._one(lines)
        self._line(draft, line)
        draft.tone = line.tone
        return lines

    def _aimed(self, draft: Draft, wish: Wish, speech: str) -> None:
        """Hate at a group, an answer to it, or a report of it."""
        grammar = self.grammar
        group = wish.group if wish.group in grammar.groups else self._one(tuple(grammar.groups))
        forms = grammar.groups if speech == "counter" else grammar.slurs
        grammar.target[:] = forms[group]
        if speech == "hate":
            draft.hate_kind = HATE_KINDS[int(self.random() * len(HATE_KINDS))]
            line = self._one(grammar.hate[draft.hate_kind])
        else:
            line = self._one(grammar.speech[speech])
        self._line(draft, line)
        draft.tone, draft.speech = line.tone, speech
        draft.groups.add(group)
        for area in wish.areas:
            self._area_line(draft, area, draft.tone)

    def _about(self, draft: Draft, wish: Wish) -> None:
        """The first sentence of each wished area; it may be an own experience."""
        random = self.random
        events = self.grammar.events
        if wish.topic == "event" and random() < 0.6 and events[wish.tone]:
            self._line(draft, self._one(events[wish.tone]))
            draft.areas += EVENT_AREAS
            return
        for at, area in enumerate(wish.areas or [self._one(self.known)]):
            if area not in self.grammar.areas:
                area = self._one(self.known)
            own = self.grammar.areas[area]["own"]
            if at == 0 and own and wish.voice == "personal" and random() < 0.22:
                line = self._one(own)
                self._line(draft, line)
                draft.tone, draft.experience, draft.protected = line.tone, True, line.protected
                draft.areas.append(area)
            else:
                self._area_line(draft, area, draft.tone)

    def _area_line(self, draft: Draft, area: str, tone: str) -> None:
        """A sentence of the area in the tone; or a neutral one followed by the feeling."""
        lines = self.grammar.areas.get(area)
        if lines is None:
            return
        neutral = lines["neutral"]
        if lines[tone] and (tone == "neutral" or not neutral or self.random() < 0.75):
            self._line(draft, self._one(lines[tone]))
        elif neutral:
            self._line(draft, self._one(neutral))
            if tone in self.grammar.parts["reactions"]:
                self._part(draft, self.grammar.parts["reactions"][tone])
            else:
                draft.tone = "neutral"
        else:
            line = self._one(lines["positive"] or lines["negative"] or lines["own"])
            self._line(draft, line)
            draft.tone, draft.experience, draft.protected = line.tone, line.own, line.protected
        if area not in draft.areas:
            draft.areas.append(area)

    def _go_on(self, draft: Draft, wish: Wish, count: int, topic: Lines) -> None:
        """More sentences until the post is as long as wished."""
        parts = self.grammar.parts
        for _ in range(count - 1):
            if draft.words > MOST_WORDS:
                return
            dice = self.random()
            lines = topic or self._same(draft)
            if dice < 0.45 and lines:
                fitting = tuple(x for x in lines if x.tone == draft.tone) or lines
                self._line(draft, self._one(fitting))
            elif dice < 0.65 and wish.voice == "personal":
                self._part(draft, parts["reactions"].get(draft.tone, ()))
            else:
                self._part(draft, parts["details"].get("any", ()))

    def _same(self, draft: Draft) -> Lines:
        """What else can be said about the post's first area without another's experience."""
        lines = self.grammar.areas.get(draft.areas[0], {}) if draft.areas else {}
        return (*lines.get(draft.tone, ()), *lines.get("neutral", ()))

    def _close(self, draft: Draft, wish: Wish) -> None:
        random, parts = self.random, self.grammar.parts
        closers = parts["closers"]
        if random() < 0.2:
            self._part(draft, closers.get(wish.voice) or closers.get("personal", ()))
        if random() < 0.03 and wish.voice == "personal":
            self._part(draft, parts["personal"].get("any", ()))
        gap = "\n" if len(draft.sentences) > 4 and random() < 0.4 else " "
        tail: list[str] = []
        if random() < 0.08:
            tail.append(self._one(self.links) % int(random() * 1e7))
        if wish.voice != "media" and random() < 0.22:
            tail.append(self._one(self.emoji[draft.tone]) * (1 + (random() < 0.2)))
        if random() < 0.15 and parts["tags"]:
            key = "topic" if draft.areas or draft.groups else "everyday"
            tail.append(fill(self._one(parts["tags"][key]), random, draft.notes))
        draft.text = gap.join(draft.sentences)
        if tail:
            draft.text += " " + " ".join(tail)
        if wish.voice == "personal":
            draft.text = as_typed(draft, random)

    # the smallest steps

    def _one(self, options: Sequence[T]) -> T:
        return options[int(self.random() * len(options))]

    def _line(self, draft: Draft, line: Line) -> None:
        draft.groups.update(line.groups)
        text = self._add(draft, line.template)
        for code, stem in line.maybe:
            if stem.search(text):
                draft.groups.add(code)

    def _part(self, draft: Draft, options: Sequence[Template]) -> None:
        if options:
            self._add(draft, self._one(options))

    def _add(self, draft: Draft, template: Template) -> str:
        """Adds a sentence unless the post has it already."""
        if id(template) in draft.used:
            return ""
        draft.used.add(id(template))
        text = fill(template, self.random, draft.notes)
        first = text[0]
        if first.islower():
            text = first.upper() + text[1:]
        draft.words += text.count(" ") + 1
        draft.sentences.append(text)
        return text
