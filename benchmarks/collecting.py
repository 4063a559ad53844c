"""Collectors: a decoded item to a row of Arrow, and a look beside what its library needs alone.

Pages are invented, shaped as each platform documents its items, of usual length with links,
mentions and hashtags; they come from memory. `items_per_s`: mapped, settled and put into Arrow on
one core. `of_library`: the pages through the whole collector, as a share of the speed at which
the platform's own library reads the same pages into its own objects, in the same run.
"""

from __future__ import annotations

import argparse
import gc
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from time import process_time
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from collectors import bluesky, mastodon, reddit, x
from collectors.collector import Access, Collector, Source, Window
from collectors.discourse import items as discourse_items
from collectors.http import Http, Limits
from collectors.items import Reading, page_items, settle
from collectors.lemmy import items as lemmy_items
from collectors.mastodon import item as mastodon_item
from collectors.session import session
from collectors.shapes import bluesky as bluesky_shape
from collectors.shapes import reddit as reddit_shape
from collectors.shapes import x as x_shape
from collectors.youtube import items as youtube_items

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
SINCE = NOW - timedelta(days=5)
TRIES = 5
_WORDS = (
    "In der Quellenstraße entsteht ein Haus mit {n} Wohnungen für Familien, die neu in der Stadt "
    "sind. Wer einen Deutschkurs sucht, fragt im Bezirksamt; die Liste ist lang, aber sie wird "
    "kürzer. Danke an alle, die seit Monaten mithelfen!"
)  # a usual post: 220 characters


def at(number: int) -> datetime:
    """When an item was written: the higher its number, the older."""
    return NOW - timedelta(minutes=number % 7000 + 1)


def _iso(number: int) -> str:
    return at(number).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def mastodon_status(n: int) -> dict[str, Any]:
    """A status with a hashtag, a mention and a link, as servers write their HTML."""
    native = str((int(at(n).timestamp() * 1000) << 16) + n)
    who = "https://kaffeehaus.invalid/users/erfunden"
    content = (
        f'<p>{_WORDS.format(n=n)}</p><p><a href="https://kaffeehaus.invalid/tags/wien" '
        'class="mention hashtag" rel="tag">#<span>wien</span></a> <span class="h-card" '
        'translate="no"><a href="https://amt.invalid/@amt" class="u-url mention">@<span>amt</span>'
        '</a></span> <a href="https://zeitung.invalid/wohnen/2026/a" target="_blank" '
        'rel="nofollow noopener" translate="no"><span class="invisible">https://</span>'
        '<span class="ellipsis">zeitung.invalid/wohnen</span><span class="invisible">/2026/a</span>'
        "</a></p>"
    )
    account = {
        "id": "7", "username": "erfunden", "acct": "erfunden", "display_name": "Erna Erfunden",
        "locked": False, "bot": False, "discoverable": True, "indexable": False, "group": False,
        "noindex": False, "created_at": "2024-01-01T00:00:00.000Z",
        "note": '<p>Erfunden in <a href="https://a.invalid/tags/wien">#<span>Wien</span></a></p>',
        "url": "https://kaffeehaus.invalid/@erfunden", "uri": who, "followers_count": 3,
        "following_count": 3, "statuses_count": 3, "last_status_at": "2026-03-01", "emojis": [],
        "fields": [{"name": "Seite", "value": "<a>a.invalid</a>", "verified_at": None}],
    }  # fmt: skip
    return {
        "id": native, "created_at": _iso(n), "in_reply_to_id": None,
        "in_reply_to_account_id": None, "sensitive": False, "spoiler_text": "",
        "visibility": "public", "language": "de", "uri": f"{who}/statuses/{native}",
        "url": f"https://kaffeehaus.invalid/@erfunden/{native}", "replies_count": 1,
        "reblogs_count": 2, "favourites_count": 3, "edited_at": None, "content": content,
        "reblog": None, "account": account, "media_attachments": [], "tags": [{"name": "wien"}],
        "mentions": [{"id": "9", "acct": "amt@amt.invalid"}], "emojis": [], "card": None,
        "poll": None, "quote": None,
    }  # fmt: skip


