"""The sample generator: what its posts, its truth and its plants promise."""

from __future__ import annotations

import ast
import itertools
import json
from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import monitor.sample as module
from monitor import cities
from monitor.sample import CITIES, Plant, SamplePage, header, sample, sources, write_truth
from monitor.sample.language import read
from monitor.sample.personal import ascii_of
from monitor.sample.sources import city

pytestmark = pytest.mark.unit

SINCE, UNTIL = date(2025, 1, 1), date(2026, 1, 1)
ZONE = ZoneInfo("Europe/Berlin")  # all cities but one keep its time
AHEAD = ("athina",)  # by an hour
FOLDER = Path(module.__file__).parent
DATA = FOLDER.parents[1] / "data"


@pytest.fixture(scope="module")
def pages() -> list[SamplePage]:
    return list(sample(50_000))


@pytest.fixture(scope="module")
def rows(pages: list[SamplePage]) -> list[tuple[dict, dict]]:
    return [pair for page in pages for pair in zip(page.items, page.truth, strict=True)]


def day(item: dict, home: str = "wien") -> date:
    zone = ZoneInfo("Europe/Athens") if home in AHEAD else ZONE
    return item["created"].astimezone(zone).date()


def planted(name: str) -> tuple[date, date]:
    found = next(plant for plant in header()["plants"] if plant["name"] == name)
    return date.fromisoformat(found["since"]), date.fromisoformat(found["until"])


def test_same_seed_same_posts_other_seed_others() -> None:
    assert list(sample(800, 7)) == list(sample(800, 7))
    first, other = (
        {item["text"] for page in sample(800, seed) for item in page.items} for seed in (7, 8)
    )
    assert len(first & other) < 0.1 * len(first)


@pytest.mark.parametrize("n", [0, 1, 37, 2_000])
def test_exactly_as_many_as_asked_for(n: int) -> None:
    assert sum(len(page.items) for page in sample(n)) == n


def test_texts_differ(rows: list[tuple[dict, dict]]) -> None:
    texts = {item["text"] for item, _ in rows}
    assert len(texts) >= 0.95 * len(rows)
    words = sorted(text.count(" ") + 1 for text in texts)
    assert words[0] <= 6
    assert 80 <= words[-1] <= 130


def test_no_column_is_constant(rows: list[tuple[dict, dict]]) -> None:
    for side in (0, 1):
        for column in rows[0][side]:
            values = {str(row[side][column]) for row in rows}
            assert len(values) > 1, column
    nullable = {"author", "thread", "replies", "reposts", "likes", "lang"}
    assert all(any(item[c] is None for item, _ in rows) for c in nullable)
    values = {c: {truth[c] for _, truth in rows} for c in ("tone", "speech", "hate_kind")}
    assert values["tone"] == {"positive", "neutral", "negative"}
    assert values["speech"] == {"plain", "hate", "counter", "quote"}
    assert values["hate_kind"] == {None, "insult", "dehumanisation", "exclusion", "threat"}
    assert len({group for _, truth in rows for group in truth["groups"]}) == 12
    kinds = {item["kind"] for item, _ in rows}
    assert kinds == {"post", "reply", "quote", "article", "comment"}


def test_items_and_truth_belong_together(rows: list[tuple[dict, dict]]) -> None:
    for item, truth in rows:
        assert item["native_id"] == truth["native_id"]
        assert item["text"].strip()
        assert truth["hate"] == (truth["speech"] == "hate") == (truth["hate_kind"] is not None)
        assert truth["experience"] or not truth["protected"]
        for _, string in truth["personal"]:
            assert string in item["text"]


