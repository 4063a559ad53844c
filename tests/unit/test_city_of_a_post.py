"""Which city a post is about: decided from its text and its source, and from nothing else."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lakes import merge, row, stories
from test_dashboard import texts

from analysis.elsewhere import Elsewhere, elsewhere
from analysis.release import Tier
from base.errors import BadInput, NotAllowed
from dashboard import city_cards, compare_table
from dashboard.page import Visit
from dashboard.questions import ends
from dashboard.site import Site
from monitor import cities, pipeline, questions, reading
from monitor.places import loose, places
from monitor.settings import Settings
from monitor.workspace import Workspace
from nlp.match import Match
from nlp.patterns import Patterns
from nlp.places import Place, Places
from store import schema
from store.query import Query, View
from taxonomy.taxonomy import load

pytestmark = pytest.mark.unit
REGISTRY = cities.load()
LISTED = (
    Place("wien", ("Wien", "Viennas")),
    Place("wien/mitte", ("Wien-Mitte",)),
    Place("wien/mitte", ("Mitte", "Altstadt"), needs_city=True),
    Place("graz", ("Graz",), traps=("Graz an der Elbe",)),
    Place("graz/altstadt", ("Altstadt",), needs_city=True),
    Place("graz/lend", ("Lend", "Südpark")),
    Place("linz", ("Linz",)),
    Place("linz/sudpark", ("Südpark",), needs_city=True),
)
LOOSE = {("wien", "tag"): frozenset({"wien"}), ("graz", "land"): frozenset[str]()}


@cache
def small() -> tuple[Match, Places]:
    return Match(Patterns(load(), LISTED)), Places(LISTED, LOOSE)


@cache
def shipped() -> tuple[Match, Places]:
    listed = tuple(places(REGISTRY))
    return (
        Match(Patterns(load(), listed, Settings().nlp_cache)), Places(listed, loose(REGISTRY))
    )  # fmt: skip


def decide(
    rows: Sequence[tuple[str, str | None, str]], lang: str = "de", *, real: bool = False,
    **more: list[Any],
) -> list[dict[str, Any]]:  # fmt: skip
    """rows: text, home, source."""
    texts, homes, sources = (list(c) for c in zip(*rows, strict=True))
    batch = pa.RecordBatch.from_pydict({
        "text": pa.array(texts, pa.string()), "lang": [lang] * len(texts),
        "home": pa.array(homes, pa.string()), "source": pa.array(sources, pa.string()), **more,
    })  # fmt: skip
    match, step = shipped() if real else small()
    return step(match(batch)).to_pylist()


@pytest.mark.parametrize(
    ("text", "home", "city", "named"),
    [
        ("Nichts genannt", "wien", "wien", []),
        ("Streit in Graz", "wien", "graz", ["graz"]),  # found in Wien, about Graz
        ("Graz und Wien", "wien", "wien", ["graz", "wien"]),  # as often: the source's own
        ("Graz und Linz", "wien", "graz", ["graz", "linz"]),  # not among them: the first
        ("Linz, Graz, Linz", "wien", "linz", ["graz", "linz"]),  # the most often
        ("Wien, Graz, Graz-Lend", "wien", "graz", ["graz", "graz/lend", "wien"]),
        # a village called like a city
        ("Graz an der Elbe", "wien", "wien", []),
        ("Graz an der Elbe ist nicht Graz", "wien", "graz", ["graz"]),
        # a district's name that two cities share
        ("In der Altstadt", "graz", "graz", ["graz/altstadt"]),
        ("In der Altstadt", "wien", "wien", ["wien/mitte"]),
        ("In der Altstadt", "linz", "linz", []),
        ("In der Altstadt von Graz", "wien", "graz", ["graz", "graz/altstadt"]),
        ("Altstadt: Wien gegen Graz", "linz", "wien", ["graz", "wien"]),  # which one, who knows
        ("Im Südpark", "linz", "linz", ["linz/sudpark"]),
        ("Im Südpark", "wien", "graz", ["graz/lend"]),  # its own name without the city
        ("Im Südpark", None, "graz", ["graz/lend"]),
        # a home that is no city
        ("Nichts genannt", "at", "at", []),  # about the country, and about no city
        ("Nichts genannt", "-", None, []),
        ("In Graz", "at", "graz", ["graz"]),
        ("Mitte", "at", "at", []),
    ],
)
def test_the_city_of_a_text(
    text: str, home: str | None, city: str | None, named: list[str]
) -> None:
    (found,) = decide([(text, home, "s")])
    assert (found["city"], found["places"]) == (city, named)
    assert {m["code"] for m in found["matches"] if m["list"] == "places"} == set(named)


@pytest.mark.parametrize(
    ("text", "source", "city"),
    [
        ("Wunderbar #wien", "tag", None),
        ("Wunderbar #WIEN", "tag", None),
        ("#wien", "tag", None),
        ("#wien wunderbar in Wien", "tag", "wien"),  # the name beside the tag
        ("#wien #wienmitte Wien-Mitte", "tag", "wien"),  # a district
        ("#wien #viennas", "tag", "wien"),  # another tag
        ("Mitte #wien", "tag", None),  # a district that needs the city, and the tag is none
        ("Graz #wien", "tag", "graz"),
        ("Wunderbar #wien", "feed", "wien"),
        ("Wunderbar", "feed", "wien"),
    ],
)
def test_a_source_that_reaches_further_needs_another_sign(
    text: str, source: str, city: str | None
) -> None:
    (found,) = decide([(text, "wien", source)])
    assert found["city"] == city
    (wide,) = decide([("Im ganzen Land", "graz", "land")])
    assert wide["city"] is None


TEXTS = st.lists(
    st.sampled_from(["Wien", "Graz", "Linz", "Mitte", "Altstadt", "Südpark", "#wien", "und", "."]),
    max_size=6,
).map(" ".join)
POSTS = st.lists(
    st.tuples(TEXTS, st.sampled_from(["wien", "graz", "at", "-"]), st.sampled_from(["tag", "s"])),
    min_size=1, max_size=12,
)  # fmt: skip


@given(POSTS, st.randoms(use_true_random=False), st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_neither_author_nor_order_nor_batch_decides(posts: list[Any], draw: Any, size: int) -> None:
    whole = [found["city"] for found in decide(posts)]
    names = [draw.choice(["Graz", "wien", "linz_fan", None]) for _ in posts]
    profiled = decide(
        posts, author=pa.array(names, pa.string()), thread=pa.array(names, pa.string())
    )
    assert [found["city"] for found in profiled] == whole
    order = draw.sample(range(len(posts)), len(posts))
    moved = decide([posts[i] for i in order])
    assert [found["city"] for found in moved] == [whole[i] for i in order]
    parts = [posts[i : i + size] for i in range(0, len(posts), size)]
    assert [found["city"] for part in parts for found in decide(part)] == whole


@pytest.mark.parametrize(
    ("lang", "text", "city"),
    [
        ("fi", "Helsingissä ja Wienissä, mutta etenkin Wienistä", "wien"),
        ("hu", "A menekültek Bécsben és Bécsből", "wien"),
        ("pl", "Mieszkania w Krakowie drożeją, mówią w Wiedniu i Wiedniem", "wien"),
        ("cs", "Ve Vídni chybí byty", "wien"),
        ("el", "Στη Θεσσαλονίκη λείπουν σπίτια", "thessaloniki"),
        ("tr", "İstanbul'da kira, Berlin'de değil, İstanbul'dan", "istanbul"),
        ("lt", "Vilniuje trūksta būstų", "vilnius"),
        ("lv", "Rīgā trūkst dzīvokļu", "riga"),
        ("et", "Tallinnas ja Tartus", "tallinn"),
        ("hr", "U Zagrebu nema stanova, kažu Zagrepčani", "zagreb"),
        ("bg", "В София няма жилища", "sofia"),
        ("uk", "У Києві та з Києва", "kyiv"),
        ("ar", "السكن في برلين", "berlin"),
        ("ro", "Chirii în București și Bucureștiului", "bucuresti"),
        ("de", "Wiens Schulen", "wien"),
        ("fr", "Les loyers à Bruxelles", "bruxelles"),
    ],
)
def test_case_forms_of_many_languages_move_a_post_to_its_city(
    lang: str, text: str, city: str
) -> None:
    (found,) = decide([(text, "dublin", "s")], lang, real=True)
    assert found["city"] == city


@pytest.mark.parametrize(
    ("text", "home", "source", "city"),
    [
        ("#roma che partita", "roma", "x-roma", None),
        ("#roma sfratti a Tor Bella Monaca", "roma", "x-roma", "roma"),
        ("sfratti e case popolari", "roma", "romatoday", "roma"),
        ("Paris, Texas ist ein Film", "berlin", "rbb24", "berlin"),
        ("A church in Birmingham, Alabama", "dublin", "dublin-live", "dublin"),
        ("#birmingham weather", "birmingham", "mastodon-birmingham", None),
        ("le 3e arrondissement", "lyon", "s", "lyon"),
        ("le 3e arrondissement de Paris", "lyon", "s", "paris"),
    ],
)
def test_the_shipped_registry(text: str, home: str, source: str, city: str | None) -> None:
    (found,) = decide([(text, home, source)], "it" if home == "roma" else "fr", real=True)
    assert found["city"] == city
    assert {code.partition("/")[0] for code in found["places"]} <= {city}


def test_a_tag_that_is_a_word_elsewhere_ties_no_post_to_its_city() -> None:
    """Tags that the city's own file does not list as a name are words or places elsewhere."""
    wide = loose(REGISTRY)
    for code in ("roma", "riga", "luxembourg", "paris"):
        for source in REGISTRY.city(code).sources:
            if source.address in (f"search:#{code}", f"https://mastodon.social/tags/{code}"):
                assert wide[code, source.code] == {code}
    assert ("wien", "bluesky-wien") not in wide
    assert ("wien", "orf-wien") not in wide


