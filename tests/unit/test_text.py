"""The house's notion of a word: kept in NFC, found folded, in every script."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from base.text import fold, nfc, spans, words, words_line

pytestmark = pytest.mark.unit
ANY = st.text(alphabet=st.characters(), max_size=60)
# Letters that fold in ways of their own beside ordinary ones: hypothesis rarely finds them alone.
TRICKY = st.text(
    alphabet="aZ ßÄİıŁłøæﬁﷺςΣأةىـ’-_\u0301\u200d\u00ad\u202e\ufeff٣²½हिंदी漢字🙂", max_size=40
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Malmö", ["malmo"]),
        ("Łódź, Gdańsk", ["lodz", "gdansk"]),
        ("Straße STRASSE", ["strasse", "strasse"]),
        ("Århus Ærø Œuvre", ["arhus", "aero", "oeuvre"]),
        ("İstanbul ısparta", ["istanbul", "isparta"]),
        ("Αθήνα ΟΔΟΣ οδός", ["αθηνα", "οδοσ", "οδοσ"]),
        ("Київ, Їжак", ["київ".replace("ї", "і"), "іжак"]),
        ("الإدارة إدارة", ["الاداره", "اداره"]),
        ("مـــرحبا", ["مرحبا"]),  # tatweel only stretches a word
        ("п'ять пʼять", ["п", "ять", "п", "ять"]),  # whichever apostrophe is typed
        ("½ ŉ", ["12", "n"]),
        ("𝗥𝗮𝘂𝘀 Ｒａｕｓ", ["raus", "raus"]),  # letters that dodge word lists
        ("हिंदी, शहर", ["हिंदी", "शहर"]),  # vowel signs are part of it
        ("e-mail l'école", ["e", "mail", "l", "ecole"]),  # hyphen and apostrophe part words
        ("Flücht\u00adlinge", ["fluchtlinge"]),  # a soft hyphen does not
        ("Woh\u200bnung", ["wohnung"]),
        ("wie_geht_es", ["wie", "geht", "es"]),
        ("🙂 !!! …", []),
        ("", []),
        ("4. März 2026", ["4", "marz", "2026"]),
        ("ﬁn", ["fin"]),
    ],
)  # fmt: skip
def test_words(text: str, found: list[str]) -> None:
    assert words(text) == found


@given(st.one_of(ANY, TRICKY))
@example("ﷺ")
@example("\u0301a")
@example("¼ ŉ ʼ")
@example("ـ\u093e")
@example("a\u200d\u0301b")
def test_spans_are_the_words_with_offsets_that_slice_right(text: str) -> None:
    found = list(spans(text))
    assert [w for w, _, _ in found] == words(text)
    ends = [0]
    for word, start, end in found:
        assert ends[-1] <= start < end <= len(text)
        ends.append(end)
        assert words(text[start:end]) == [word]


@given(st.one_of(ANY, TRICKY))
def test_folding_twice_is_folding_once(text: str) -> None:
    once = words(text)
    assert words(" ".join(once)) == once
    assert all(w and not w.isspace() and " " not in w for w in once)


@given(st.text(alphabet=st.characters(max_codepoint=0x6FF), max_size=60))
def test_in_the_scripts_of_the_monitor_the_form_of_a_text_does_not_matter(text: str) -> None:
    assert words(unicodedata.normalize("NFD", text)) == words(unicodedata.normalize("NFC", text))


@given(st.text(max_size=60))
def test_what_is_kept_is_nfc_and_can_be_written(text: str) -> None:
    kept = nfc(text + "\0\ud800")
    assert kept == nfc(kept) == unicodedata.normalize("NFC", kept)
    assert "\0" not in kept
    kept.encode()


@pytest.mark.parametrize("word", ["Straße", "ŁÓDŹ", "Ærø", "İzmir", "ΟΔΟΣ", "x" * 100 + "Ö"])
def test_fold_agrees_with_words(word: str) -> None:
    assert words(word) == [fold(word)]
    assert fold(fold(word)) == fold(word)


@given(TRICKY)
@settings(max_examples=50)
def test_the_line_that_phrase_search_reads(text: str) -> None:
    line = words_line(text)
    assert line.split() == words(text)
    assert line.startswith(" ")
    assert line.endswith(" ")