def test_every_kind_of_personal_data_is_planted_and_invented(
    rows: list[tuple[dict, dict]],
) -> None:
    found = defaultdict(list)
    for _, truth in rows:
        for kind, string in truth["personal"]:
            found[kind].append(string)
    assert set(found) == {
        "person",
        "handle",
        "email",
        "phone",
        "iban",
        "card",
        "address",
        "birthdate",
        "plate",
        "profile",
    }
    for mail in found["email"]:
        assert mail.rpartition("@")[2] in {
            "example.org",
            "example.com",
            "mail.example",
            "post.example",
        }
        assert mail.isascii()
    for number in found["iban"]:
        plain = number.replace(" ", "")
        turned = "".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])
        assert int(turned) % 97 == 1
    for number in found["card"]:
        digits = [int(sign) for sign in reversed(number.replace(" ", ""))]
        doubled = (2 * d - 9 * (d > 4) for d in digits[1::2])
        assert (sum(digits[::2]) + sum(doubled)) % 10 == 0
        assert len(digits) == 16


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Käthe Schönwalder", "kaetheschoenwalder"),
        ("Łukasz Gołąbek-Rys", "lukaszgolabek-rys"),
        ("Θανάσης Ξυδάκου", "thanasisxydakoy"),
        ("Hollókői-Tóth Réka", "hollokoi-tothreka"),
    ],
)
def test_a_name_in_an_address_is_ascii(name: str, written: str) -> None:
    assert ascii_of(name) == written


def test_all_areas_in_each_city_and_its_language() -> None:
    for home in CITIES:
        seen = defaultdict(set)
        for page in sample(12_000, cities=[home], plants=(), candidates=0.8):
            for truth in page.truth:
                seen[truth["language"]].update(truth["areas"])
        main = max(seen, key=lambda language: len(seen[language]))
        assert len(seen[main]) == 29, home
        assert len(seen["en"]) >= 20, home


def test_every_place_is_one_of_the_registry(rows: list[tuple[dict, dict]]) -> None:
    known = set(cities.load(DATA).places)
    for home in CITIES:
        named = {place for _, truth in rows for place in truth["places"]} & known
        assert len([place for place in named if place.startswith(f"{home}/")]) == 12
    assert {place for _, truth in rows for place in truth["places"]} <= known


@pytest.mark.parametrize(
    ("home", "language", "place", "written"),
    [
        ("wien", "de", "wien/favoriten", {"Favoriten"}),
        ("krakow", "pl", "krakow/nowa-huta", {"Nowa Huta", "w Nowej Hucie", "Nowej Huty"}),
        ("krakow", "en", "krakow/nowa-huta", {"Nowa Huta"}),
        ("barcelona", "es", "barcelona/el-raval", {"el Raval", "en el Raval", "del Raval"}),
        ("athina", "el", "athina/kypseli", {"Κυψέλη", "στην Κυψέλη", "της Κυψέλης"}),
        ("athina", "en", "athina/kypseli", {"Kypseli"}),
        ("budapest", "hu", "budapest/21-kerulet", {"Csepel", "Csepelen", "a csepeli"}),
    ],
)
def test_a_place_is_declined_where_its_language_does(
    home: str, language: str, place: str, written: set[str]
) -> None:
    texts = [
        item["text"].lower()
        for page in sample(12_000, cities=[home], plants=())
        for item, truth in zip(page.items, page.truth, strict=True)
        if truth["language"] == language and place in truth["places"] and not truth["story"]
    ]
    for form in written:
        assert any(form.lower() in text for text in texts), form
    slipped = sum(not any(form.lower() in text for form in written) for text in texts)
    assert slipped <= 0.05 * len(texts)  # two letters changed places


def test_a_full_language_says_what_a_full_language_says() -> None:
    """Every section of the others, every area in every tone or as an experience, every voice."""
    full = {city(home).sources[0].language for home in CITIES} | {"en"}
    assert full == {"de", "el", "en", "es", "fr", "hu", "it", "nl", "pl", "sv"}
    for name in sorted(full):
        raw = read(name)
        for section in ("openers", "closers"):
            assert {"personal", "institutional", "political", "media"} <= set(raw[section]), name
        assert set(raw["areas"]) == set(read("cities")["areas"]), name
        assert set(raw["groups"]) == set(read("it")["groups"]), name
        assert len(raw["everyday"]) >= 10, name
        marks = Counter(row[0] for text in raw["areas"].values() for row in text.split("\n")[:-1])
        assert min(marks[sign] for sign in "+-=i") >= 30, name
        own = [row for text in raw["areas"].values() for row in text.splitlines() if row[0] == "i"]
        assert sum(row.startswith("ip") for row in own) >= 4, name


