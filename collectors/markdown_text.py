"""The words of a piece of Markdown: marks go, words stay, quotes of others are dropped.

Never fails: what is not Markdown comes back as it was. By patterns, not by a parser: markdown-it
alone parses 13,000 short comments a second here (measured), a whole item may take 25 µs.
"""

from __future__ import annotations

import re

_MARKS = re.compile(r"[\\`*_~\[\]()<>#&!^|:]|^\s*(?:[-+=]|\d+[.)])", re.M)
# at the beginning of a line: a quote, a spoiler, a rule, a heading, a point of a list
_BEGINNINGS = re.compile(
    r"^ {0,3}(?:>(?!!).*\n?|:::.*\n?|(?:[-*_=] *){3,}$|#{1,6}[ \t]+|[-*+] +)", re.M
)
_CODE = re.compile(r"^ {0,3}(```|~~~).*?(?:^ {0,3}\1[ \t]*$\n?|\Z)", re.M | re.S)
_TABLES = re.compile(r"^ *\|?(?: *:?-{2,}:? *\|)+(?: *:?-{2,}:? *)?$", re.M)
_HEADS_ENDS = re.compile(r" +#+ *$", re.M)
_IMAGES = re.compile(r"!\[([^\]\n]{0,500})\]\([^()\s]{0,2000}(?: +\"[^\"\n]{0,500}\")?\)")
_LINKS = re.compile(r"\[([^\]\n]{0,500})\]\([^()\s]{0,2000}(?: +\"[^\"\n]{0,500}\")?\)")
_AUTOLINKS = re.compile(r"<(https?://[^>\s]{1,2000})>")
_STRONG = re.compile(r"(\*{1,3}|~~|`+)(?=\S)([^\n]{1,300}?)(?<=\S)\1")
_UNDERLINED = re.compile(r"(?<!\w)(_{1,3})(?=\S)([^\n]{1,300}?)(?<=\S)\1(?!\w)")
_SPACES = re.compile(r"[ \t\r]+")
_LINES = re.compile(r" *\n *")
_MANY_LINES = re.compile(r"\n{3,}")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!~>|^&<])")
# a letter that was escaped waits among the private letters until the marks are gone
_WAITING = re.compile("[\ue020-\ue07f]")
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&nbsp;": " ", "&#39;": "'", "&quot;": '"'}
_ENTITY = re.compile("|".join(_ENTITIES))
# in this order, where the needle is found
_STEPS = (
    ("```", _CODE, ""), ("~~~", _CODE, ""), ("", _BEGINNINGS, ""), ("|", _TABLES, ""),
    (" #", _HEADS_ENDS, ""), ("![", _IMAGES, r"\1"), ("](", _LINKS, r"\1"),
    ("<http", _AUTOLINKS, r"\1"), ("*", _STRONG, r"\2"), ("*", _STRONG, r"\2"),
    ("~~", _STRONG, r"\2"), ("`", _STRONG, r"\2"), ("_", _UNDERLINED, r"\2"),
)  # fmt: skip


def plain(markdown: str) -> str:
    """The text. A line a line, at most one empty line between them."""
    text = markdown
    if _MARKS.search(text):
        has_table = "|" in text and _TABLES.search(text) is not None
        is_escaped = "\\" in text
        if is_escaped:
            text = _ESCAPED.sub(lambda found: chr(0xE000 + ord(found[1])), text)
        for needle, pattern, kept in _STEPS:
            if needle in text:
                text = pattern.sub(kept, text)
        text = (
            text if "&" not in text else _ENTITY.sub(lambda found: _ENTITIES[found.group()], text)
        )
        text = text.replace("|", " ") if has_table else text
        if is_escaped:
            text = _WAITING.sub(lambda found: chr(ord(found[0]) - 0xE000), text)
    return _MANY_LINES.sub("\n\n", _LINES.sub("\n", _SPACES.sub(" ", text))).strip()