def discourse_post(n: int) -> dict[str, Any]:
    """A reply of three paragraphs with a mention, a link and a quote of somebody."""
    cooked = (
        '<aside class="quote no-group" data-username="b" data-post="1" data-topic="3">\n<div '
        'class="title">\n<div class="quote-controls"></div>\n<img alt="" width="24" height="24" '
        'src="/a.png" class="avatar"> b:</div>\n<blockquote>\n<p>Gibt es Neues?</p>\n'
        f'</blockquote>\n</aside>\n<p>{_WORDS.format(n=n)}</p>\n<p>Hallo <a class="mention" '
        'href="/u/b">@b</a>, siehe <a href="https://zeitung.invalid/a" rel="noopener nofollow ugc">'
        "die Zeitung</a>.<br>\nViele Grüße</p>"
    )
    return {
        "id": n, "name": None, "username": "erfunden", "user_id": 7, "post_type": 1,
        "created_at": _iso(n), "cooked": cooked, "post_number": n % 9 + 2, "reply_count": 2,
        "topic_id": n // 10 + 1, "topic_slug": "wohnen", "topic_title": "Wohnen", "hidden": False,
        "user_deleted": False, "deleted_at": None, "actions_summary": [{"id": 2, "count": 5}],
    }  # fmt: skip


def lemmy_comment(n: int) -> dict[str, Any]:
    """A comment in Markdown with a link and emphasis."""
    return {
        "comment": {"id": n, "content": f"**Gut**: {_WORDS.format(n=n)} [hier](https://a.invalid)",
                    "published": _iso(n), "deleted": False, "removed": False,
                    "ap_id": f"https://lemmy.invalid/comment/{n}", "path": f"0.{n}"},
        "creator": {"actor_id": "https://lemmy.invalid/u/erfunden"},
        "post": {"ap_id": "https://lemmy.invalid/post/1"},
        "counts": {"child_count": 1, "upvotes": 6, "downvotes": 2, "score": 4},
    }  # fmt: skip


def youtube_comment(n: int) -> dict[str, Any]:
    """A comment under a video."""
    return {"id": f"c{n}", "snippet": {
        "textDisplay": _WORDS.format(n=n), "publishedAt": _iso(n), "likeCount": 4,
        "authorChannelId": {"value": "UC" + "a" * 22}}}  # fmt: skip


def x_post(n: int) -> dict[str, Any]:
    """A post of the API v2."""
    native = str(((int(at(n).timestamp() * 1000) - 1_288_834_974_657) << 22) + n)
    return {
        "id": native, "edit_history_tweet_ids": [native], "author_id": "900", "lang": "de",
        "conversation_id": native, "created_at": _iso(n),
        "public_metrics": {"retweet_count": 2, "reply_count": 1, "like_count": 3,
                           "quote_count": 0, "bookmark_count": 0, "impression_count": 90},
        "text": f"{_WORDS.format(n=n)} #wien @amt https://t.co/abc",
    }  # fmt: skip


def bluesky_post(n: int) -> dict[str, Any]:
    """The app's view of a post."""
    did = "did:plc:jemanderfunden0000000000"
    return {
        "uri": f"at://{did}/app.bsky.feed.post/3k{n:06d}",
        "cid": "bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a",
        "author": {"did": did, "handle": "erfunden.invalid", "labels": []},
        "record": {"$type": "app.bsky.feed.post", "text": _WORDS.format(n=n),
                   "createdAt": _iso(n), "langs": ["de"]},
        "replyCount": 1, "repostCount": 2, "likeCount": 3, "quoteCount": 0, "indexedAt": _iso(n),
    }  # fmt: skip


def reddit_comment(n: int) -> dict[str, Any]:
    """A comment in Markdown, with a link and a quote."""
    short = _base36(n)
    body = f"> Gibt es Neues?\n\n*Ja*: {_WORDS.format(n=n)} [hier](https://a.invalid)"
    return {
        "id": short, "name": f"t1_{short}", "subreddit": "wien", "subreddit_id": "t5_2qhkd",
        "author": "erfunden", "author_fullname": "t2_erf", "body": body, "body_html": "",
        "created": at(n).timestamp(), "created_utc": at(n).timestamp(), "edited": False,
        "score": 2, "ups": 2, "downs": 0, "score_hidden": False, "link_id": "t3_zz",
        "parent_id": "t3_zz", "link_title": "Frage", "replies": "", "stickied": False,
        "permalink": f"/r/wien/comments/zz/frage/{short}/", "distinguished": None,
        "over_18": False, "controversiality": 0,
    }  # fmt: skip


