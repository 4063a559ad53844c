"""Tokens, formats, addresses and faces of the pages."""

from __future__ import annotations

import dataclasses
import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from dash import dcc, html
from hypothesis import given
from hypothesis import strategies as st

from analysis import grid
from analysis.compare import Comparison, Row
from base.errors import BadInput, UniteError
from dashboard import address, compare_table, formats, headers, questions, tokens
from dashboard.components import card, dot, faces, strip, trend
from dashboard.components.still import still
from dashboard.page import find
from dashboard.pages import compare
from dashboard.site import Site
from monitor.settings import load
from monitor.workspace import Workspace
from store.query import Query, View

pytestmark = pytest.mark.unit
DASHBOARD = Path(__file__).parents[2] / "dashboard"
DAYS = st.dates(date(2010, 1, 1), date(2040, 1, 1))


def row(city: str, share: float | None, state: str = "ok", reach: float = 0.01) -> Row:
    low, high = (None, None) if share is None else (max(0.0, share - reach), share + reach)
    return Row(city, "housing", state, 50, 2000, "seen", share, low, high, 1.0, ())  # type: ignore[arg-type]


def texts(component: Any) -> str:
    """Everything a component says."""
    if isinstance(component, str):
        return component
    if isinstance(component, list | tuple):
        return " ".join(texts(c) for c in component)
    return texts(getattr(component, "children", None) or "")


@pytest.mark.parametrize("theme", tokens.THEMES)
@pytest.mark.parametrize(("word", "ground", "least"), tokens.PAIRS)
def test_colours_can_be_read(theme: str, word: str, ground: str, least: float) -> None:
    colours = tokens.THEMES[theme]
    assert tokens.contrast(colours[word], colours[ground]) >= least


def test_contrast_is_that_of_wcag() -> None:
    assert tokens.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert tokens.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_style_sheets_use_tokens_and_nothing_foreign() -> None:
    known = (
        set(tokens.LIGHT)
        | set(tokens.SIZES)
        | {"radius", "hue", "w", "low", "wide", "at", "lanes", "many", "name", "col"}
    )
    assert set(tokens.LIGHT) == set(tokens.DARK)
    for path in (DASHBOARD / "assets").glob("*.css"):
        text = path.read_text("utf-8")
        assert "http" not in text, path.name
        used = set(re.findall(r"var\(--([a-z-]+)", text))
        assert used <= known, path.name


def test_fonts_are_shipped_with_their_licence() -> None:
    fonts = DASHBOARD / "assets" / "fonts"
    asked = set(re.findall(r"[\w-]+\.woff2", (DASHBOARD / "assets/fonts.css").read_text("utf-8")))
    there = {p.name for p in fonts.glob("*.woff2")}
    assert asked == there
    assert "Open Font License" in (fonts / "OFL.txt").read_text("utf-8")
    assert sum(p.stat().st_size for p in fonts.iterdir()) < 600_000


@pytest.mark.parametrize(("value", "base", "said"), [
    (0.1234, 4310, "12.3\u202f%"),
    (0.1234, 431, "12\u202f%"),  # 431 posts allow no decimals
    (0.0004, 5000, "<\u202f0.1\u202f%"),
    (0.0, 5000, "0.0\u202f%"),
    (1.0, None, "100\u202f%"),
])  # fmt: skip
def test_a_share_has_the_digits_its_base_allows(value: float, base: int | None, said: str) -> None:
    assert formats.share(value, base) == said


@pytest.mark.parametrize(("since", "until", "said"), [
    ("2026-11-01", "2026-12-01", "November 2026"),
    ("2026-07-01", "2026-10-01", "third quarter 2026"),
    ("2026-01-01", "2027-01-01", "2026"),
    ("2026-08-31", "2026-11-30", "13 weeks, 31 Aug – 29 Nov 2026"),
    ("2026-12-28", "2027-01-04", "week, 28 Dec 2026 – 3 Jan 2027"),
    ("2026-11-03", "2026-11-04", "3 Nov 2026"),
])  # fmt: skip
def test_a_period_has_its_usual_name(since: str, until: str, said: str) -> None:
    assert formats.period(date.fromisoformat(since), date.fromisoformat(until)) == said


def test_names_stand_in_a_sentence() -> None:
    assert formats.listed(["A"]) == "A"
    assert formats.listed(["A", "B", "C"]) == "A, B and C"
    assert formats.listed(["A", "B", "C", "D"]) == "A, B and 2 more"
    assert formats.number(4310) == "4,310"
    assert formats.one_in(1 / 12) == "about 1 in 12"


@given(DAYS)
def test_every_period_offered_is_on_the_grid(newest: date) -> None:
    for _, period in [("", address.default_period(newest)), *address.periods(newest)]:
        asked = Query(cities=("wien",), since=period.since, until=period.until)
        grid.check(asked, ("city", "area"))  # raises for what is not
        assert period.since <= newest


