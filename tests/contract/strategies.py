"""What the contract suite asks, and of which posts.

`queries()` is the one strategy for Queries: every field, values that occur and values that do
not, all kinds of text. `posts(n, seed)` invents the posts, seeded: nulls wherever the schema
allows one, ties, none to many codes, days of clock change, all scripts, posts found by two
cities, stories across months.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
from hypothesis import strategies as st

from base.text import words
from base.time import day_of, month_of
from store.index import Month, Snapshot
from store.query import HATE_VALUES, Query
from store.schema import COVERAGE, HATE_KINDS, KINDS, POST, SPEECHES, TONES, VOICES

Row = dict[str, Any]
ROW = pa.schema(
    [*POST, pa.field("story", pa.string()), pa.field("story_fold", pa.int8()),
     pa.field("counted", pa.bool_())]
)  # fmt: skip
ZONES = {
    "wien": "Europe/Vienna", "graz": "Europe/Vienna", "berlin": "Europe/Berlin",
    "athina": "Europe/Athens", "malmo": "Europe/Stockholm", "-": "UTC",
}  # fmt: skip
# `elsewhere` is a city that posts are about and the registry does not know
COUNTRIES = {"wien": "at", "graz": "at", "berlin": "de", "athina": "gr", "malmo": "se"}
CITIES = (*COUNTRIES, "elsewhere")
AREAS = ("housing", "education", "language", "asylum", "health", "roma")
GROUPS = ("migrants", "refugees", "muslims", "women-migrants")
RIGHTS = ("art-1", "art-21")
PLACES = (
    "wien",
    "wien/favoriten",
    "wien/ottakring",
    "wiener-neustadt",
    "berlin",
    "malmo/rosengard",
)
LANGUAGES = ("de", "el", "ar", "sv", "und")
PLATFORMS = ("mastodon", "feeds")
SOURCES = ("m-wien", "f-orf", "m-berlin", "import-1a2b")
TAGGERS = ("t1", "t2")
WORDS = (
    "Wohnung", "wohnungen", "WOHNUNGSAMT", "Schule", "schulisch", "Straße", "strasse", "Malmö",
    "Łódź", "don't", "e-mail", "#Integration", "@amt", "Ωμέγα", "λόγος", "λόγου", "Київ", "ёлка",
    "елка", "مدرسة", "مدرســة", "مَدْرَسَة", "الله", "ﷺ", "School🏫", "🏫", "👩‍👩‍👧", "zu\u200bsammen",
    "zusammen", "so\u00adft", "ﬁnal", "2015", "½", "İstanbul", "istanbul", "ŉ", "不動産", "x_y",
    "neue", "die", "der", "und", "a", "à", "Ǆ", "naïve", "naive",
)  # fmt: skip
# the nights when clocks change, in 2025 and 2026, and what lies around a month's end
_EDGES = (
    datetime(2026, 3, 29, 0, 59, 59, 999999, tzinfo=UTC), datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2025, 10, 26, 0, 30, tzinfo=UTC),
    datetime(2025, 10, 26, 1, 30, tzinfo=UTC), datetime(2026, 1, 31, 22, 30, tzinfo=UTC),
    datetime(2025, 12, 31, 23, 30, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC),
)  # fmt: skip
_FIRST = datetime(2025, 10, 1, tzinfo=UTC)


def posts(count: int, seed: int) -> list[Row]:
    """At least `count` invented posts with their stories, the same for the same seed."""
    draw = random.Random(seed)
    rows: list[Row] = []
    while len(rows) < count:
        row = _post(draw)
        rows.append(row)
        if draw.random() < 0.06:  # found by a second city; one of the rows counts
            home = draw.choice([h for h in ZONES if h != row["home"]])
            rows.append({**row, "home": home, "day": day_of(row["created"], ZoneInfo(ZONES[home]))})
    _tell_stories(rows, draw)
    return rows


def _post(draw: random.Random) -> Row:
    moment = (
        draw.choice(_EDGES)
        if draw.random() < 0.1
        else _FIRST + timedelta(seconds=draw.randrange(200 * 86400) // 3600 * 3600)
    )  # whole hours: many ties
    home = draw.choice(list(ZONES))

    def some(codes: Sequence[str], most: int) -> list[str]:
        return sorted(draw.sample(codes, draw.choice([0, 1, 1, min(most, len(codes))])))

    def maybe(value: Any, share: float = 0.2) -> Any:
        return None if draw.random() < share else value

    flag = draw.choice([True, False, None])
    month = draw.choice([month_of(moment), month_of(moment), "2026-02"])
    return {
        "id": f"{draw.getrandbits(128):032x}",
        "platform": draw.choice(PLATFORMS),
        "source": draw.choice(SOURCES),
        "home": home,
        "city": maybe(draw.choice(CITIES), 0.1),
        "created": moment,
        "collected": moment + timedelta(days=1),
        "day": day_of(moment, ZoneInfo(ZONES[home])),
        "month": month_of(moment),
        "kind": draw.choice(KINDS),
        "voice": draw.choice([*VOICES, "personal", "personal", "personal"]),
        "author": maybe(f"{month.replace('-', '')}:{draw.randrange(60):04x}"),
        "fold": draw.randrange(64),
        "thread": maybe("thread"),
        "engagement": maybe({"replies": maybe(1), "reposts": 2, "likes": None}),
        "media": maybe({"image": True, "video": False}),
        "text": " ".join(draw.choice(WORDS) for _ in range(draw.randrange(12))),
        "redactions": draw.choice([[], [{"type": "PERSON", "count": 2}]]),
        "lang": draw.choice(LANGUAGES),
        "lang_score": 0.5,
        "signature": maybe(b"\x00\xff"),
        "relevant": draw.random() < 0.8,
        "areas": some(AREAS, 5),
        "matches": draw.choice(
            [[], [{"list": "areas", "code": "x", "term": "y", "start": 0, "end": 1}]]
        ),
        "places": some(PLACES, 4),
        "groups": some(GROUPS, 3),
        "rights": some(RIGHTS, 2),
        "tone": maybe({"label": draw.choice(TONES), "score": 0.25}),
        "hate": maybe(
            {"score": 0.75, "flag": flag, "kind": draw.choice(HATE_KINDS) if flag else None}
        ),
        "speech": maybe(draw.choice(SPEECHES)),
        "experience": draw.choice([True, False, None]),
        "protected": draw.random() < 0.1,
        "terms_class": "open",
        "tagger": draw.choice(TAGGERS),
    }


def _tell_stories(rows: list[Row], draw: random.Random) -> None:
    """A quarter of the ids in stories of up to eight, over cities and months; one row an id."""
    created = {row["id"]: row["created"] for row in rows}
    ids = sorted(created)
    draw.shuffle(ids)
    story = {post: post for post in ids}
    grouped = ids[: len(ids) // 4]
    while grouped:
        group, grouped = grouped[:8], grouped[draw.randint(2, 8) :]
        earliest = min(group, key=lambda post: (created[post], post))
        story.update((post, earliest) for post in group if story[post] == post)
    named = set(story.values())  # a story is named after one of its own
    story = {post: post if post in named else name for post, name in story.items()}
    chosen: dict[str, Row] = {}
    for row in sorted(rows, key=lambda r: (r["city"] is None, r["home"] != r["city"], r["home"])):
        chosen.setdefault(row["id"], row)
    for row in rows:
        row["story"] = story[row["id"]]
        row["story_fold"] = int(sha256(row["story"].encode()).hexdigest()[:2], 16) % 64
        row["counted"] = chosen[row["id"]] is row


def snapshot(rows: Sequence[Row], version: str = "") -> Snapshot:
    """The rows as a lake shows them: one file a (home, month), named after what it holds."""
    months: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        months[row["month"]].append(row)
    files = {}
    for month, held in months.items():
        homes = sorted({row["home"] for row in held})
        files[month] = Month(month, {
            home: (sha256(repr([r for r in held if r["home"] == home]).encode()).hexdigest(),)
            for home in homes
        })  # fmt: skip
    return Snapshot(
        version or sha256(repr(files).encode()).hexdigest(),
        files,
        lambda month: pa.Table.from_pylist(months[month], ROW).to_reader(max_chunksize=500),
        lambda: coverage(rows),
    )


def coverage(rows: Sequence[Row]) -> pa.Table:
    """The coverage table of the rows."""
    names = ("home", "month", "city", "source", "platform", "voice", "lang", "day")
    folds: dict[tuple[Any, ...], Counter[int]] = defaultdict(Counter)
    for row in rows:
        if row["counted"]:
            folds[tuple(row[n] for n in names)][row["fold"]] += 1
    return pa.Table.from_pylist(
        [
            {
                **dict(zip(names, key, strict=True)),
                "seen": found.total(), "relevant": 0, "stories": 0, "frozen": False, "late": 0,
                "seen_folds": [found[i] for i in range(64)],
            }
            for key, found in folds.items()
        ],
        COVERAGE,
    )  # fmt: skip


def _piece(rows: Sequence[Row]) -> st.SearchStrategy[str]:
    """A word, prefix or phrase, with luck one that occurs."""
    texts = [row["text"] for row in rows[:400] if len(words(row["text"])) > 1]
    word = st.sampled_from([w for w in WORDS if words(w)])
    absent = st.sampled_from(["nirgends", "τίποτα", "لاشيء", "w", "ohn"])
    prefix = st.builds(lambda w, n: f"{words(w)[0][:n]}*", word, st.integers(1, 4))
    slices = st.builds(
        lambda text, start, size, end: " ".join(
            words(text)[start % (len(words(text)) - 1) :][: size + 1]
        ) + end,
        st.sampled_from(texts), st.integers(0, 30), st.integers(1, 2), st.sampled_from(["", "*"]),
    )  # fmt: skip
    phrase = slices.map(lambda p: f'"{p}"')
    return st.one_of(word, prefix, phrase, absent)


def queries(rows: Sequence[Row]) -> st.SearchStrategy[Query]:
    """Queries over invented posts: up to four fields at once."""
    piece = _piece(rows)

    def codes(present: Sequence[str], *absent: str) -> st.SearchStrategy[tuple[str, ...]]:
        return st.lists(st.sampled_from([*present, *absent]), min_size=1, max_size=3).map(tuple)

    day = st.dates(date(2025, 9, 20), date(2026, 5, 1))
    fields: Mapping[str, st.SearchStrategy[Any]] = {
        "cities": codes(CITIES, "lyon"),
        "places": codes(PLACES, "wie", "malmo", "lyon"),
        "countries": codes(sorted({*COUNTRIES.values()}), "fr"),
        "areas": codes(AREAS, "housing-x"),
        "languages": codes(LANGUAGES, "fi"),
        "platforms": codes(PLATFORMS, "reddit"),
        "sources": codes(SOURCES, "f-none"),
        "voices": codes(VOICES),
        "kinds": codes(KINDS),
        "since": day,
        "until": day,
        "text": st.lists(piece, min_size=1, max_size=3).map(" ".join),
        "terms": st.lists(
            st.one_of(piece, piece.map(lambda p: p.strip('"'))), min_size=1, max_size=3
        ).map(tuple),
        "groups": codes(GROUPS, "asians"),
        "rights": codes(RIGHTS, "art-50"),
        "hate": codes(HATE_VALUES),
        "tone": codes(TONES),
        "speech": codes(SPEECHES),
        "experience": st.booleans(),
        "relevant": st.sampled_from([None, False]),
        "fold_stories": st.just(True),
    }
    assert set(fields) == set(Query.__dataclass_fields__)

    def filled(names: set[str]) -> st.SearchStrategy[Query]:
        return st.fixed_dictionaries({name: fields[name] for name in sorted(names)}).map(_query)

    return st.sets(st.sampled_from(sorted(fields)), max_size=4).flatmap(filled)


def _query(given: dict[str, Any]) -> Query:
    since, until = given.get("since"), given.get("until")
    if since and until and since >= until:
        given["since"], given["until"] = until, since + timedelta(days=1)
    return Query(**given)