def _base36(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    return (_base36(number // 36) if number >= 36 else "") + digits[number % 36]


Fields = Callable[[Any], Mapping[str, Any]]
ITEMS: dict[str, tuple[Callable[[int], Any], Fields]] = {
    "x": (x_post, lambda p: x_shape.from_api(p, {})),
    "reddit": (reddit_comment, lambda p: reddit_shape.fields(p, is_escaped=False)),
    "mastodon": (mastodon_status, lambda s: mastodon_item.fields(s, "kaffeehaus.invalid")),
    "bluesky": (bluesky_post, bluesky_shape.fields),
    "youtube": (youtube_comment, youtube_items.fields),
    "lemmy": (lemmy_comment, lemmy_items.comment_fields),
    "discourse": (discourse_post, lambda p: discourse_items.fields(p, "https://forum.invalid")),
}


def items_per_s(make: Callable[[int], Any], fields: Fields, count: int) -> int:
    """Decoded items to Arrow, the best of some tries, on one core."""
    items = json.loads(json.dumps([make(n) for n in range(1, count + 1)]))
    reading = Reading(ZoneInfo("UTC"), NOW)

    def map_all() -> None:
        for start in range(0, count, 500):
            page_items([settle(fields(i), reading) for i in items[start : start + 500]])

    return round(count / _best(map_all))


class Pages(httpx.BaseTransport):
    """Answers from memory: each path its pages in turn, or the one that a parameter numbers."""

    def __init__(self, pages: Mapping[str, Sequence[object]], by: str | None = None) -> None:
        self._by = by
        self._pages = {
            path: [json.dumps(p).encode() for p in found] for path, found in pages.items()
        }
        self._asked: dict[str, int] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        number = self._asked.get(path, 0)
        self._asked[path] = number + 1
        if self._by is not None:
            number = int(request.url.params.get(self._by, 0))
        pages = self._pages[path]
        body = pages[min(number, len(pages) - 1)]
        return httpx.Response(
            200, content=body, headers={"content-type": "application/json"}, request=request
        )

    def client(self) -> Http:
        """Our client, which asks this memory."""
        self._asked.clear()
        limits = Limits(interval=0, tries=1)
        return Http(transport=self, limits=limits, now=lambda: NOW, sleep=lambda _: None)


def of_library(count: int) -> dict[str, float]:
    """For each library: its own reading's seconds by those of our collector, same pages."""
    found = {}
    for name, prepare in _LIBRARIES.items():
        collector, keys, pages, address, read = prepare(count)
        source = Source("s", name, "wien", address, "media", "Europe/Vienna")

        def ours(
            collector: Collector = collector, source: Source = source, pages: Pages = pages,
            keys: Mapping[str, str] = keys,
        ) -> None:  # fmt: skip
            access = Access(pages.client(), keys)
            got = sum(p.items.num_rows for p in collector(source, Window(SINCE, NOW), None, access))
            assert got == count, (source.platform, got)

        # in turn, so that what else runs on the machine slows both alike
        times = [(_once(ours), _once(lambda r=read: r())) for _ in range(TRIES)]  # type: ignore[misc]
        mine, theirs = (min(part) for part in zip(*times, strict=True))
        found[name] = round(theirs / mine, 2)
        found[f"{name}_items_per_s"] = round(count / mine)
    return found


Prepared = tuple[Collector, Mapping[str, str], Pages, str, Callable[[], None]]


def _x(count: int) -> Prepared:
    import tweepy

    parts = [range(n, min(n + 100, count)) for n in range(0, count, 100)]
    pages = Pages({"/2/tweets/search/recent": [
        {"data": [x_post(i) for i in part], "meta": {"result_count": len(part)}
         | ({"next_token": f"t{k}"} if part.stop < count else {})}
        for k, part in enumerate(parts)]})  # fmt: skip

    def read() -> None:
        client = tweepy.Client(bearer_token="t")
        client.session = session(pages.client())
        found = tweepy.Paginator(client.search_recent_tweets, "wien", max_results=100)
        assert sum(1 for _ in found.flatten()) == count

    return x.collect, {"bearer_token": "t"}, pages, "search:wien", read


def _reddit(count: int) -> Prepared:
    import praw

    parts = [range(n, min(n + 100, count)) for n in range(0, count, 100)]
    listing = [
        {"kind": "Listing", "data": {
            "after": f"t1_{_base36(9000 - part.stop + 1)}" if part.stop < count else None,
            "children": [{"kind": "t1", "data": reddit_comment(i) | {
                "id": _base36(9000 - i), "name": f"t1_{_base36(9000 - i)}"}} for i in part]}}
        for part in parts
    ]  # fmt: skip
    token = {"access_token": "t", "token_type": "bearer", "expires_in": 86400, "scope": "*"}
    nothing = {"kind": "Listing", "data": {"after": None, "children": []}}
    pages = Pages({"/r/wien/comments": listing, "/r/wien/comments/": listing,
                   "/r/wien/new": [nothing], "/api/v1/access_token": [token]})  # fmt: skip

    def read() -> None:
        api = praw.Reddit(client_id="i", client_secret="s", user_agent="u", check_for_async=False,
                          check_for_updates=False,
                          requestor_kwargs={"session": session(pages.client())})  # fmt: skip
        found = api.subreddit("wien").comments(limit=None)
        assert sum(1 for _ in found) == count

    keys = {"client_id": "i", "client_secret": "s"}
    return reddit.collect, keys, pages, "https://www.reddit.com/r/wien", read


def _mastodon(count: int) -> Prepared:
    from mastodon import Mastodon

    path = "/api/v1/timelines/tag/wien"
    # a look asks for the newest, then upwards from its beginning; the last answer is empty
    oldest = [
        [mastodon_status(i) for i in range(n, max(n - 40, -1), -1)][::-1]
        for n in range(count - 1, -1, -40)
    ]
    pages = Pages({path: [[*oldest[-1]], *oldest, []]})

    def read() -> None:
        api = Mastodon(api_base_url="https://kaffeehaus.invalid", session=session(pages.client()),
                       version_check_mode="none", ratelimit_method="throw")  # fmt: skip
        api.timeline_is_available = lambda *_, **__: True
        assert sum(len(api.timeline_hashtag("wien", limit=40)) for _ in oldest) > 0

    return mastodon.collect, {}, pages, "https://kaffeehaus.invalid/tags/wien", read


def _bluesky(count: int) -> Prepared:
    from atproto_client.client.raw import ClientRaw
    from atproto_client.models.app.bsky.feed import get_author_feed
    from atproto_client.models.utils import get_or_create

    from collectors.bluesky.api import PUBLIC, Through

    parts = [range(n, min(n + 100, count)) for n in range(0, count, 100)]
    pages = Pages({"/xrpc/app.bsky.feed.getAuthorFeed": [
        {"feed": [{"post": bluesky_post(i)} for i in part]}
        | ({"cursor": str(k + 1)} if part.stop < count else {})
        for k, part in enumerate(parts)]}, by="cursor")  # fmt: skip

    def read() -> None:
        client = ClientRaw(PUBLIC, Through(pages.client()))
        got = 0
        for _ in parts:
            params = get_author_feed.Params(actor="stadt.invalid", limit=100)
            answer = client.invoke_query("app.bsky.feed.getAuthorFeed", params=params)
            got += len(get_or_create(answer.content, get_author_feed.Response).feed)  # type: ignore[union-attr]
        assert got == count

    return bluesky.collect, {}, pages, "at://stadt.invalid", read


_LIBRARIES = {"x": _x, "reddit": _reddit, "mastodon": _mastodon, "bluesky": _bluesky}


def _best(call: Callable[[], None]) -> float:
    return min(_once(call) for _ in range(TRIES))


def _once(call: Callable[[], None]) -> float:
    gc.collect()
    begun = process_time()
    call()
    return process_time() - begun


def measure(count: int = 2_000) -> dict[str, Any]:
    """Every platform that gives items as JSON, and every library."""
    return {
        "items_per_s": {name: items_per_s(*given, count) for name, given in ITEMS.items()},
        "of_library": of_library(min(count, 800)),
    }


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--items", type=int, default=2_000)
    print(json.dumps(measure(words.parse_args().items)))
