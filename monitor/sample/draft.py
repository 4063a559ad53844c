"""What a post of the sample shall be about, and the post while it is being written."""

from __future__ import annotations

from dataclasses import dataclass, field

from .grammar import Noted, Random

EVENT_AREAS = ("asylum", "introduction")  # of the lines about a planted event


@dataclass(slots=True)
class Wish:
    """What a post shall be about. `topic`: everyday, area, hate, counter, quote or event."""

    topic: str
    areas: list[str]
    tone: str
    group: str
    voice: str
    is_reply: bool = False
    is_elsewhere: bool = False


@dataclass(slots=True)
class Draft:
    """A text and what is true of it."""

    tone: str
    speech: str = "plain"
    hate_kind: str | None = None
    experience: bool = False
    protected: bool = False
    sentences: list[str] = field(default_factory=list)
    areas: list[str] = field(default_factory=list)
    groups: set[str] = field(default_factory=set)
    notes: list[Noted] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    words: int = 0
    text: str = ""


def as_typed(draft: Draft, random: Random) -> str:
    """The text as people type: now and then no capitals, no full stop, a slip of the finger.

    Personal data stay as they are, so that the truth names them letter by letter.
    """
    text, dice = draft.text, random()
    if dice > 0.16 or any(note.kind not in ("place", "group") for note in draft.notes):
        return text
    if dice < 0.06:
        return text.lower()
    if dice < 0.10:
        return text.rstrip(".")
    if dice < 0.12:
        return text.replace(".", "!!", 1)
    at = int(random() * (len(text) - 2))
    pair = text[at : at + 2]
    if "http" not in text and pair.isalpha() and pair.islower():
        return text[:at] + pair[::-1] + text[at + 2 :]
    return text
