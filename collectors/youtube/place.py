"""What a source of YouTube names: a channel, a video, or a search."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from base.errors import BadInput
from collectors.collector import Source

CHANNEL = re.compile(r"UC[\w-]{22}")
VIDEO = re.compile(r"[\w-]{11}")


@dataclass(frozen=True)
class Place:
    """What a source names: one of these."""

    channel: str = ""
    handle: str = ""
    video: str = ""
    words: str = ""


def read_place(source: Source, where: str) -> Place:
    """The channel, video or search of an address. Raises BadInput."""
    given = source.address.strip()
    parts = urlsplit(given)
    steps = [s for s in parts.path.split("/") if s]
    asked = {k: v[0] for k, v in parse_qs(parts.query).items()}
    last = steps[-1] if steps else ""
    video = asked.get("v") or (
        last if parts.netloc == "youtu.be" or steps[:1] in (["shorts"], ["live"]) else ""
    )
    if CHANNEL.fullmatch(last):
        return Place(channel=last)
    if steps and steps[0].startswith("@") and len(steps[0]) > 1:
        return Place(handle=steps[0])
    if VIDEO.fullmatch(video):
        return Place(video=video)
    if last == "results" and asked.get("search_query", "").strip():
        return Place(words=asked["search_query"].strip())
    raise BadInput(
        "not a channel, video or search of YouTube",
        where=where,
        expected="UC…, @name, https://www.youtube.com/watch?v=… or …/results?search_query=words",
    )