def test_cities_do_not_look_alike(rows: list[tuple[dict, dict]]) -> None:
    mixes = {home: Counter() for home in CITIES}
    for _, truth in rows:
        mixes[truth["home"]].update(truth["areas"])
    for one, other in itertools.combinations(mixes.values(), 2):
        distance = sum(abs(one[a] / one.total() - other[a] / other.total()) for a in one | other)
        assert distance / 2 >= 0.1


@pytest.mark.parametrize("share", [0.25, 0.4, 0.8])
def test_share_of_candidates(share: float) -> None:
    truths = [t for page in sample(10_000, plants=(), candidates=share) for t in page.truth]
    found = sum(bool(t["areas"]) or t["speech"] != "plain" for t in truths) / len(truths)
    assert found == pytest.approx(share, abs=0.02)


def test_event_and_hate_spike_have_their_factor() -> None:
    event, spike = planted("reception-centre-opens"), planted("hate-after-incident")
    inside, outside = Counter(), Counter()
    groups = Counter()
    for page in sample(120_000, 3, cities=["malmo", "wien"]):
        for item, truth in zip(page.items, page.truth, strict=True):
            if truth["home"] == "malmo" and {"asylum", "introduction"} & set(truth["areas"]):
                (inside if event[0] <= day(item) < event[1] else outside)["event"] += 1
            if truth["home"] == "wien" and truth["hate"]:
                (inside if spike[0] <= day(item) < spike[1] else outside)["hate"] += 1
            if truth["planted"] == "hate-after-incident":
                groups.update(truth["groups"])
    assert inside["event"] / 10 / (outside["event"] / 355) == pytest.approx(4, rel=0.25)
    assert inside["hate"] / 4 / (outside["hate"] / 361) == pytest.approx(5, rel=0.3)
    assert groups.most_common(1)[0][0] == "muslims"


def test_planted_posts_lie_in_their_plants_days(rows: list[tuple[dict, dict]]) -> None:
    for item, truth in rows:
        if truth["planted"]:
            begins, ends = planted(truth["planted"])
            assert begins <= day(item, truth["home"]) < ends


def test_a_measure_turns_the_tone() -> None:
    plant = Plant("new-courses", "measure", "wien", date(2025, 7, 1), 184, 2.0, ("social-rights",))
    tones = {False: Counter(), True: Counter()}
    for page in sample(60_000, cities=["wien"], plants=[plant], candidates=0.8):
        for item, truth in zip(page.items, page.truth, strict=True):
            if truth["areas"][:1] == ["social-rights"] and truth["speech"] == "plain":
                tones[day(item) >= date(2025, 7, 1)][truth["tone"]] += 1
    before, after = (tones[x]["positive"] / tones[x].total() for x in (False, True))
    assert 1.4 < after / before < 2.2


def test_windows_follow_each_other_and_the_gap_is_a_gap(pages: list[SamplePage]) -> None:
    begins = [page.since for page in pages]
    assert begins == sorted(begins)
    by_source = defaultdict(list)
    for page in pages:
        by_source[page.source.code].append((page.since, page.until))
    assert set(by_source) == {source.code for source in sources()}
    ahead = {source.code for source in sources(AHEAD)}
    for code, windows in by_source.items():
        midnight = datetime(2024, 12, 31, 22 if code in ahead else 23, tzinfo=UTC)
        assert windows[0][0] == midnight
        holes = [(a[1], b[0]) for a, b in itertools.pairwise(windows) if a[1] != b[0]]
        assert all(until > since for since, until in windows)
        if code == "sample-gazette-des-quais":
            gap = planted("lyon-feed-down")
            assert [(a.astimezone(ZONE).date(), b.astimezone(ZONE).date()) for a, b in holes] == [
                gap
            ]
        else:
            assert holes == []


def test_period_and_windows_are_half_open(pages: list[SamplePage]) -> None:
    for page in pages:
        for item in page.items:
            assert page.since <= item["created"] < page.until
            assert SINCE <= day(item, page.source.home) < UNTIL
        created = [item["created"] for item in page.items]
        assert created == sorted(created)