@given(DAYS)
def test_the_default_period_is_not_empty(newest: date) -> None:
    found = address.default_period(newest)
    assert newest - found.until <= timedelta(weeks=13)
    assert newest - found.since >= timedelta(weeks=4)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(Workspace(load(home=tmp_path_factory.mktemp("home"))))


@pytest.mark.parametrize(("asked", "available"), [
    ("/compare?city=wein", "wien"),
    ("/compare?city=wien&area=hosing", "housing"),
    ("/city?_area=hosing", "housing"),
    ("/city?_colour=red", "_sort"),
    ("/citty", "city"),
    ("/city?who=me", "city"),
    ("/city?since=yesterday", ""),
    ("/city?since=2026-02-01&until=2026-01-01", ""),
    ("/city?language=xx", "de"),
])  # fmt: skip
def test_a_nonsense_address_is_answered_with_the_names_there_are(
    site: Site, asked: str, available: str
) -> None:
    with pytest.raises(BadInput) as caught:
        address.read(site, asked, find())
    face = texts(faces.error(caught.value, is_page=True))
    assert available in face
    assert caught.value.what.lower() in face.lower()


def test_a_change_keeps_the_rest_of_the_view() -> None:
    view = View.from_url("/compare?city=wien&city=malmo&_area=housing&platform=reddit")
    assert address.change(view, languages=("de",), _sort="wien") == (
        "/compare?city=wien&city=malmo&language=de&platform=reddit&_area=housing&_sort=wien"
    )
    assert address.change(view, "city", cities=("wien",), _area=None, platforms=()) == (
        "/city?city=wien"
    )


