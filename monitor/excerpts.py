"""Articles as excerpts: what is shown of a press article, and what is kept of one in the end.

Press publishers have a right of their own in their articles; "individual words or very short
extracts" are free of it (Directive (EU) 2019/790, Article 15(1)). How short that is no law says
in figures: a title and 300 characters are about what a search engine shows. The whole text is
mined in memory and kept while posts are still looked at again (the recheck window of
`unite retain`), so that a new term can find it; after that the excerpt is what stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

ARTICLE = "article"
MOST = 300  # characters beside the title
LONGEST_TITLE = 150
CUT = " …"
_LOOK_BACK = 30  # characters in which a cut looks for the end of a word

Match = Mapping[str, Any]


def excerpt(text: str, matches: Sequence[Match] | None) -> tuple[str, list[dict[str, Any]]]:
    """The title and MOST characters, and the matches that stand in them with their new places.

    The characters are the beginning, or a window around the first evidence where the beginning
    holds none. A text that is short enough stays as it is.
    """
    given = [dict(m) for m in matches or ()]
    title = text.find("\n") + 1
    if not 0 < title <= LONGEST_TITLE + 1:
        title = 0
    if len(text) <= title + MOST:
        return text, given
    first = min((m["start"] for m in given), default=0)
    is_late = bool(given) and min(m["end"] for m in given) > title + MOST
    begin = max(title, first - MOST // 2) if is_late else title
    begin = _word_begins(text, begin) if begin > title else title
    end = min(begin + MOST, len(text))
    end = _word_ends(text, end, begin)
    before = CUT.strip() + " " if begin > title else ""
    shift = title + len(before) - begin
    kept = []
    for match in given:
        if match["end"] <= title:
            kept.append(match)
        elif begin <= match["start"] and match["end"] <= end:
            kept.append({**match, "start": match["start"] + shift, "end": match["end"] + shift})
    after = CUT if end < len(text) else ""
    return text[:title] + before + text[begin:end] + after, kept


def shown(post: dict[str, Any]) -> dict[str, Any]:
    """A post as people may see it: of an article an excerpt."""
    if post["kind"] != ARTICLE or post["text"] is None:
        return post
    text, matches = excerpt(post["text"], post["matches"])
    return {**post, "text": text, "matches": matches}


def _word_begins(text: str, at: int) -> int:
    """The beginning of a word at or a little after a place."""
    space = text.find(" ", at, at + _LOOK_BACK)
    return at if space < 0 else space + 1


def _word_ends(text: str, at: int, least: int) -> int:
    """The end of a word at or a little before a place; a placeholder stays whole."""
    if at == len(text):
        return at
    space = text.rfind(" ", max(least, at - _LOOK_BACK), at + 1)
    at = at if space < 0 else space
    opened = text.rfind("<", max(least, at - _LOOK_BACK), at)
    return opened if opened >= 0 and ">" not in text[opened:at] else at
