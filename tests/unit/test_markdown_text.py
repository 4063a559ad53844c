"""Markdown as communities write it, read as plain words."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.markdown_text import plain

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("nur Worte\nin zwei Zeilen", "nur Worte\nin zwei Zeilen"),
        ("ein **fetter**, *schräger*, ***beider*** und ~~alter~~ Text",
         "ein fetter, schräger, beider und alter Text"),
        ("__fett__ und _schräg_, *innen **fett** innen*", "fett und schräg, innen fett innen"),
        ("**fett *schräg* fett**", "fett schräg fett"),
        # words that hold a mark
        ("Nachbar*innen und Kolleg*innen", "Nachbar*innen und Kolleg*innen"),
        ("die Datei mein_neuer_text.csv", "die Datei mein_neuer_text.csv"),
        ("so ein f***, 2 * 3 * 4 = 24, Miete*", "so ein f***, 2 * 3 * 4 = 24, Miete*"),
        (r"\*nicht schräg\* und 100\_000", "*nicht schräg* und 100_000"),
        (r"¯\\\_(ツ)\_/¯", r"¯\_(ツ)_/¯"),
        # links keep their words, pictures go
        ("siehe [den Kurs](https://a.invalid/x_(y) \"Titel\") dort", "siehe den Kurs dort"),
        ("[eins](https://a.invalid)[zwei](/r/wien)", "einszwei"),
        ("<https://a.invalid/x> oder https://b.invalid/a_b_c",
         "https://a.invalid/x oder https://b.invalid/a_b_c"),
        ("![gif](giphy|abc) so", "so"),
        ("![Der Park](https://a.invalid/p.jpg)", "Der Park"),
        ("[kein Link] (wirklich)", "[kein Link] (wirklich)"),
        # quotes are others' words
        ("> Ihr seid zu viele\n\nDas stimmt nicht", "Das stimmt nicht"),
        (">eins\n>> zwei\n\nmeins", "meins"),
        ("> eins\nhineingezogen\n\nmeins", "meins"),
        ("> eins\n>\nmeins", "meins"),
        ("> eins\n- meins", "meins"),
        ("meins\n> fremd", "meins"),
        ("5 > 3 und a -> b", "5 > 3 und a -> b"),
        ("    > tief eingerückt ist kein Zitat", "> tief eingerückt ist kein Zitat"),
        (">!Das Ende!< verrate ich", "Das Ende verrate ich"),
        ("> nur fremde Worte", ""),
        # blocks
        ("# Frage\n\n## Noch eine\n#wohnen ist ein Schlagwort",
         "Frage\n\nNoch eine\n#wohnen ist ein Schlagwort"),
        ("* eins\n+ zwei\n- drei\n1. vier", "eins\nzwei\ndrei\n1. vier"),
        ("oben\n\n---\n\n* * *\n\nunten", "oben\n\nunten"),
        ("- 5 Grad", "5 Grad"),
        ("-5 Grad", "-5 Grad"),
        ("|Bezirk|Miete|\n|:--|--:|\n|Favoriten|900|", "Bezirk Miete\nFavoriten 900"),
        ("```\n# Code bleibt\n```\nund `dies`", "# Code bleibt\nund dies"),
        ("E = mc^2, so^(weit oben) ^klein", "E = mc^2, soweit oben klein"),
        ("A &amp; B&nbsp;C &eacute; &#x200B;", "A & B\u00a0C é"),
        ("eins\n\n\n\n\nzwei  \ndrei", "eins\n\nzwei\ndrei"),
        ("مرحبا **بكم** في [المدينة](https://a.invalid)", "مرحبا بكم في المدينة"),
        ("", ""),
    ],
)  # fmt: skip
def test_what_is_read(written: str, read: str) -> None:
    assert plain(written) == read


@pytest.mark.parametrize(
    "part",
    ["[", "](", "[a](", "[a](x \"", "*a", "**", "_", "> ", ">!", "\\", "`", "^(", "<https://",
     "&#", "| ", "![gif](", "[a](()", "*a *", "\n\n\n "],
)  # fmt: skip
def test_fifty_thousand_characters_of_marks_take_no_time(part: str) -> None:
    text = part * (50_000 // len(part))
    begun = time.process_time()
    plain(text)
    assert time.process_time() - begun < 1.0


@given(st.text(alphabet="ab *_~^`#>|[]()!\\&;<:/\n-", max_size=80))
def test_any_text_is_read_and_no_letter_is_made_up(text: str) -> None:
    assert set(plain(text)) <= {*text, "\n", " "}  # a space for the bars of a table


@given(st.text(alphabet="abc äöü.,;:?ß\u0645", max_size=80))
def test_text_without_marks_stays(text: str) -> None:
    assert plain(text) == text.strip()
