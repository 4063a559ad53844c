"""Links; those that lead to an account's page are profile links.

Of a link nothing is kept but that one stood there. A bare domain without a path is no link: it
names an organisation's site as its name would.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.recognisers import Lists, Span

_STOP = r"\s\x00<>\"„“”«»"
_LINK = re.compile(
    rf"(?:https?://|ftp://|www\.)[^{_STOP}]+"
    rf"|(?<![\w@.-])(?:[a-z0-9-]{{1,63}}\.){{1,4}}[a-z]{{2,24}}/[^{_STOP}]*",
    re.IGNORECASE,
)
_TRAILING = ".,;:!?'’)]}*_~…"
# Hosts on which a path names an account, and paths that do so on any host.
_PROFILE = re.compile(
    r"(?:https?://)?(?:[\w-]+\.)*(?:"
    r"(?:facebook|fb|instagram|x|twitter|threads|tiktok|vk|ok|snapchat|pinterest|tumblr|medium"
    r"|flickr|soundcloud|patreon|paypal|github|xing)\.\w{2,3}/(?!(?:search|hashtag|explore|p|reel"
    r"|reels|events|groups|watch|share|sharer|intent|i|home|status|story|tag|topics)(?:[/?#]|$))"
    r"@?[\w.%-]{2,}"
    r"|linkedin\.com/(?:in|pub)/|t\.me/|wa\.me/|telegram\.me/|reddit\.com/(?:u|user)/"
    r"|youtube\.com/(?:@|c/|user/|channel/)|bsky\.app/profile/|xing\.com/profile/"
    r"|[\w-]+\.\w{2,24}/(?:@|users/|profile/|~))",
    re.IGNORECASE,
)


class Link:
    hint = r"(?i)://|www\.|[a-z0-9-]\.[a-z]{2,24}/"

    def __init__(self, lists: Lists) -> None:
        del lists

    def find(self, buffer: str, lang: str) -> Iterator[Span]:
        del lang
        for found in _LINK.finditer(buffer):
            link = found.group().rstrip(_TRAILING)
            if len(link) > 5:
                kind = "profile" if _PROFILE.match(link[:300]) else "link"
                yield Span(kind, found.start(), found.start() + len(link), 1.0)


RECOGNISER = Link
