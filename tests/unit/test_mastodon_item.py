"""One status of Mastodon: what is kept of it, and whose is never kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from mastodon.return_types import Status
from mastodon.types_base import try_cast_recurse
from mastodon_host import NOW, SERVER, START, account, number, status

from base.time import zone
from collectors.errors import Unmappable
from collectors.items import Reading, page_items, settle
from collectors.mastodon.item import fields, is_boost, is_withheld, read_status

pytestmark = pytest.mark.unit
READING = Reading(zone("Europe/Vienna"), NOW, fallback="mastodon", home_platform="mastodon")
ID = number(START)
OTHER = "109000000000000001"


def row(given: Any) -> dict[str, Any]:
    """The item of a status, as it comes and as the library reads it: the same."""
    ways = (given, try_cast_recurse(Status, given))
    rows = [settle(fields(read_status(s), SERVER), READING) for s in ways]
    first, second = page_items(rows).to_pylist()
    assert first == second
    return first


def test_a_post() -> None:
    assert row(status("Neue Wohnungen &amp; ein Park", START)) == {
        "native_id": f"https://{SERVER}/users/erfunden/statuses/{ID}",
        "address": f"https://{SERVER}/@erfunden/{ID}",
        "author": f"https://{SERVER}/users/erfunden",
        "created": datetime(2026, 3, 1, 8, tzinfo=UTC),
        "date_given": None,
        "kind": "post",
        "thread": f"{SERVER}/{ID}",
        "text": "Neue Wohnungen & ein Park",
        "replies": 1,
        "reposts": 2,
        "likes": 3,
        "image": False,
        "video": False,
        "lang": "de",
        "platform": None,
        "voice": None,
    }


def test_a_post_of_another_server_is_the_same_wherever_it_is_seen() -> None:
    theirs = account("ersonnen", "anderswo.invalid")
    here = status("Servus", START, account=theirs)
    there = status("Servus", START, account=theirs, native=number(START, 9))
    there |= {"uri": here["uri"], "url": here["url"]}
    first, second = row(here), row(there)
    assert first["thread"] != second["thread"]  # as each server numbers it
    assert first | {"thread": None} == second | {"thread": None}


MENTION = (
    '<p><span class="h-card" translate="no"><a href="https://x.invalid/@a" class="u-url mention">'
    '@<span>ersonnen</span></a></span> ja, im <a href="https://x.invalid/tags/wien" '
    'class="mention hashtag" rel="tag">#<span>Wien</span></a>er Norden:<br />'
    '<a href="https://x.invalid/lang" rel="nofollow noopener" target="_blank">'
    '<span class="invisible">https://</span><span class="ellipsis">x.invalid/</span>'
    '<span class="invisible">lang</span></a></p><p>Bis morgen</p>'
)
QUOTE = (
    '<p class="quote-inline">RE: <a href="https://x.invalid/1">https://x.invalid/1</a></p>'
    "<p>Dazu mein Wort</p>"
)
POLL = {"id": "1", "options": [{"title": "Ja", "votes_count": 1}, {"title": "Nein"}]}


@pytest.mark.parametrize(
    ("given", "held"),
    [
        ({"in_reply_to_id": OTHER}, {"kind": "reply", "thread": f"{SERVER}/{OTHER}"}),
        (
            {"content": MENTION},
            {"text": "@ersonnen ja, im #Wiener Norden:\nhttps://x.invalid/lang\n\nBis morgen"},
        ),
        (
            {"content": QUOTE, "quote": {"state": "accepted", "quoted_status": None}},
            {"text": "Dazu mein Wort", "kind": "quote"},
        ),
        ({"content": QUOTE}, {"text": "RE: https://x.invalid/1\n\nDazu mein Wort"}),
        ({"quote": {"state": "deleted"}, "in_reply_to_id": OTHER}, {"kind": "reply"}),
        ({"spoiler_text": "Politik, Wohnen"}, {"text": "Politik, Wohnen\nServus"}),
        ({"poll": POLL}, {"text": "Servus\nJa\nNein"}),
        ({"edited_at": "2026-03-02T08:00:00.000Z"}, {"created": START}),
        ({"media_attachments": [{"id": "1", "type": "image"}]}, {"image": True, "video": False}),
        ({"media_attachments": [{"id": "1", "type": "gifv"}]}, {"image": False, "video": True}),
        ({"media_attachments": [{"id": "1", "type": "audio"}]}, {"image": False, "video": False}),
        ({"language": None}, {"lang": None}),
        ({"language": "pt-BR"}, {"lang": "pt"}),
        ({"url": None}, {"address": f"https://{SERVER}/users/erfunden/statuses/{ID}"}),
        ({"content": "<p>السكن في فيينا</p>", "language": "ar"}, {"text": "السكن في فيينا"}),
        ({"content": f"<p>{'Wort ' * 10_000}</p>"}, {"text": ("Wort " * 10_000).strip()}),
        ({"content": "Ohne Absatz"}, {"text": "Ohne Absatz"}),
    ],
)
def test_what_is_kept(given: dict[str, Any], held: dict[str, Any]) -> None:
    found = row(status("Servus", START, **given))
    assert {name: found[name] for name in held} == held


@pytest.mark.parametrize(
    ("given", "column"),
    [
        ({"content": ""}, "text"),  # a picture without words
        ({"content": "<p></p>"}, "text"),
        ({"content": None}, "content"),
        ({"created_at": None}, "created_at"),
        ({"created_at": "gestern"}, "created"),
        ({"created_at": "2031-01-01T00:00:00.000Z"}, "created"),
        ({"content": "<p>" + "x" * 600_000 + "</p>"}, "text"),
        ({"id": None}, "id"),
        ({"account": {}}, "account"),
    ],
)
def test_what_cannot_be_mapped_says_which_field(given: dict[str, Any], column: str) -> None:
    with pytest.raises(Unmappable) as caught:
        row(status("Servus", START) | given)
    assert caught.value.column == column
    assert "gestern" not in str(caught.value)


@pytest.mark.parametrize("given", [None, "deleted", [], {"id": "1"}, {"error": "Record not found"}])
def test_what_is_no_status_is_said_to_be_none(given: Any) -> None:
    with pytest.raises(Unmappable):
        read_status(given)


def test_a_boost_is_no_post() -> None:
    own = status("Servus", START)
    assert not is_boost(own)
    assert is_boost(status("", START, reblog=own))


MARKED = '<p>Hier. <a href="https://x.invalid/tags/nobot" rel="tag">#<span>NoBot</span></a></p>'


@pytest.mark.parametrize(
    ("given", "who", "withheld", "withheld_opt_in"),
    [
        ({}, {}, False, True),  # never opened the settings
        ({}, {"indexable": True}, False, False),
        ({"visibility": "unlisted"}, {"indexable": True}, False, False),
        ({"visibility": "private"}, {"indexable": True}, True, True),
        ({"visibility": "direct"}, {"indexable": True}, True, True),
        ({"visibility": None}, {"indexable": True}, True, True),  # nobody says that it is public
        ({}, {"noindex": True, "indexable": True}, True, True),
        ({}, {"noindex": None, "indexable": True}, False, False),  # as of other servers
        ({}, {"discoverable": False, "indexable": True}, False, False),  # about being recommended
        ({}, {"note": "<p>Hallo #nobot</p>", "indexable": True}, True, True),
        ({}, {"note": MARKED, "indexable": True}, True, True),
        ({}, {"display_name": "Erna #NoIndex", "indexable": True}, True, True),
        ({}, {"fields": [{"name": "#nosearch", "value": "bitte"}], "indexable": True}, True, True),
        ({}, {"note": "<p>#nobody knows, nobot</p>", "indexable": True}, False, False),
        ({}, {"note": "<p>#nobotany</p>", "indexable": True}, False, False),
        ({}, {"note": None, "fields": None, "indexable": True}, False, False),
    ],
)
def test_who_wants_to_be_left_out_is(
    given: dict[str, Any], who: dict[str, Any], withheld: bool, withheld_opt_in: bool
) -> None:
    found = status("Servus", START, account=account(**who), **given)
    for way in (found, try_cast_recurse(Status, found)):
        assert is_withheld(way, opt_in=False) is withheld
        assert is_withheld(way, opt_in=True) is withheld_opt_in