def test_an_unknown_reach_is_named(tmp_path: Path) -> None:
    (tmp_path / "cities").mkdir()
    shutil.copy(cities.DATA / "platforms.toml", tmp_path)
    text = (cities.DATA / "cities" / "riga.toml").read_text("utf-8")
    assert 'reach = "world"' in text
    wrong = text.replace('reach = "world"', 'reach = "wolrd"', 1)
    (tmp_path / "cities" / "riga.toml").write_text(wrong, "utf-8")
    with pytest.raises(BadInput, match=r"riga.toml:\d+ source mastodon-tag.*reach"):
        cities.load(tmp_path)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Wien: 40 own posts, 12 from Berlin's sources; 6 of its sources about Berlin, 2 about Lyon."""
    found = Workspace(Settings(home=tmp_path_factory.mktemp("elsewhere") / "home"))
    rows = [row(f"own {i}") for i in range(40)]
    rows += [row(f"came {i}", "berlin", city="wien") for i in range(12)]
    rows += [row(f"went {i}", city="berlin") for i in range(6)]
    rows += [row(f"lyon {i}", city="lyon") for i in range(2)]
    rows += [row(f"nowhere {i}", city=None) for i in range(9)]
    rows += [row(f"stream {i}", "-", city="wien") for i in range(8)]
    merge(found.lake, rows)
    pipeline.refresh(found)
    return found


