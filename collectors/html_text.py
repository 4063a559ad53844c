"""The words of a piece of HTML: tags go, block tags become new lines, entities become letters.

Scripts, styles, templates and frames go with all that stands in them, and so do quotes of others
and previews of links as Discourse sets them (aside.quote, aside.onebox). Knows whether an image
or a video stood there. Never fails: what is not HTML comes back as it was.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from html.parser import HTMLParser

from collectors.errors import Unmappable

LONGEST = 500_000  # characters of HTML

_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "br", "caption", "center", "dd",
        "details", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form",
        "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "legend", "li", "main", "nav",
        "ol", "option", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead",
        "tr", "ul",
    }
)  # fmt: skip
_CELLS = frozenset({"td", "th"})
_DROPPED = frozenset(
    {"script", "style", "template", "noscript", "iframe", "object", "svg", "title"}
)
# Fragments of nothing but these, as most posts are, need no parser: 2–3 times as fast, measured.
_INLINE = frozenset(
    {
        "a", "abbr", "b", "big", "cite", "code", "del", "em", "font", "i", "img", "ins", "kbd",
        "mark", "q", "s", "small", "span", "strong", "sub", "sup", "time", "u",
    }
)  # fmt: skip
_TAG = re.compile(r"<(/?[a-zA-Z][a-zA-Z0-9]*+)(?: [^<>\"'=/ ]++(?:=\"[^<>\"]*+\")?+)*+ ?/?>")
_IMAGE = re.compile(r"<img(?=[ />])[^<>]*>")
_SIGN = re.compile(r' (?:(?:width|height)="1"|class="(?:[^"]*\s)?emoji(?:\s[^"]*)?")')
_OF_OTHERS = frozenset({"quote", "onebox"})
_MANY_LINES = re.compile(r"\n{3,}")
_LOOKS_LIKE_HTML = re.compile(r"<[a-zA-Z/!]|&[#a-zA-Z]")


@dataclass(frozen=True)
class Plain:
    """Text of a fragment, and whether an image or a video stood in it."""

    text: str
    image: bool = False
    video: bool = False


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.dropped: list[str] = []
        self.image = False
        self.video = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        is_aside = tag == "aside" and ("aside" in self.dropped or _is_of_others(dict(attrs)))
        is_dropped = is_aside or tag in _DROPPED
        if self.dropped and not is_dropped:
            return
        self.image |= tag == "img" and not _is_sign(dict(attrs))
        self.video |= tag == "video"
        if is_dropped:
            self.dropped.append(tag)
        elif tag in _BLOCKS:
            self.parts.append("\n")
        elif tag in _CELLS:
            self.parts.append(" ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _DROPPED:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.dropped:
            # an end closes what was opened last under its name, and what it left open inside
            while self.dropped.pop() != tag:
                pass
        elif tag in _BLOCKS and not self.dropped:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.dropped:
            self.parts.append(data)


def _is_sign(attributes: dict[str, str | None]) -> bool:
    # counters of readers and emoji are not pictures
    is_pixel = "1" in (attributes.get("width"), attributes.get("height"))
    return is_pixel or "emoji" in (attributes.get("class") or "").split()


def _is_of_others(attributes: dict[str, str | None]) -> bool:
    return not _OF_OTHERS.isdisjoint((attributes.get("class") or "").split())


def bounded(fragment: str) -> str:
    """The fragment itself, before anything is looked for in it. Raises Unmappable if too long."""
    if len(fragment) > LONGEST:
        raise Unmappable(f"longer than {LONGEST:,} characters", column="text")
    return fragment


def plain(fragment: str) -> Plain:
    """The text of an HTML fragment. A line a block, at most one empty line between them."""
    if not _LOOKS_LIKE_HTML.search(fragment):
        return Plain(_tidy(fragment))
    # newlines of the source are spaces to a reader; those that count come from block tags
    fragment = fragment.replace("\n", " ")
    simple = _simple(fragment)
    if simple is None:
        return _parsed(fragment)
    has_image = "<img" in fragment and any(not _SIGN.search(i) for i in _IMAGE.findall(fragment))
    return Plain(_tidy(simple), has_image)


def _parsed(fragment: str) -> Plain:
    reader = _Reader()
    reader.feed(fragment)
    reader.close()
    return Plain(_tidy("".join(reader.parts)), reader.image, reader.video)


def _simple(fragment: str) -> str | None:
    """The text of a fragment of plain blocks and inline tags; None where it takes a parser."""
    if "\0" in fragment:
        return None
    parts = _TAG.split(fragment)  # words and names of tags in turn
    if fragment.count("<") * 2 + 1 != len(parts):
        return None
    try:
        parts[1::2] = [_INSTEAD[name] for name in parts[1::2]]
    except KeyError:
        return None
    return html.unescape("".join(parts)).replace("\0", "")


# What stands in the text for a tag. \0 keeps letters apart that only a tag parts: `&am<b>p;` is
# no ampersand.
_INSTEAD = {
    **{mark + name: "\n" for name in _BLOCKS - {"aside"} for mark in ("", "/")},
    **{mark + name: "\0" for name in _INLINE | _CELLS for mark in ("", "/")},
    **dict.fromkeys(_CELLS, " "),
}


def _tidy(text: str) -> str:
    text = "\n".join([" ".join(line.split()) for line in text.split("\n")])
    if "\n\n\n" in text:
        text = _MANY_LINES.sub("\n\n", text)
    return text.strip()
