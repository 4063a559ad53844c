"""The words of a piece of Markdown as communities write it: marks go, words stay.

Links and tables keep their words, images and rules go. Quoted lines (`>`) go: they are somebody
else's words, and would count as the author's; so do the lines that Markdown draws into a quote
because no empty line ends it. A spoiler (`>!words!<`) is no quote. A star or underscore inside
a word stays (`Nachbar*innen`, `file_name`), as does one without its partner (`f***`). What
stands between fences stays: people also set letters and poems that way.

By hand, for a parser that builds a tree takes thirty times as long: every step is one pass
over the text. Never fails: what is not Markdown comes back as it was.
Format: https://spec.commonmark.org, Reddit's `^above` and `>!spoiler!<`, Lemmy's `::: spoiler`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

_MARKS = re.compile(r"[*_~^`#>|\[&\\<\n]")
_FIRST = "-+=*_#>|`~:"  # what a line begins with that is more than words
_BLOCKS = re.compile(rf"^[ \t]*[{_FIRST}]", re.MULTILINE)
_QUOTE = re.compile(r" {0,3}>(?!!)[> ]*")
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
_START = re.compile(r"[ \t]*[*+-][ \t]+")
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$")
_SPOILER = re.compile(r" {0,3}:::[ \t]*spoiler\b")  # Lemmy's; a line of `:::` ends it
_CELLS = re.compile(r"[ \t]*\|[ \t]*")
_IMAGE = re.compile(r"!\[(?:img|gif|image)?\]\([^()\n]{0,2000}\)")
_LINK = re.compile(
    r"(?:!\[|\[)([^\[\]]*)\]\((?:[^()\s]|\([^()\s]{0,500}\)){0,3000}"
    r"(?:[ \t]{1,8}[\"'(][^)\n]{0,300})?\)"
)
_BARE_LINK = re.compile(r"<(https?://[^\s<>]+)>")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_ABOVE = re.compile(r"\^\(([^()\n]*)\)|(?<!\S)\^+(?=\w)")
_EMPTY_LINES = re.compile(r"\n{3,}")
_ENDS = re.compile(r"[ \t\u00a0\u200b]+$", re.MULTILINE)
_NO_WIDTH = "\u200b"
_SPACE_BEFORE_LINE = (" \n", "\t\n", "\u00a0\n", f"{_NO_WIDTH}\n")
_DRAWN = "-*_=|:"
_APART = 0xF0000  # private characters that stand for escaped marks while marks are taken away


def _pair(mark: str, times: int) -> re.Pattern[str]:
    m, run = re.escape(mark), re.escape(mark) * times
    # what stands between holds no such mark: each search ends at the next one. What stands before
    # is asked after the mark was found: a search for letters alone is five times as fast.
    return re.compile(rf"{run}(?<![\w{m}]{run})(?=[^\s{m}])([^{m}]+)(?<=\S){run}(?![\w{m}])")


# the inner before the outer, and the single once more, for it may stand around a double
_PAIRS = [(mark * n, _pair(mark, n)) for mark in "*_" for n in (1, 2, 3, 1)] + [
    ("~~", _pair("~", 2))
]


def plain(text: str) -> str:
    """The words, a line a line, at most one empty line between them."""
    if not _MARKS.search(text) and not text.lstrip().startswith(("-", "+", "=", ":::")):
        return text.strip()
    has_escapes = "\\" in text
    if has_escapes:
        text = _ESCAPED.sub(lambda m: chr(_APART + ord(m[1])), text)
    if _BLOCKS.search(text):
        text = "\n".join(_lines(text.split("\n")))
    if "[" in text:
        text = _LINK.sub(r"\1", _IMAGE.sub("", text))
    if "<" in text:
        text = _BARE_LINK.sub(r"\1", text).replace("!<", "")
    if ">!" in text:
        text = text.replace(">!", "")
    for run, pair in _PAIRS:
        if run in text:
            text = pair.sub(r"\1", text)
    if "^" in text:
        text = _ABOVE.sub(lambda m: m[1] or "", text)
    if "`" in text:
        text = text.replace("`", "")
    if has_escapes:
        text = re.sub("[\U000f0021-\U000f007e]", lambda m: chr(ord(m[0]) - _APART), text)
    if "&" in text:
        text = html.unescape(text)
    if any(end in text for end in _SPACE_BEFORE_LINE) or text.rstrip().endswith(_NO_WIDTH):
        text = _ENDS.sub("", text)
    if "\n\n\n" in text:
        text = _EMPTY_LINES.sub("\n\n", text)
    return text.strip()


def _lines(lines: list[str]) -> Iterator[str]:
    """The lines that are the author's, without what marks them."""
    is_code = is_quoted = is_spoiler = False
    for line in lines:
        first = line.lstrip()[:1]
        if first and first not in _FIRST and not is_code:
            if not is_quoted:
                yield line
        elif _FENCE.match(line):
            is_code, is_quoted = not is_code, False
        elif is_code:
            yield line
        elif quote := _QUOTE.match(line):
            # an empty line of a quote ends its paragraph: nothing after it is drawn in
            is_quoted = not line[quote.end() :].isspace() and quote.end() < len(line)
        elif not line or line.isspace():
            is_quoted = False
            yield ""
        elif _is_rule(line):
            is_quoted = False
        elif _SPOILER.match(line) or (is_spoiler and line.strip() == ":::"):
            is_spoiler, is_quoted = not is_spoiler, False
        elif heading := _HEADING.match(line):
            is_quoted = False
            yield heading[1]
        elif start := _START.match(line):
            is_quoted = False
            yield line[start.end() :]
        elif not is_quoted:
            yield _CELLS.sub(" ", line).strip() if line.lstrip().startswith("|") else line


def _is_rule(line: str) -> bool:
    """A line that is drawn, not read: `---`, `* * *`, `===`, `|:--|--:|`."""
    if line.rstrip(" \t")[-1:] not in _DRAWN:
        return False
    marks = set(line) - {" ", "\t"}
    if len(marks) == 1:
        return marks <= {"-", "*", "_", "="} and sum(map(line.count, marks)) > 2
    return "|" in marks and "-" in marks and marks <= {"|", "-", ":"}
