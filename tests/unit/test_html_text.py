"""The short way through simple HTML says what the parser says, and takes a tenth of its time."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from collectors.html_text import plain

pytestmark = pytest.mark.unit

PIECES = st.sampled_from(
    [
        "<p>", "</p>", "<br />", "<br>", "<b>", "</b>", "<span class=\"invisible\">", "</span>",
        '<a href="https://x.invalid/?a=1&amp;b=2" rel="tag">', "</a>", '<a title="a>b">',
        "<a title='x'>", "<P>", "<pre>", "</pre>", "<abbr>", "<img src=\"x\">", "<script>",
        "</script>", "<!-- -->", "<", ">", "&amp;", "&am", "&lt", "&lt;", "&nbsp;", "&#10;",
        "&#x2028;", "&notit;", "& ", "#", ";", "p;", " ", "\n", "\n\n\n", "\t", "\u00a0",
        "Wien", "الحي", "3 < 5",
    ]
)  # fmt: skip


def by_parser(fragment: str) -> str:
    # a comment says nothing, and is more than the short way knows
    return plain(f"<!-- -->{fragment}").text


@given(st.lists(PIECES, max_size=12).map("".join))
@example("<p>&am<b>p;</b></p>")  # an entity is not put together over a tag
@example('<a title="x>y<b c">z</a>')
def test_the_short_way_says_what_the_parser_says(fragment: str) -> None:
    assert plain(f"<p>{fragment}").text == by_parser(f"<p>{fragment}")


def test_a_post_does_not_need_the_parser() -> None:
    post = '<p>Heute <a href="https://x.invalid/tags/w" rel="tag">#<span>Wien</span></a></p>' * 40

    def spent(text: str) -> float:
        began = time.process_time()
        for _ in range(20):
            plain(text)
        return time.process_time() - began

    ratios = [spent(post) / spent(f"<!-- -->{post}") for _ in range(5)]
    assert min(ratios) < 0.5