def test_a_comparison_says_how_much_came_from_elsewhere(workspace: Workspace) -> None:
    asked = (workspace, ("wien", "berlin", "lyon"), date(2026, 3, 1), date(2026, 4, 1))
    exact = questions.elsewhere_of(*asked, Tier.POSTS)
    assert exact["wien"] == Elsewhere("wien", 12, 8)
    assert exact["berlin"] == Elsewhere("berlin", 6, 12)
    assert exact["lyon"] == Elsewhere("lyon", None, 0)  # two posts: too few
    rounded = questions.elsewhere_of(*asked, Tier.COUNTS)
    assert rounded["wien"].came in (10, 15)
    assert rounded["wien"].went in (5, 10)
    assert (rounded["lyon"].came, rounded["lyon"].went) == (None, None)  # none is not told
    assert str(exact["lyon"]) == (
        "lyon: too few posts to say how many about it came from sources of other cities,"
        " no posts of its own sources were about other cities."
    )
    rows = questions.compare_cities(
        workspace, Query(cities=("wien",), since=asked[2], until=asked[3]), Tier.POSTS
    ).comparison.rows
    assert {(r.from_elsewhere, r.about_elsewhere) for r in rows} == {(12, 8)}


def test_the_pages_say_it_too(workspace: Workspace) -> None:
    month = Query(cities=("wien",), since=date(2026, 3, 1), until=date(2026, 4, 1))
    site = Site(workspace)
    found = questions.elsewhere_of(workspace, ("wien",), *ends(month), Tier.COUNTS)["wien"]
    with workspace.lake.writing() as writer:
        noon = datetime(2026, 3, 1, tzinfo=UTC)
        window = ("wien", "s", noon, noon + timedelta(days=31), 1, 0, 0, None, "source")
        columns = [[value] for value in window]
        writer.merge_rows("windows", pa.table(columns, schema=schema.WINDOW))
    card = texts(city_cards.sources(Visit(site, View("city", month), month), ""))
    assert f"About Wien in the sources of other cities: {found.came} posts." in card
    assert f"About other cities in these sources: {found.went} posts." in card
    both = month.replace(cities=("wien", "lyon"))
    table = texts(compare_table.table(Visit(site, View("compare", both), both), ""))
    words = html.unescape(re.sub(r"<[^>]+>", " ", table)).split()
    assert f"Found in other cities' sources {found.came} too few" in " ".join(words)


