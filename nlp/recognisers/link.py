"""Links; those that lead to an account's page are profile links.

Of a link nothing is kept but that one stood there. A bare domain without a path is no link: it
names an organisation's site as its name would.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.recognisers import Lists, Span
from nlp.recognisers.numbers import Numbers

_STOP = r"\s\x00<>\"„“”«»"
_LINK = re.compile(
    rf"(?:https?://|ftp://|www\.)[^{_STOP}]+"
    rf"|(?<![\w@.-])(?:[a-z0-9-]{{1,63}}\.){{1,4}}[a-z]{{2,24}}/[^{_STOP}]*",
    re.IGNORECASE,
)
_TRAILING = ".,;:!?'’)]}*_~…"


def _profile(numbers: Numbers) -> re.Pattern[str]:
    """Hosts on which a path names an account, and paths that do so on any host."""
    host, page, other = map(numbers.one_of, ("account host", "account page", "no account"))
    return re.compile(
        rf"(?:https?://)?(?:[\w-]+\.)*(?:{host}\.\w{{2,3}}/(?!{other}(?:[/?#]|$))@?[\w.%-]{{2,}}"
        rf"|{page}|[\w-]+\.\w{{2,24}}/(?:@|users/|profile/|~))",
        re.IGNORECASE,
    )


class Link:
    hint = r"(?i)://|www\.|[a-z0-9-]\.[a-z]{2,24}/"

    def __init__(self, lists: Lists) -> None:
        self._profile = _profile(lists.numbers)

    def find(self, buffer: str, lang: str) -> Iterator[Span]:
        del lang
        for found in _LINK.finditer(buffer):
            link = found.group().rstrip(_TRAILING)
            if len(link) > 5:
                kind = "profile" if self._profile.match(link[:300]) else "link"
                yield Span(kind, found.start(), found.start() + len(link), 1.0)


RECOGNISER = Link
