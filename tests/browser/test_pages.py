"""The pages in a real browser: what they show, where they lead, how they fail, whom they let in."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from analysis.release import Tier
from dashboard import formats
from dashboard.address import default_period
from monitor.questions import compare_cities
from store.query import Query, View

pytestmark = pytest.mark.browser
PAGES = ("/", "/city?city=wien", "/compare?city=wien&city=malmo&city=berlin", "/health")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_without_errors_and_asks_nobody_else(watch: Any, path: str) -> None:
    seen = watch()
    page = seen.open(path)
    assert seen.wrong == []
    assert page.locator(".card").count() >= 3
    assert page.locator(".face-error").count() == 0
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.title().endswith("· UniteEurope")


@pytest.mark.parametrize("path", PAGES)
def test_every_figure_says_that_its_posts_are_invented(watch: Any, path: str) -> None:
    page = watch().open(path)
    assert page.locator(".banner").inner_text().startswith("Invented sample posts")
    cards = page.locator(".card:has(.foot)").count()
    assert cards > 0
    assert page.locator(".card:has(.foot) .invented").count() == cards


@pytest.mark.parametrize("path", PAGES)
def test_no_card_stands_without_its_foot(watch: Any, path: str) -> None:
    page = watch().open(path)
    for card in page.locator(".card:has(.picture)").all():
        foot = card.locator(".foot").inner_text()
        assert re.search(r"of [\d,]+ (or more )?posts|too few posts|nobody looked", foot)
        assert "coverage" in foot
        assert "source" in foot
        assert "About this figure" in foot


def test_the_table_shows_the_figures_of_the_analysis(watch: Any, workspace: Any) -> None:
    page = watch().open(PAGES[2])
    asked = View.from_url(PAGES[2]).query
    shown = shown_period(page)
    rows = compare_cities(workspace, asked.replace(**shown), Tier.COUNTS).comparison.rows
    order = {c: i for i, c in enumerate(asked.cities)}
    body = page.locator(".matrix tbody tr:not(.group)")
    texts = [line.locator("th, td").all_inner_texts() for line in body.all()]
    areas = list(dict.fromkeys(r.area for r in rows))
    assert len(texts) == len(areas) == 29
    told = 0
    for row in rows:
        cell = texts[areas.index(row.area)][1 + order[row.city]].strip()
        if row.share is None:
            assert cell in ("too few", "none", "no data", "unmeasured")
        else:
            assert cell == formats.share(row.share, row.base)
            told += 1
    assert told > 10
    feet = page.locator(".matrix tfoot tr").first.locator("td").all_inner_texts()
    bases = {r.city: r.base for r in rows}
    assert feet == [formats.number(bases[c]) for c in asked.cities]


def test_the_city_shows_the_figures_of_the_analysis(watch: Any, workspace: Any) -> None:
    page = watch().open(PAGES[1])
    asked = Query(cities=("wien",), **shown_period(page))
    rows = compare_cities(workspace, asked, Tier.COUNTS).comparison.rows
    card = page.locator('section[aria-label="What is talked about"]')
    shown = sorted(card.locator("li > :nth-child(2)").all_inner_texts())
    expected = ["too few" if r.share is None else formats.share(r.share, r.base) for r in rows]
    assert shown == sorted(expected)


def test_the_overview_shows_the_foremost_areas(watch: Any, workspace: Any) -> None:
    page = watch().open(PAGES[0])
    asked = Query(cities=("wien",), **shown_period(page))
    rows = compare_cities(workspace, asked, Tier.COUNTS).comparison.rows
    best = sorted((r for r in rows if r.share is not None), key=lambda r: -(r.share or 0))[:4]
    shown = page.locator('section[aria-label="Wien"] li > :nth-child(2)').all_inner_texts()
    assert shown == [formats.share(r.share, r.base) for r in best]


def shown_period(page: Any) -> dict[str, Any]:
    """The period that the sentence names, found among the choices of its bracket."""
    newest = re.search(r"up to (\d+ \w+ \d+)", page.locator(".upto").inner_text())
    assert newest
    day = datetime.strptime(newest[1], "%d %b %Y").date()  # noqa: DTZ007
    period = default_period(day)
    assert page.locator("#bracket-period").inner_text() == formats.period(
        period.since, period.until
    )
    assert period.since <= day - timedelta(weeks=4)
    return {"since": period.since, "until": period.until}


def test_a_choice_changes_the_address_and_back_leads_back(watch: Any) -> None:
    seen = watch()
    page = seen.open(PAGES[2])
    before = page.locator(".matrix tfoot").inner_text()
    page.click("#bracket-period")
    page.click("text=/Last whole week/")
    page.wait_for_url(re.compile("since=.*until="))
    seen.settle()
    page.wait_for_selector("#bracket-period:has-text('week,')")
    assert page.locator(".matrix tfoot").inner_text() != before
    page.click("#bracket-areas")
    page.click(".chooser >> text=Housing")
    page.wait_for_url(re.compile("_area=housing"))
    page.wait_for_selector("#bracket-areas:has-text('Housing')")
    page.go_back()
    page.wait_for_selector("#bracket-areas:has-text('everything')")
    page.go_back()
    page.wait_for_selector("#bracket-period:has-text('13 weeks')")
    seen.settle()
    assert page.locator(".matrix tfoot").inner_text() == before
    page.go_forward()
    page.wait_for_selector("#bracket-period:has-text('week,')")
    page.reload()
    page.wait_for_selector("#bracket-period:has-text('week,')")
    assert seen.wrong == []


def test_cities_are_chosen_from_a_list(watch: Any) -> None:
    seen = watch()
    page = seen.open("/compare?city=wien&city=malmo")
    page.click("#bracket-cities")
    page.click("#cities-chosen >> text=Berlin")
    page.click("#cities-apply")
    page.wait_for_url(re.compile("city=berlin"))
    page.wait_for_selector("#bracket-cities:has-text('Wien, Malmö and Berlin')")
    seen.settle()
    assert page.locator(".matrix thead th").count() == 4
    assert seen.wrong == []


def test_the_table_sorts_by_a_city_through_its_address(watch: Any) -> None:
    seen = watch()
    page = seen.open(PAGES[2])
    page.click(".matrix thead >> text=Berlin")
    page.wait_for_url(re.compile("_sort=berlin"))
    page.wait_for_selector("th[aria-sort=descending]:has-text('Berlin')")
    column = page.locator(".matrix tbody td:nth-child(4)").all_inner_texts()
    shares = [float(t.split("\u202f")[0]) for t in column if "%" in t]
    assert shares == sorted(shares, reverse=True)
    assert len(shares) > 5


@pytest.mark.parametrize(("path", "words"), [
    ("/compare?city=wein", ("Unknown city 'wein'", "malmo")),
    ("/city?since=2026-01-05&until=2026-01-20", ("does not answer the period", "nearest")),
    ("/nowhere", ("Unknown page", "compare")),
    ("/city?city=wien&text=haus", ("does not answer the filter text",)),
])  # fmt: skip
def test_nonsense_gets_the_error_face(watch: Any, path: str, words: tuple[str, ...]) -> None:
    seen = watch()
    seen.page.goto(seen.base + path)
    seen.page.wait_for_selector(".face-error")
    said = seen.page.locator("#page").inner_text()
    for word in words:
        assert word in said
    assert "Traceback" not in seen.page.content()
    assert seen.wrong == []


@pytest.mark.parametrize("path", ["/", "/compare", "/_dash-layout", "/assets/base.css"])
def test_without_the_token_nothing_is_shown(served: Any, chromium: Any, path: str) -> None:
    context = chromium.new_context()
    page = context.new_page()
    answer = page.goto(served.base + path)
    assert answer.status == 403
    assert "unite serve" in page.content()
    context.close()


def test_the_token_opens_one_browser_only(served: Any, cookies: Any, chromium: Any) -> None:
    assert cookies[0]["httpOnly"]
    assert cookies[0]["sameSite"] == "Strict"
    context = chromium.new_context()
    assert context.new_page().goto(served.entry).status == 403
    context.close()


def test_whoever_looks_stands_in_the_log(watch: Any, workspace: Any) -> None:
    watch().open("/city?city=berlin&_area=asylum")
    line = next(row for row in workspace.database.access_log() if row["action"] == "page")
    assert "berlin" in line["view"]
    assert "asylum" in line["view"]


@pytest.mark.parametrize("path", ["/city?city=wien&platform=reddit", "/city?city=wien&language=de"])
def test_no_filter_of_the_sentence_breaks_a_card(watch: Any, path: str) -> None:
    seen = watch()
    page = seen.open(path)
    assert page.locator(".face-error").count() == 0
    assert page.locator(".measure:has-text('Of all languages and platforms')").count() == 4
    assert "All languages and platforms" in page.locator(".lead").inner_text()
    assert seen.wrong == []


def test_cards_of_cities_share_one_scale(watch: Any) -> None:
    page = watch().open(PAGES[0])
    ends = page.locator(".grid-cities .dot-axis span:last-child").all_inner_texts()
    assert len(ends) == page.locator(".grid-cities .card:has(.dot)").count() > 1
    assert len(set(ends)) == 1


def test_a_row_names_the_cities_that_differ(watch: Any, workspace: Any) -> None:
    page = watch().open(PAGES[2])
    asked = View.from_url(PAGES[2]).query.replace(**shown_period(page))
    apart = compare_cities(workspace, asked, Tier.COUNTS).comparison.apart
    said = page.locator(".matrix .above").all_inner_texts()
    assert len(said) == len({area for area, *_ in apart}) > 0
    assert all(" above " in line for line in said)


def test_on_a_phone_the_filter_is_one_line_that_opens(watch: Any) -> None:
    seen = watch(viewport={"width": 390, "height": 800})
    page = seen.open(PAGES[2])
    line = page.locator(".sentence-line")
    assert line.bounding_box()["height"] < 50
    assert line.inner_text().startswith("In Wien, Malmö and Berlin · about everything")
    assert not page.locator("#bracket-period").is_visible()
    page.focus(".sentence-line")
    page.keyboard.press("Enter")
    assert line.get_attribute("aria-expanded") == "true"
    lefts = {round(b.bounding_box()["x"]) for b in page.locator(".clause").all()}
    assert len(lefts) == 1
    page.click("#bracket-period")
    page.click("text=/Last whole week/")
    page.wait_for_url(re.compile("since=.*until="))
    assert seen.wrong == []


def test_on_a_phone_three_cities_stand_side_by_side(watch: Any) -> None:
    page = watch(viewport={"width": 390, "height": 800}).open(PAGES[2])
    table = page.locator(".scroller:has(> .matrix)")
    assert table.evaluate("e => e.scrollWidth - e.clientWidth") <= 0
    for cell in page.locator(".matrix td").all():
        assert cell.evaluate("e => e.scrollWidth <= e.clientWidth + 1"), cell.inner_text()


def test_a_link_that_lays_the_page_out_anew_keeps_the_focus(watch: Any) -> None:
    seen = watch()
    page = seen.open(PAGES[2])
    page.focus(".matrix thead >> text=Berlin")
    page.keyboard.press("Enter")
    page.wait_for_selector("th[aria-sort=descending]:has-text('Berlin')")
    seen.settle()
    page.wait_for_selector(".sorter:focus")
    assert page.locator(".sorter:focus").inner_text().startswith("Berlin")


def test_print_shows_figures_on_white_and_says_that_they_are_invented(watch: Any) -> None:
    page = watch(color_scheme="dark").open(PAGES[2])
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator(".banner").is_visible()
    assert page.locator(".foot").first.is_visible()
    assert not page.locator(".top").is_visible()
    assert not page.locator("summary").first.is_visible()
    page.set_viewport_size({"width": 700, "height": 900})  # the width of a sheet
    assert page.locator("#bracket-period").is_visible()


@pytest.mark.parametrize("path", ["/compare?city=wein", "/nowhere"])
def test_an_error_of_the_demo_says_that_posts_are_invented(watch: Any, path: str) -> None:
    seen = watch()
    seen.page.goto(seen.base + path)
    seen.page.wait_for_selector(".face-error")
    assert seen.page.locator(".banner").inner_text().startswith("Invented sample posts")


@pytest.mark.parametrize("path", PAGES)
def test_a_phone_scrolls_one_way_only(watch: Any, path: str) -> None:
    page = watch(viewport={"width": 375, "height": 720}).open(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


def test_the_keyboard_reaches_the_filter_and_closes_it(watch: Any) -> None:
    page = watch().open(PAGES[1])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.focus("#bracket-period")
    page.keyboard.press("Enter")
    page.wait_for_selector(".chooser >> text=/Last whole week/")
    page.keyboard.press("Escape")
    page.wait_for_selector(".chooser", state="detached")
    assert page.evaluate("document.activeElement.id") == "bracket-period"


def test_a_chart_has_words_and_a_table(watch: Any) -> None:
    page = watch().open(PAGES[1])
    chart = page.locator(".chart").first
    assert "highest in" in (chart.get_attribute("aria-label") or "")
    card = page.locator('section[aria-label="Over time"]')
    card.locator("summary", has_text="The same as a table").click()
    card.locator("table").wait_for()
    assert card.locator("tbody tr").count() >= 6


def test_the_theme_is_switched_and_kept(watch: Any) -> None:
    page = watch(color_scheme="light").open(PAGES[0])
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(251, 250, 247)"
    page.click("[data-theme-switch]")
    assert page.evaluate(ground) == "rgb(18, 24, 30)"
    page.reload()
    page.wait_for_selector("#page h1")
    assert page.evaluate(ground) == "rgb(18, 24, 30)"
