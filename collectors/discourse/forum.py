"""One Discourse forum: which part of it a source names, and how its JSON is asked.

An address is the forum's (`https://forum.example`), a category's (`/c/name/4`), a tag's
(`/tag/name`), a topic's (`/t/title/12`) or a search's (`/search?q=words`); a forum may stand in
a folder of a site.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from base.errors import BadInput
from collectors.collector import Access, Source, where_to_get
from collectors.errors import AccessRefused, WrongShape
from collectors.http.address import read_address
from collectors.shapes import dig

MOST_PAGES = 200  # of a list of topics, 30 a page
_MOST_RESULTS = 10  # pages of a search that a forum gives, 50 posts a page
_A_STREAM = 20  # posts of a topic that one question may name
_PARTS = ("c", "tag", "t", "search")

Json = dict[str, Any]


@dataclass(frozen=True)
class Forum:
    """A forum and the part of it that is read. part: empty, or one of c, tag, t, search."""

    base: str
    part: str
    path: str
    where: str
    access: Access

    def latest(self, before: int | None = None) -> list[Json]:
        """At most 50 posts of the whole forum, the newest below a number first."""
        params = {} if before is None else {"before": before}
        return _dicts(self.ask("/posts.json", params).get("latest_posts"), self.where)

    def topics(self) -> Iterator[list[Json]]:
        """Pages of the topics of a category or tag, last bumped first."""
        for page in range(MOST_PAGES):
            given = self.ask(f"{self.path}/l/latest.json", {"page": page}).get("topic_list")
            listed = given if isinstance(given, dict) else {}
            yield _dicts(listed.get("topics"), self.where)
            if not listed.get("more_topics_url"):
                return

    def results(self, since: datetime) -> Iterator[Json | None]:
        """Posts that a search finds, the newest first: id, topic_id; None where it is cut off."""
        words = f"{self.path} after:{since.date()} order:latest"
        for page in range(1, _MOST_RESULTS + 1):
            given = self.ask("/search.json", {"q": words, "page": page})
            yield from _dicts(given.get("posts"), self.where)
            if not dig(given, "grouped_search_result", "more_full_page_results"):
                return
        yield None

    def topic(self, number: int) -> tuple[Json, list[int]]:
        """A topic with its first posts, and the numbers of all its posts."""
        given = self.ask(f"/t/{number}.json")
        stream = dig(given, "post_stream", "stream")
        if not isinstance(stream, list):
            raise WrongShape("a topic without its posts", where=self.where)
        return given, [n for n in stream if isinstance(n, int)]

    def posts(self, topic: int, numbers: Sequence[int]) -> list[Json]:
        """Posts of a topic by their numbers."""
        found: list[Json] = []
        for i in range(0, len(numbers), _A_STREAM):
            asked = "&".join(f"post_ids[]={n}" for n in numbers[i : i + _A_STREAM])
            found += stream_posts(self.ask(f"/t/{topic}/posts.json?{asked}"), self.where)
        return found

    def ask(self, path: str, params: Mapping[str, str | int] | None = None) -> Json:
        """The answer of the forum. Raises CollectError."""
        try:
            answer = self.access.http.get(self.base + path, params=params, robots=True)
        except AccessRefused as error:
            error.where = self.where
            if "robots" not in error.what:
                error.hint = where_to_get("discourse")
            raise
        if read_address(answer.address).path.endswith("/login"):
            raise AccessRefused(
                "the forum shows its posts to members only",
                where=self.where,
                hint=where_to_get("discourse"),
            )
        given = answer.json()
        if not isinstance(given, dict):
            raise WrongShape("not an answer of Discourse", where=self.where)
        return given


def stream_posts(given: Json, where: str) -> list[Json]:
    """The posts of an answer about a topic."""
    return _dicts(dig(given, "post_stream", "posts"), where)


def read_forum(source: Source, access: Access) -> Forum:
    """The forum a source names. Raises BadInput."""
    where = source.where
    own, above, part, path = read_place(source, where)
    return Forum("/".join([access.service or own, *above]), part, path, where, access)


def read_place(source: Source, where: str) -> tuple[str, list[str], str, str]:
    """The server, the folders above the forum, its part and the part's path. Raises BadInput."""
    address = read_address(source.address)
    steps = [s for s in address.path.split("/") if s]
    at = next((i for i, step in enumerate(steps) if step in _PARTS), len(steps))
    own = str(address.copy_with(path="/", query=None, fragment=None)).rstrip("/")
    part, rest = (steps[at], steps[at + 1 :]) if at < len(steps) else ("", [])
    path = "/" + "/".join(quote(s) for s in steps[at:])
    if part == "search":
        path = address.params.get("q", "").strip()
    elif part == "t":
        path = next((s for s in rest if s.isdigit()), "")
    elif (part == "c" and not (rest and rest[-1].isdigit())) or (part == "tag" and not rest):
        path = ""
    if part and not path:
        raise BadInput(
            "not a part of a Discourse forum",
            where=where,
            expected="…/c/name/4, …/tag/name, …/t/title/12, …/search?q=words, or the forum itself",
        )
    return own, steps[:at], part, path


def _dicts(given: object, where: str) -> list[Json]:
    if not isinstance(given, list) or not all(isinstance(p, dict) for p in given):
        raise WrongShape("not the list that Discourse promises", where=where)
    return given