def test_where_posts_were_found_is_answered_alone(workspace: Workspace) -> None:
    month = Query(since=date(2026, 3, 1), until=date(2026, 4, 1), relevant=None)
    for by, query in [
        (("city", "origin", "platform"), month),
        (("city", "origin"), month.replace(platforms=("files",))),
        (("home", "origin"), month.replace(cities=("wien",))),
        (("city", "home"), month),
        (("city", "origin"), month.replace(until=date(2026, 3, 20))),
    ]:
        with pytest.raises(NotAllowed):
            questions.figures(workspace, query, by, Tier.COUNTS, base=True)
    right = questions.figures(workspace, month, ("home", "origin"), Tier.COUNTS, base=True)
    with pytest.raises(BadInput, match="by city, origin"):
        elsewhere(right, right, ())


def test_single_posts_say_whose_source_brought_them(workspace: Workspace) -> None:
    found = {
        (p["city"], p["source_city"]): reading.about(p)
        for p in reading.posts(workspace, Query(relevant=None), limit=100)
    }
    assert found == {
        ("wien", "wien"): "wien",
        ("wien", "berlin"): "wien (from a source of berlin)",
        ("berlin", "wien"): "berlin (from a source of wien)",
        ("lyon", "wien"): "lyon (from a source of wien)",
        (None, "wien"): "– (from a source of wien)",
        ("wien", None): "wien",
    }


def test_of_a_post_found_twice_the_row_that_knows_a_city_counts(tmp_path: Path) -> None:
    """The weak source's row would come first by its home's name, and the post would be lost."""
    found = Workspace(Settings(home=tmp_path / "home"))
    merge(found.lake, [row("x", "paris", city=None), row("x", "wien", city="berlin")])
    pipeline.refresh(found)
    counted = {home: is_counted for (_, home), (_, is_counted) in stories(found.lake).items()}
    assert counted == {"paris": False, "wien": True}