def test_days_on_which_the_clock_changes_have_23_and_25_hours() -> None:
    hours = {}
    for page in sample(3_000, since=date(2025, 3, 29), until=date(2025, 4, 1), window_days=1):
        hours[page.since.date()] = (page.until - page.since).total_seconds() / 3600
    assert sorted(hours.values()) == [23, 24, 24]
    autumn = sample(3_000, since=date(2025, 10, 26), until=date(2025, 10, 27))
    assert {(page.until - page.since).total_seconds() for page in autumn} == {25 * 3600}


def test_stories_follow_their_original(rows: list[tuple[dict, dict]]) -> None:
    first = {}
    for item, _ in rows:
        first.setdefault(item["native_id"], item)
    copies = [(item, truth) for item, truth in rows if truth["story"]]
    assert len(copies) > 0.015 * len(rows)
    exact = 0
    for item, truth in copies:
        original = first[truth["story"]]
        assert original["created"] < item["created"]
        exact += original["text"] == item["text"]
    assert 0.1 < exact / len(copies) < 0.5


def test_threads_name_an_earlier_post_of_their_source(rows: list[tuple[dict, dict]]) -> None:
    seen = defaultdict(set)
    known = set()
    for item, truth in rows:
        if item["thread"]:
            # a reply that two cities found names a post that only the other one may have
            again = item["native_id"] in known
            assert again or item["thread"] in seen[truth["source"]]
        seen[truth["source"]].add(item["native_id"])
        known.add(item["native_id"])
    assert sum(item["thread"] is not None for item, _ in rows) > 0.2 * len(rows)


def test_one_home_has_an_id_once(rows: list[tuple[dict, dict]]) -> None:
    found = Counter((truth["native_id"], truth["home"]) for _, truth in rows)
    assert found.most_common(1)[0][1] == 1
    twice = Counter(native for native, _ in found)
    assert twice.most_common(1)[0][1] > 1  # a post that two cities found


def test_few_authors_write_much(rows: list[tuple[dict, dict]]) -> None:
    posts = Counter((truth["source"], item["author"]) for item, truth in rows if item["author"])
    top = sum(count for _, count in posts.most_common(len(posts) // 100))
    assert top > 0.15 * posts.total()
    months = defaultdict(set)
    for item, truth in rows:
        months[truth["source"], item["author"]].add(day(item, truth["home"]).month)
    assert sum(len(found) == 12 for found in months.values()) > 50


def test_sources_say_that_they_are_invented() -> None:
    by_home = defaultdict(list)
    for source in sources():
        assert source.name.endswith("(invented sample)")
        by_home[source.home].append(source)
    for found in by_home.values():
        assert len(found) >= 6
        assert len({source.platform for source in found}) >= 4
        assert {source.voice for source in found} == {
            "personal",
            "institutional",
            "political",
            "media",
        }


def test_truth_is_written_with_a_header(tmp_path: Path) -> None:
    path = tmp_path / "truth.ndjson"
    assert write_truth(path, sample(500)) == 500
    first, *lines = path.read_text(encoding="utf-8").splitlines()
    told = json.loads(first)
    assert "invented" in told["about"]
    assert told["gaps"][0]["reason"]
    assert len(lines) == 500
    assert json.loads(lines[0])["native_id"]


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="no city"):
        next(sample(10, cities=["atlantis"]))
    with pytest.raises(ValueError, match="cannot sample"):
        next(sample(10, since=UNTIL, until=SINCE))
    with pytest.raises(ValueError, match="no kind"):
        Plant("x", "flood", "wien", 0.5, 3)


def test_the_sample_knows_nothing_of_the_taxonomy() -> None:
    modules = list(FOLDER.glob("*.py"))
    assert len(modules) > 10
    for path in modules:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            names = [alias.name for alias in getattr(node, "names", [])]
            if isinstance(node, ast.ImportFrom):
                names.append(node.module or "")
            if isinstance(node, ast.Import | ast.ImportFrom):
                assert not any(name.split(".")[0] == "taxonomy" for name in names), path.name
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert "taxonomy/" not in node.value, path.name
