"""The vault: sealed under its own key, bound to its post, found by any usual spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.vault import Origin, Vault, VaultFault, normal_address

pytestmark = pytest.mark.unit
KEY, OTHER = b"k" * 32, b"o" * 32
POST = "0" * 32


@given(st.none() | st.text(max_size=50), st.none() | st.text(max_size=50))
def test_what_is_sealed_is_opened(native: str | None, address: str | None) -> None:
    origin = Origin(native, address)
    sealed = Vault(KEY).seal(POST, origin)
    assert Vault(KEY).open(POST, sealed) == origin


def test_sealing_twice_looks_different_and_shows_nothing() -> None:
    vault = Vault(KEY)
    one, two = (vault.seal(POST, Origin("id-77", "https://feed.example/77")) for _ in range(2))
    assert one != two
    assert b"feed" not in one
    assert b"id-77" not in one


@given(st.integers(0, 60), st.integers(1, 255))
def test_a_row_that_was_altered_is_not_opened(at: int, by: int) -> None:
    sealed = bytearray(Vault(KEY).seal(POST, Origin("id-77", "https://feed.example/77")))
    sealed[at % len(sealed)] ^= by
    with pytest.raises(VaultFault):
        Vault(KEY).open(POST, bytes(sealed))


@pytest.mark.parametrize("sealed", [b"", b"short", b"\0" * 12, b"\0" * 40])
def test_a_row_cut_short_is_named(sealed: bytes) -> None:
    with pytest.raises(VaultFault, match="cannot be opened"):
        Vault(KEY).open(POST, sealed)


def test_neither_another_key_nor_another_post_opens_it() -> None:
    sealed = Vault(KEY).seal(POST, Origin("1", None))
    for key, post in ((OTHER, POST), (KEY, "1" * 32)):
        with pytest.raises(VaultFault) as caught:
            Vault(key).open(post, sealed)
        assert caught.value.hint


@pytest.mark.parametrize(
    "spellings",
    [
        (
            "https://example.org/news/77",
            "http://www.example.org/news/77/",
            "HTTPS://Example.ORG:443/news/77?utm_source=x&fbclid=1#comments",
            " m.example.org/news/77 ",
            "//example.org/news/77",
            "https://user@example.org./news/77",
        ),
        (
            "https://x.com/a/status/1",
            "https://twitter.com/a/status/1?s=20&t=abc",
            "mobile.twitter.com/a/status/1",
        ),
        ("https://youtu.be/abc?si=x", "https://www.youtube.com/watch?v=abc&t=10s"),
        ("https://old.reddit.com/r/wien/1/", "https://www.reddit.com/r/wien/1?ref=share"),
        ("https://münchen.example/ü", "https://xn--mnchen-3ya.example/%C3%BC"),
        ("https://f.example/t?b=2&a=1", "https://f.example/t?a=1&b=2"),
        ("https://f.example/u\u0308", "https://f.example/\u00fc"),
    ],
)
def test_the_usual_spellings_of_an_address_are_one(spellings: tuple[str, ...]) -> None:
    assert len({Vault(KEY).lookup(s) for s in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://forum.example/viewtopic?t=1", "https://forum.example/viewtopic?t=2"),
        ("https://news.example/?s=1", "https://news.example/?s=2"),
        ("https://www.youtube.com/watch?v=abc", "https://www.youtube.com/watch?v=ABC"),
        ("https://a.example/1", "https://b.example/1"),
        ("https://a.example/1", "https://a.example/11"),
        ("https://a.example/a%2Fb", "https://a.example/ab"),
    ],
)
def test_other_posts_are_not(one: str, other: str) -> None:
    assert Vault(KEY).lookup(one) != Vault(KEY).lookup(other)


@given(st.one_of(st.text(max_size=60), st.from_regex(r"https?://[\[\]%:@/a-z?&=#]{0,30}")))
def test_no_address_is_too_odd_and_a_normal_one_stays(address: str) -> None:
    Vault(KEY).lookup(address)
    assert isinstance(normal_address(address), str)


def test_a_lookup_cannot_be_guessed_without_the_key() -> None:
    address = "https://example.org/1"
    assert Vault(KEY).lookup(address) != Vault(OTHER).lookup(address)