def test_too_many_cities_are_refused_before_anything_is_asked(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(address, "MOST_CITIES", 2)
    with pytest.raises(BadInput, match="3 cities"):
        address.read(site, "/compare?city=wien&city=malmo&city=lyon", find())


def test_every_page_has_a_frame_and_something_in_it() -> None:
    pages = find()
    assert list(pages) == ["", "city", "compare", "health", "enter"]
    assert all(callable(p.layout) for p in pages.values())
    assert all(p.cards or p.register for p in pages.values())  # shows figures, or does something


@pytest.mark.parametrize("state", ["few", "zero", "no_data", "unmeasured"])
def test_each_face_of_a_figure_has_its_word(state: str) -> None:
    drawn = dot.dot(row("wien", None, state), 0.1)
    assert texts(drawn) == faces.WORDS[state]
    assert state in drawn.className
    assert faces.WORDS[state] in dot.said(row("wien", None, state), "Wien")


def test_an_ok_figure_whose_base_is_too_few_says_so() -> None:
    assert texts(dot.dot(row("wien", None, "ok"), 0.1)) == "too few"


def test_a_dot_says_its_figure_in_words() -> None:
    drawn = dot.dot(row("wien", 0.05), 0.1, name="Wien")
    assert drawn.to_plotly_json()["props"]["aria-label"] == (
        "Wien: 5.0\u202f% of 2,000 posts, 95 % interval 4.0–6.0\u202f%"
    )
    assert drawn.style == {"--low": "0.4000", "--wide": "0.2000", "--at": "0.5000"}


def test_a_face_of_an_error_holds_no_trace() -> None:
    shown = texts(faces.error(UniteError("it broke", hint="try again")))
    assert "It broke." in shown
    assert "try again" in shown


def test_the_strip_tells_gaps_from_full_weeks() -> None:
    assert strip.said([1.0] * 14) == "all of 2 weeks was looked at"
    assert strip.said([1.0] * 7 + [0.0] * 7) == ("50\u202f% was looked at; 1 week of 2 not in full")
    assert strip.said([]) == "nothing was looked at"
    assert strip.said([0.0] * 7) == "nothing was looked at"


@pytest.mark.parametrize(("apart", "brackets"), [
    ([], [(0, 2)]),
    ([("a", "c"), ("b", "c")], [(0, 1)]),
    ([("a", "c")], [(0, 1), (1, 2)]),  # ties are not transitive: brackets overlap
    ([("a", "b"), ("a", "c"), ("b", "c")], []),
])  # fmt: skip
def test_a_bracket_joins_only_cities_that_are_all_ties(
    apart: list[tuple[str, str]], brackets: list[tuple[int, int]]
) -> None:
    rows = [row("a", 0.10), row("b", 0.09), row("c", 0.05), row("d", None, "few")]
    found = Comparison(tuple(rows), frozenset(("housing", *pair) for pair in apart))
    assert compare.tied(found, rows) == brackets


def test_brackets_share_a_lane_where_they_do_not_meet() -> None:
    assert compare.side_by_side([(0, 1), (1, 2), (3, 4)]) == [0, 1, 0]
    assert compare.side_by_side([]) == []


@given(st.text(max_size=40))
def test_a_table_shows_words_never_markup(word: str) -> None:
    written = still(card.as_table("T", card.Table((f"x{word}", "#N"), [[word, "1"]]))).children
    shell = still(card.as_table("T", card.Table(("x", "#N"), [["", "1"]]))).children
    assert len(re.findall(r"[<>{}\n]", written)) == len(re.findall(r"[<>{}\n]", shell))
    said = re.sub(r"&#(\d+);", lambda c: chr(int(c[1])), written)
    assert f'<td className="">{word}</td>' in said


def test_what_moves_does_not_stand_still() -> None:
    with pytest.raises(TypeError, match="Graph"):
        still(html.Div([html.P("fine"), dcc.Graph()]))


def test_what_stands_still_is_one_component() -> None:
    drawn = still(html.P("a", className="b"), dcc.Link("c", href="/d?e=1&f=2"), html.Br(), None, 5)
    assert drawn.children == (
        '<div className="still"><p className="b">a</p>'
        '<dccLink href="&#47;d&#63;e&#61;1&#38;f&#61;2">c</dccLink><br/>5</div>'
    )


def test_a_style_keeps_its_variables() -> None:
    written = still(html.Span(style={"--low": "0.4", "width": "3px"})).children
    assert 'style={{"--low": "0.4", "width": "3px"}}' in written


@pytest.mark.parametrize(("label", "said"), [
    ("Integration of Roma", "integration of Roma"),
    ("Housing", "housing"),
    ("", ""),
])  # fmt: skip
def test_a_label_inside_a_sentence_keeps_its_names(label: str, said: str) -> None:
    assert formats.inside(label) == said


def test_figures_beside_a_missing_share_have_separators() -> None:
    few = dataclasses.replace(row("wien", None, "few"), posts=4310)
    assert dot.cells(few, "Wien") == ["Wien", "too few", "", "4,310"]


@pytest.mark.parametrize(("shares", "leading"), [
    ([0.10, 0.05], 1),
    ([0.10, 0.09, 0.05], 2),  # intervals of ± 1 point: the first two touch
    ([None, 0.10], 1),
    ([None], 0),
])  # fmt: skip
def test_nobody_leads_whose_interval_is_reached(shares: list[float | None], leading: int) -> None:
    rows = [row(f"c{i}", s, "ok" if s else "few") for i, s in enumerate(shares)]
    assert len(dot.leading(rows)) == leading


@pytest.mark.parametrize(("apart", "said"), [
    ([], None),
    ([("a", "c"), ("b", "c")], ("a", ("c",))),
    ([("b", "c")], ("b", ("c",))),
    ([("a", "b"), ("a", "c")], ("a", ("b", "c"))),
])  # fmt: skip
def test_a_row_says_which_city_is_above_which(
    apart: list[tuple[str, str]], said: tuple[str, tuple[str, ...]] | None
) -> None:
    rows = [row("c", 0.05), row("a", 0.10), row("d", None, "few"), row("b", 0.09)]
    found = Comparison(tuple(rows), frozenset(("housing", *pair) for pair in apart))
    assert compare_table.difference(found, "housing") == said


@pytest.mark.parametrize(("states", "said"), [
    (["no_data", "no_data"], "Nobody looked"),
    (["no_data", "few"], "Too few"),
])  # fmt: skip
def test_nobody_looked_is_not_too_few(states: list[str], said: str) -> None:
    assert compare_table.nothing([row("a", None, s) for s in states]).startswith(said)


def test_a_chart_tells_too_few_from_not_looked() -> None:
    weeks = [trend.Point("week", date(2026, 1, 5) + timedelta(weeks=i), s)
             for i, s in enumerate(("few", "no_data"))]  # fmt: skip
    assert "Ring at the top: too few" in trend.key(weeks)
    assert "Grey: nobody looked" in trend.key(weeks)
    assert trend.key(weeks[:1]).count(":") == 1
    graph = trend.trend(weeks, "", hue="spatial").children.figure
    rings = next(t for t in graph.data if t.name == "too few")
    assert list(rings.x) == [weeks[0].start]
    assert len(graph.layout.shapes) == 1


@pytest.mark.parametrize("column", ["tone", "hate", "voice", "place"])
@pytest.mark.parametrize("filtered", [{"platforms": ("reddit",)}, {"languages": ("de",)}])
def test_a_card_by_a_column_asks_on_the_grid_whatever_is_filtered(
    column: str, filtered: dict[str, tuple[str, ...]]
) -> None:
    asked = Query(cities=("wien",), since=date(2026, 8, 31), until=date(2026, 11, 30), **filtered)  # type: ignore[arg-type]
    grid.check(questions.whole(asked), ("city", column))  # raises for what is not
    with pytest.raises(UniteError):
        grid.check(asked, ("city", column))


def test_headers_name_no_foreign_host() -> None:
    policy = dict(headers.security())[b"content-security-policy"].decode()
    assert not re.search(r"https?:|\*|\w\.\w", policy)
    assert json.dumps(policy)
