"""What Reddit refuses, breaks off or delays, and what it says of posts that are kept."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
from reddit_host import (
    KEYS,
    MINUTE,
    MONTH,
    NOW,
    Reddit,
    access,
    comment,
    gives,
    listing,
    names,
    post,
    posts,
    serving,
    source,
    visit,
)
from test_http_host import Ask, FakeTime

from base.errors import UniteError
from collectors.errors import AccessRefused, Gone, RateLimited, Unreachable, WrongShape
from collectors.reddit import collect, still_public

pytestmark = pytest.mark.unit
HINT = "docs/sources.md#reddit"


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


@pytest.fixture
def reddit() -> Iterator[Reddit]:
    with serving() as found:
        yield found


@pytest.mark.parametrize(
    ("status", "kind", "said"),
    [
        (403, AccessRefused, "private, quarantined or closed"), (404, Gone, "banned"),
        (400, WrongShape, "400"),
    ],
)  # fmt: skip
def test_refusals_of_a_listing(
    reddit: Reddit, status: int, kind: type[UniteError], said: str
) -> None:
    reddit.host.ways["/r/wien/comments"] = gives(
        b'{"message": "secret", "reason": "private"}', status
    )
    with pytest.raises(kind) as caught:
        visit(reddit)
    assert said in str(caught.value)
    assert "secret" not in str(caught.value)
    if kind in (AccessRefused, Gone):
        assert caught.value.where == "source 'r-wien' of city wien"


@pytest.mark.parametrize(
    ("status", "body"),
    [(401, b'{"message": "Unauthorized"}'), (403, b"{}"), (200, b'{"error": "invalid_grant"}')],
)
def test_a_refused_key_names_its_settings(reddit: Reddit, status: int, body: bytes) -> None:
    reddit.host.ways["/api/v1/access_token"] = gives(body, status)
    with pytest.raises(AccessRefused) as caught:
        visit(reddit)
    for said in ("r-wien", "wien", "UNITE_COLLECTORS_REDDIT_CLIENT_SECRET", HINT):
        assert said in str(caught.value)
    assert reddit.asked == []


@pytest.mark.parametrize("missing", ["client_id", "client_secret"])
def test_without_a_key_nothing_is_asked(reddit: Reddit, missing: str) -> None:
    with pytest.raises(AccessRefused) as caught:
        visit(reddit, keys={**KEYS, missing: ""})
    assert caught.value.expected == f"UNITE_COLLECTORS_REDDIT_{missing}".upper()
    assert HINT in str(caught.value)
    assert reddit.host.asked == []


@pytest.mark.parametrize("other_host", [False, True])
def test_an_unknown_name_leads_to_the_search_for_names(reddit: Reddit, other_host: bool) -> None:
    to = reddit.host.at("/subreddits/search.json?q=wien")
    to = to.replace("127.0.0.1", "localhost") if other_host else to
    reddit.host.ways["/r/wien/new"] = gives(b"", 302, location=to)
    status = 403 if other_host else 200
    reddit.host.ways["/subreddits/search.json"] = gives(listing([]), status)
    with pytest.raises(Gone, match="no community of this name") as caught:
        visit(reddit)
    assert caught.value.where == "source 'r-wien' of city wien"


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>blocked</html>", b"[]", b"null", b'{"data": []}', b'{"data": {}}',
     b'{"kind": "Listing", "data": {"children": {"a": 1}}}', b'{"json": {"errors": []}}'],
)  # fmt: skip
def test_an_answer_of_another_shape(reddit: Reddit, body: bytes) -> None:
    reddit.host.ways["/r/wien/new"] = gives(body)
    with pytest.raises(WrongShape) as caught:
        visit(reddit)
    assert caught.value.where == "source 'r-wien' of city wien"
    assert "blocked" not in str(caught.value)


@pytest.mark.parametrize("body", [b"<html>", b"{}", b"[]", b'{"access_token": "t"}'])
def test_a_token_of_another_shape(reddit: Reddit, body: bytes) -> None:
    reddit.host.ways["/api/v1/access_token"] = gives(body)
    with pytest.raises(WrongShape):
        visit(reddit)


def test_the_client_alone_waits_and_repeats(
    reddit: Reddit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(_: float) -> None:
        raise AssertionError("a library slept")

    monkeypatch.setattr("prawcore.rate_limit.time.sleep", never)
    monkeypatch.setattr("prawcore.sessions.time.sleep", never)
    reddit.lists("/r/wien/new", posts(range(700, 1000), MINUTE))
    used = {"x_ratelimit_used": "990", "x_ratelimit_reset": "40"}
    reddit.headers = {**used, "x_ratelimit_remaining": "0.0"}
    patient = access(reddit)
    assert len(names(list(collect(source(), MONTH, None, patient)))) == 300
    fake: FakeTime = patient.http._sleep.__self__  # type: ignore[attr-defined]
    assert fake.slept == [40.0, 40.0, 40.0]  # after each listing but the last
    reddit.headers["x_ratelimit_reset"] = "400"  # longer than we stay
    with pytest.raises(RateLimited) as caught:
        visit(reddit)
    assert caught.value.retry_after == 400
    reddit.host.ways["/r/wien/new"] = gives(b"", 503)
    before = len(reddit.host.asked)
    with pytest.raises(Unreachable):
        visit(reddit)
    assert len(reddit.host.asked) - before == 2  # a token, and one listing


def test_still_public(reddit: Reddit) -> None:
    kept = [post(n, NOW) for n in range(300, 420)]
    gone = [
        post(10, NOW, selftext="[deleted]", author="[deleted]"),
        post(11, NOW, selftext="", removed_by_category="deleted"),
        comment(12, NOW, body="[removed]"),
    ]
    stays = [comment(13, NOW, body="nicht [deleted]"), comment(14, NOW, author="[deleted]")]
    known = {i["data"]["name"]: i for i in [*kept, *gone, *stays]}

    def answer(ask: Ask) -> None:
        asked = dict(parse_qsl(urlsplit(ask.path).query))["id"].split(",")
        assert len(asked) <= 100
        ask.give(200, listing([known[n] for n in asked if n in known]))

    reddit.host.ways["/api/info"] = answer
    told = still_public([*known, "t3_never", "abc", "t1_a b"], access(reddit))
    assert {n for n, is_there in told.items() if not is_there} == {"t3_a", "t3_b", "t1_c"}
    assert told.keys() == known.keys()
    assert len([p for p in reddit.host.paths() if p.startswith("/api/info")]) == 2
    before = len(reddit.host.asked)
    assert still_public(["sha256-of-a-file's-row"], access(reddit)) == {}
    assert len(reddit.host.asked) == before
    with pytest.raises(AccessRefused, match="no key for reddit"):
        still_public(["t3_a"], access(reddit, {}))
