"""The words of a piece of HTML: tags go, block tags become new lines, entities become letters.

Scripts, styles, templates and frames go with all that stands in them. Knows whether an image
or a video stood there. Never fails: what is not HTML comes back as it was.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from html.parser import HTMLParser

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
_MANY_LINES = re.compile(r"\n{3,}")
_LOOKS_LIKE_HTML = re.compile(r"<[a-zA-Z/!]|&[#a-zA-Z]")

# What posts are made of, in the one way servers write it: taken out without a parser, ten times as
# fast. Whatever else stands there (`<`, or `&` without its `;`) is the parser's matter.
_ATTRIBUTES = r'(?: [a-z-]+="[^"<>]*")* ?/?>'
_EASY_WORDS = re.compile(r"</?(?:a|span|strong|em|b|i|u|s|del|code|small|sub|sup)" + _ATTRIBUTES)
_EASY_BLOCKS = re.compile(r"</?(?:p|br|div|ul|ol|li|blockquote|pre|h[1-6])" + _ATTRIBUTES)
_HALF_ENTITY = re.compile(r"&(?!#?\w+;)")


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
        if self.dropped and tag not in _DROPPED:
            return
        self.image |= tag == "img" and not _is_pixel(dict(attrs))
        self.video |= tag == "video"
        if tag in _DROPPED:
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


def _is_pixel(attributes: dict[str, str | None]) -> bool:
    # counters of readers, not pictures
    return "1" in (attributes.get("width"), attributes.get("height"))


def plain(fragment: str) -> Plain:
    """The text of an HTML fragment. A line a block, at most one empty line between them."""
    if not _LOOKS_LIKE_HTML.search(fragment):
        return Plain(_tidy(fragment))
    # newlines of the source are spaces to a reader; those that count come from block tags
    one_line = " ".join(fragment.split())
    easy = _EASY_BLOCKS.sub("\n", _EASY_WORDS.sub("", one_line))
    if "<" not in easy and not _HALF_ENTITY.search(one_line):
        return Plain(_tidy(html.unescape(easy)))
    reader = _Reader()
    reader.feed(one_line)
    reader.close()
    return Plain(_tidy("".join(reader.parts)), reader.image, reader.video)


def _tidy(text: str) -> str:
    text = "\n".join([" ".join(line.split()) for line in text.split("\n")])
    return _MANY_LINES.sub("\n\n", text).strip()
