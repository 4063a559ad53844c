"""What X refuses, in words that say what to do; whether posts still stand; what was recorded."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from test_http_host import Ask
from x_service import (
    ACCOUNT,
    ACCOUNT_SOURCE,
    HOUR,
    LIST,
    LIST_SOURCE,
    LOOKUP,
    NOW,
    SEARCH,
    SOURCE,
    Service,
    access,
    collect,
    gives,
    ids,
    post,
    posts,
    service,
    snowflake,
    window,
)

from base.errors import BadInput, UniteError
from collectors import x
from collectors.collector import Window
from collectors.errors import AccessRefused, Gone, WrongShape
from monitor.retention.standing import Standing, ask_platform, own_way

pytestmark = pytest.mark.unit
PROBLEMS = "https://api.twitter.com/2/problems"
WIRE = Path(__file__).parents[3] / "shared/data/wire/x"


@pytest.fixture
def at() -> Iterator[Service]:
    with service(*posts(3)) as found:
        yield found


def problem(kind: str, title: str, **more: Any) -> dict[str, Any]:
    return {"type": f"{PROBLEMS}/{kind}", "title": title, "detail": "geheim", **more}


CAPPED = problem("usage-capped", "UsageCapExceeded", period="Monthly", scope="Product")
UNKNOWN_TOKEN = {"title": "Unauthorized", "type": "about:blank", "status": 401}
NOT_ENROLLED = problem("client-forbidden", "Client Forbidden", reason="client-not-enrolled")
OTHER_TOKEN = problem("unsupported-authentication", "Unsupported Authentication")
INVALID = problem(
    "invalid-request",
    "Invalid Request",
    errors=[{"parameters": {"query": ["suspended"]}, "message": "suspended"}],
)
V1_SUSPENDED = {"errors": [{"code": 416, "message": "Invalid / suspended application"}]}


@pytest.mark.parametrize(
    ("status", "body", "kind", "what", "do"),
    [
        (401, UNKNOWN_TOKEN, AccessRefused, "does not know the bearer token", "the token"),
        (401, b"", AccessRefused, "does not know the bearer token", "the token"),
        (403, {"title": "Forbidden"}, AccessRefused, "refused (403)", "the plan"),
        (403, NOT_ENROLLED, AccessRefused, "no project or plan", "into a project"),
        (403, OTHER_TOKEN, AccessRefused, "another kind of token", "app-only"),
        (403, V1_SUSPENDED, AccessRefused, "suspended the app", "appeal"),
        (403, {"title": "Forbidden", "detail": "Your account is suspended"}, AccessRefused,
         "suspended the app", "unite import"),
        (429, CAPPED, AccessRefused, "this month are used up", "narrow the searches"),
        (402, {**CAPPED, "title": "CreditsDepleted", "type": f"{PROBLEMS}/credits"},
         AccessRefused, "no credits left", "buy credits"),
        (400, INVALID, BadInput, "cannot use the query", "X's own search"),
        (404, {"title": "Not Found"}, Gone, "nothing is there", "address"),
        (200, b"<html>", WrongShape, "not JSON", ""),
        (200, b"[]", WrongShape, "no object", ""),
        (200, {"results": []}, WrongShape, "unknown shape", ""),
        (200, {"data": {"id": "1"}}, WrongShape, "unknown shape", ""),
        (200, {"data": [], "includes": {"media": 3}}, WrongShape, "unknown shape", ""),
    ],
)  # fmt: skip
def test_each_refusal_says_what_it_is_and_what_to_do(
    at: Service, status: int, body: Any, kind: type[UniteError], what: str, do: str
) -> None:
    at.host.ways[SEARCH] = gives(body, status)
    with pytest.raises(kind) as caught:
        collect(at)
    said = str(caught.value)
    assert what in said
    assert do in said
    assert "source 'x-wien' of city wien" in said
    assert "geheim" not in said
    if kind is AccessRefused:
        assert "docs/sources.md#x" in said
    if status == 401:
        assert "UNITE_COLLECTORS_X_BEARER_TOKEN" in said


def test_a_missing_token_names_its_setting(at: Service) -> None:
    with pytest.raises(AccessRefused) as caught:
        list(x.collect(SOURCE, window(), None, access(at.host, token="")))
    assert "UNITE_COLLECTORS_X_BEARER_TOKEN" in str(caught.value)
    assert at.host.asked == []


@pytest.mark.parametrize("token", ["two words", "zwölf", "a\nb"])
def test_what_no_header_can_carry_is_no_token(at: Service, token: str) -> None:
    with pytest.raises(AccessRefused) as caught:
        list(x.collect(SOURCE, window(), None, access(at.host, token=token)))
    assert "UNITE_COLLECTORS_X_BEARER_TOKEN" in str(caught.value)
    assert token not in str(caught.value)
    list(x.collect(SOURCE, window(), None, access(at.host, token=" a-token\n")))
    assert at.host.asked[0][1]["authorization"] == "Bearer a-token"


def test_pages_before_a_failure_hold_a_cursor_from_which_nothing_is_lost(at: Service) -> None:
    at.posts, at.size = posts(900, step=HOUR / 12), 100
    first = next(x.collect(SOURCE, window(), None, access(at.host)))  # killed after it
    assert first.items.num_rows == 500
    rest = collect(at, cursor=first.cursor)
    assert ids([first, *rest]) == [p["id"] for p in reversed(at.posts)]


@pytest.mark.parametrize(
    ("fault", "kind", "what"),
    [
        (problem("resource-not-found", "Not Found Error"), Gone, "no such account"),
        ({**problem("resource-not-found", "Forbidden"),
          "detail": "User has been suspended: [x]."}, Gone, "has suspended the account"),
        (problem("not-authorized-for-resource", "Authorization Error"), AccessRefused,
         "is private"),
        (problem("something", "New"), WrongShape, "unknown shape"),
    ],
)  # fmt: skip
def test_an_account_or_list_that_is_no_more_is_said(
    at: Service, fault: dict[str, Any], kind: type[UniteError], what: str
) -> None:
    for path, source in ((ACCOUNT, ACCOUNT_SOURCE), (LIST, LIST_SOURCE)):
        at.host.ways[path] = gives({"errors": [fault]})
        with pytest.raises(kind, match=what) as caught:
            collect(at, source)
        if kind is not WrongShape:
            assert "check the address of the source" in str(caught.value)
            assert "BEARER_TOKEN" not in str(caught.value)


def test_tweepy_writes_neither_token_nor_posts_into_a_log(
    at: Service, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    collect(at)
    assert "a-token" not in caplog.text
    assert "Kurse" not in caplog.text


def test_what_x_gives_no_more_is_gone_and_what_it_cannot_tell_is_left_out(at: Service) -> None:
    there, deleted, protected, unsure, silent, withheld = (
        snowflake(NOW - HOUR * n) for n in range(1, 7)
    )
    answer = {
        "data": [{"id": there, "text": "a"},
                 {"id": withheld, "text": "b", "withheld": {"country_codes": ["AT"]}}],
        "errors": [
            {**problem("resource-not-found", "Not Found Error"), "resource_id": deleted},
            {**problem("not-authorized-for-resource", "Authorization Error"), "value": protected},
            {**problem("service-unavailable", "Oops"), "resource_id": unsure},
        ],
    }  # fmt: skip
    at.host.ways[LOOKUP] = gives(answer)
    asked = [there, deleted, protected, unsure, silent, withheld, "import-7", "١٢", ""]
    found = x.still_public(asked, access(at.host))
    assert found == {there: True, deleted: False, protected: False, silent: False, withheld: False}
    (path,) = at.host.paths()
    assert "import" not in path


def test_posts_are_looked_up_a_hundred_at_a_time(at: Service) -> None:
    standing = [snowflake(NOW - HOUR, n) for n in range(250)]

    def answer(ask: Ask) -> None:
        asked = re.search(r"ids=([^&]*)", ask.path)
        assert asked is not None
        gives({"data": [{"id": i, "text": "a"} for i in asked[1].split("%2C")]})(ask)

    at.host.ways[LOOKUP] = answer
    assert x.still_public(standing, access(at.host)) == dict.fromkeys(standing, True)
    assert len(at.host.asked) == 3
    assert x.still_public([], access(at.host)) == {}


def test_an_answer_without_posts_and_reasons_takes_no_post_for_gone(at: Service) -> None:
    one = [snowflake(NOW)]
    bodies: list[Any] = [{}, {"data": []}, [], {"data": "x"}, {"meta": {}}]
    for body in bodies:
        at.host.ways[LOOKUP] = gives(body)
        with pytest.raises(WrongShape):
            x.still_public(one, access(at.host))


@pytest.mark.parametrize(
    ("status", "body", "standing"),
    [(401, UNKNOWN_TOKEN, Standing.REFUSED), (429, CAPPED, Standing.REFUSED),
     (429, {}, Standing.WAIT), (503, {}, Standing.SILENT), (200, {}, Standing.ODD)],
)  # fmt: skip
def test_a_refused_lookup_forgets_nothing(
    at: Service, status: int, body: Any, standing: Standing
) -> None:
    at.host.ways[LOOKUP] = gives(body, status)
    way = own_way("x")
    assert way is x.still_public
    assert ask_platform(way, ["12345"], access(at.host)) == {"12345": standing}


def recorded(name: str) -> tuple[str, bytes]:
    """Path and JSON of a recorded exchange: the first body of a cassette."""
    if not WIRE.exists():
        pytest.skip("../shared/data/wire is absent")
    text = (WIRE / f"{name}.yaml").read_text(encoding="utf-8")
    address = re.search(r"uri: https://api\.twitter\.com(\S+)", text)
    packed = re.search(r"string: !!binary \|\n((?:\s+[\w+/=]+\n)+?)\s+headers:", text)
    assert address is not None
    assert packed is not None
    body = zlib.decompressobj(47).decompress(base64.b64decode(packed[1]))
    return address[1].partition("?")[0], body


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "source", "count"),
    [("search_recent_tweets", SOURCE, 10),
     ("get_list_tweets", replace(SOURCE, address="list:84839422"), 97)],
)  # fmt: skip
def test_a_recorded_listing_is_read(at: Service, name: str, source: Any, count: int) -> None:
    path, body = recorded(name)
    found = json.loads(body)
    del found["meta"]["next_token"]
    at.host.ways[path] = gives(found)
    years = Window(NOW.replace(year=2020), NOW)
    # the recording asked for no fields: its posts have neither dates nor authors
    if source is SOURCE:
        source = replace(SOURCE, options={"archive": "full"})
        at.host.ways["/2/tweets/search/all"] = at.host.ways[path]
    pages = collect(at, source, years)
    assert sum(p.fetched for p in pages) == count
    assert set(ids(pages)) == {p["id"] for p in found["data"]}
    assert [r for p in pages for r in p.rejected] == []


@pytest.mark.shared
def test_a_recorded_lookup_is_read(at: Service) -> None:
    path, body = recorded("get_tweets")
    assert path == LOOKUP
    at.host.ways[path] = gives(body)
    there = [p["id"] for p in json.loads(body)["data"]]
    found = x.still_public([*there, "20"], access(at.host))
    assert found == {**dict.fromkeys(there, True), "20": False}


def test_a_page_with_a_post_that_tweepy_would_refuse_is_read_all_the_same(at: Service) -> None:
    odd = post(NOW - HOUR * 9)
    del odd["text"]  # what X adds and leaves out is its own matter
    at.posts.append(odd)
    pages = collect(at)
    assert len(ids(pages)) == 3
    assert [r.column for p in pages for r in p.rejected] == ["text"]
