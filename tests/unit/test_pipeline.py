"""The way of a post in process: whatever is repeated, moved or found twice, nothing doubles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from base.errors import BadInput, UniteError
from collectors.collector import Cursor, Gap, Page, Rejected, Source, Window
from monitor import importing, pipeline, retagging
from monitor.cities import Registry
from monitor.pipeline import Look, Taken
from monitor.settings import Settings
from monitor.workspace import Workspace
from store import schema, upkeep
from store.looked import looked_at
from store.query import Query

pytestmark = pytest.mark.unit
MARCH = datetime(2026, 3, 10, 12, tzinfo=UTC)
WINDOW = Window(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
RELEVANT = "Wir suchen seit Monaten eine Wohnung, die Vermieter lehnen Flüchtlinge ab, Nummer {}."
OTHER = "Heute scheint die Sonne und der Hund schläft auf dem Balkon, Tag {}."


@pytest.fixture
def workspace(tools: Workspace, tmp_path: Path) -> Workspace:
    return opened(tools, tmp_path / "home")


def opened(tools: Workspace, home: Path, **settings: Any) -> Workspace:
    found = Workspace(Settings(home=home, **settings))
    found.__dict__.update(tagger=tools.tagger, registry=tools.registry)
    return found


def source(home: str = "wien", code: str = "s") -> Source:
    return Source(code, "files", home, "", "personal", "Europe/Vienna")


def page(
    rows: Sequence[Mapping[str, Any]], cursor: str | None = None, rejected: Sequence[int] = ()
) -> Page:
    filled = [dict.fromkeys(schema.ITEM.names) | {"kind": "post", "created": MARCH} | dict(r)
              for r in rows]  # fmt: skip
    return Page(
        pa.RecordBatch.from_pylist(filled, schema=schema.ITEM),
        None if cursor is None else Cursor({"at": cursor}),
        len(rows) + len(rejected),
        tuple(Rejected(n, "created", "a date that cannot be read") for n in rejected),
    )


def items(count: int, text: str = RELEVANT, **given: Any) -> list[dict[str, Any]]:
    return [{"native_id": f"{text[:4]}{i}", "text": text.format(i), **given} for i in range(count)]


def take(workspace: Workspace, *looks: Look, at: datetime = MARCH) -> Taken:
    taken = pipeline.take(workspace, looks, collected=at)
    pipeline.refresh(workspace)
    return taken


def state(workspace: Workspace) -> dict[str, list[str]]:
    """Every table as it is, but for the random nonces of the vault."""
    names = ("posts", "stories", "windows", "coverage", "forgotten", "removed")
    found = {n: sorted(map(str, workspace.lake.read(n).to_pylist())) for n in names}
    vault = workspace.lake.read("vault", ["id", "home", "month", "lookup"]).to_pylist()
    found["quarantine"] = [str(workspace.database.quarantined())]
    return found | {"vault": sorted(map(str, vault))}


def plain(workspace: Workspace) -> list[Any]:
    """What two homes have alike: posts, coverage and quarantine without what hangs on keys."""
    coverage = workspace.lake.read("coverage").drop_columns(["seen_folds"]).to_pylist()
    rows = [(p["text"], p["day"], p["month"], p["areas"]) for p in posts(workspace)]
    return [rows, sorted(map(str, coverage)), workspace.database.quarantined()]


def posts(workspace: Workspace) -> list[dict[str, Any]]:
    return sorted(workspace.lake.read("posts").to_pylist(), key=lambda p: p["text"])


@pytest.mark.parametrize(
    ("gaps", "looked", "fetched"),
    [
        ([], [(1, 32)], [2]),
        ([(1, 10)], [(10, 32)], [2]),
        ([(1, 10), (1, 5)], [(10, 32)], [2]),  # two listings of one source
        ([(1, 10), (20, 21)], [(10, 20), (21, 32)], [0, 2]),
        ([(1, 32)], [], []),
    ],
)
def test_what_a_platform_does_not_show_was_not_looked_at(
    workspace: Workspace,
    gaps: list[tuple[int, int]],
    looked: list[tuple[int, int]],
    fetched: list[int],
) -> None:
    def day(number: int) -> datetime:
        return WINDOW.since + timedelta(days=number - 1)

    told = tuple(Gap(day(a), day(b), f"from {a} to {b}") for a, b in gaps)
    take(workspace, Look(source(), WINDOW, [replace(page(items(2), "end"), gaps=told)]))
    rows = sorted(workspace.lake.read("windows").to_pylist(), key=lambda r: r["since"])
    seen = [r for r in rows if r["reason"] is None]
    assert [(r["since"], r["until"]) for r in seen] == [(day(a), day(b)) for a, b in looked]
    assert [r["fetched"] for r in seen] == fetched
    explained = {(r["since"], r["until"], r["reason"]) for r in rows if r["reason"]}
    assert explained == {(g.since, g.until, g.reason) for g in told}
    assert sum(r["fetched"] for r in rows) == 2


def test_the_same_windows_twice_are_the_same_windows(workspace: Workspace) -> None:
    def looks() -> Iterator[Look]:
        rows = items(5) + items(3, OTHER)
        yield Look(source(), WINDOW, [page(rows[:4]), page(rows[4:], "8", rejected=[8, 9])])
        yield Look(source("berlin", "b"), WINDOW, [page(items(2), "2")])
        yield Look(source("berlin", "empty"), WINDOW, [page([])])

    first = take(workspace, *looks())
    assert (first.fetched, first.new, first.known, first.rejected) == (12, 10, 0, 2)
    before = state(workspace)
    assert len(before["windows"]) == 3  # also of what gave nothing
    again = take(workspace, *looks())
    assert (again.new, again.known) == (0, 10)
    assert state(workspace) == before
    assert workspace.database.cursor("wien", "s") == {"at": "8"}
    assert workspace.database.quarantined() == [("wien", "s", "a date that cannot be read", 2)]


def test_batches_of_any_size_give_the_same(tools: Workspace, tmp_path: Path) -> None:
    found = []
    for size in (3, 1000):
        workspace = opened(tools, tmp_path / str(size), nlp_batch=size)
        rows = items(7) + items(4, OTHER)
        take(workspace, Look(source(), WINDOW, [page([r]) for r in rows]))
        rows = posts(workspace)
        assert len(rows) == 11
        found.append([(r["text"], r["relevant"], r["areas"], r["day"]) for r in rows])
    assert found[0] == found[1]


def test_an_item_whose_date_changed_stays_one_post(workspace: Workspace) -> None:
    take(workspace, Look(source(), WINDOW, [page(items(3))]))
    later = items(3, created=MARCH + timedelta(days=40))
    taken = take(workspace, Look(source(), WINDOW, [page(later)]))
    assert (taken.new, taken.known) == (0, 3)
    found = posts(workspace)
    assert [(p["month"], f"{p['day']:%Y-%m}") for p in found] == [("2026-03", "2026-04")] * 3
    coverage = workspace.lake.read("coverage").to_pylist()
    assert sum(r["seen"] for r in coverage) == 3
    assert workspace.index.posts(Query(relevant=None), limit=10).num_rows == 3


def test_a_post_found_by_two_cities_counts_once_where_it_belongs(workspace: Workspace) -> None:
    rows = [{"native_id": "1", "text": "Neue Wohnungen für Flüchtlinge in Berlin-Neukölln."}]
    take(
        workspace,
        Look(source("wien"), WINDOW, [page(rows)]),
        Look(source("berlin"), WINDOW, [page(rows)]),
    )
    found = posts(workspace)
    assert [p["city"] for p in found] == ["berlin", "berlin"]
    assert len({p["id"] for p in found}) == 1
    counted = {r["home"]: r["counted"] for r in workspace.lake.read("stories").to_pylist()}
    assert counted == {"wien": False, "berlin": True}
    coverage = [r for r in workspace.lake.read("coverage").to_pylist() if r["seen"]]
    assert [(r["home"], r["city"], r["seen"]) for r in coverage] == [("berlin", "berlin", 1)]


def test_an_irrelevant_post_keeps_neither_engagement_nor_matches(workspace: Workspace) -> None:
    counts = {"replies": 1, "reposts": 2, "likes": 3}
    take(workspace, Look(source(), WINDOW, [page(items(1, **counts) + items(1, OTHER, **counts))]))
    other, relevant = posts(workspace)
    assert (other["relevant"], relevant["relevant"]) == (False, True)
    assert (other["engagement"], other["matches"]) == (None, [])
    assert relevant["engagement"] == counts
    assert relevant["matches"]
    found = workspace.index.posts(Query(), limit=10)
    assert found["id"].to_pylist() == [relevant["id"]]


def test_what_is_rejected_is_in_quarantine_also_without_one_good_row(workspace: Workspace) -> None:
    look = Look(source(), None, [page([], rejected=[1, 2, 3])])
    for _ in range(2):
        taken = take(workspace, look)
        assert (taken.rejected, taken.new) == (3, 0)
        assert workspace.database.quarantined() == [("wien", "s", "a date that cannot be read", 3)]
    assert workspace.lake.read("windows").num_rows == 0  # no day was looked at


def test_files_of_one_source_and_day_each_keep_their_quarantine(
    workspace: Workspace, tmp_path: Path
) -> None:
    paths = [tmp_path / f"{n}.csv" for n in range(3)]
    row = f"{RELEVANT.split(',')[0]},2026-03-10T12:00:00\n"
    paths[0].write_text(f"text,created\n{row}a,vorgestern\nb,gestern\n", "utf-8")
    paths[1].write_text(f"text,created\n{row}c,heute\nd,2199-01-01\ne,morgen\n", "utf-8")
    paths[2].write_text(f'text\n{OTHER.split(",")[0]}\n""\n', "utf-8")  # dated when collected
    for at in (MARCH, MARCH + timedelta(days=1)):
        looks = importing.looks(workspace, paths, importing.Import("wien", source="s"))
        assert take(workspace, *looks, at=at).rejected == 6
        found = workspace.database.quarantined()
        assert found == [
            ("wien", "s", "a date that cannot be read", 4),
            ("wien", "s", "a date out of range", 1),
            ("wien", "s", "no text", 1),
        ]


def test_a_file_looks_at_the_whole_days_of_its_posts(workspace: Workspace) -> None:
    rows = items(2, created=datetime(2026, 3, 28, 12, tzinfo=UTC))
    rows += items(2, OTHER, created=datetime(2026, 3, 29, 12, tzinfo=UTC))
    take(workspace, Look(source(), None, [page(rows)]))
    (window,) = workspace.lake.read("windows").to_pylist()
    assert window["since"] == datetime(2026, 3, 27, 23, tzinfo=UTC)
    assert window["until"] == datetime(2026, 3, 29, 22, tzinfo=UTC)  # a day of 23 hours


def test_a_look_that_breaks_off_takes_no_other_with_it(workspace: Workspace) -> None:
    def broken() -> Iterator[Page]:
        yield page(items(2, "Halbe Wohnung für Flüchtlinge, Stück {}."), "2")
        raise BadInput("ends in the middle")

    looks = [
        Look(source(code="a"), WINDOW, [page(items(2), "a")]),
        Look(source(code="b"), WINDOW, broken()),
        Look(source(code="c"), WINDOW, [page(items(2, OTHER), "c")]),
    ]
    failed: list[tuple[str, UniteError]] = []
    taken = pipeline.take(
        workspace, looks, spare=lambda look, error: failed.append((look.source.code, error))
    )
    assert [(code, error.what) for code, error in failed] == [("b", "ends in the middle")]
    # what was read of it stays, and nobody says that its window was looked at
    assert taken.new == 6
    assert {w["source"] for w in workspace.lake.read("windows").to_pylist()} == {"a", "c"}
    assert workspace.database.cursor("wien", "b") == {"at": "2"}


@pytest.mark.parametrize("batch", [2, 3, 1000])  # merged page by page, now and then, at the end
@pytest.mark.parametrize("whole", [True, False])
def test_a_window_was_looked_at_as_far_as_its_merged_pages_reach(
    tools: Workspace, tmp_path: Path, batch: int, whole: bool
) -> None:
    def day(number: int) -> datetime:
        return WINDOW.since + timedelta(days=number)

    gap = Gap(WINDOW.since, day(3), "it does not go back further")
    told: list[tuple[datetime, datetime, str | None]] = []

    def pages() -> Iterator[Page]:
        for n in range(5, 9):
            found = page(items(2, f"{n}. Wohnung {{}}.", created=day(n)), str(n), [n])
            yield replace(found, reached=day(n), gaps=(gap,) if n == 5 else (), dropped=1)
            told.extend(spans())
        if not whole:
            raise BadInput("the line is cut")

    def spans() -> list[tuple[datetime, datetime, str | None]]:
        rows = home.lake.read("windows").to_pylist()
        return sorted((w["since"], w["until"], w["reason"]) for w in rows if not w["reason"])

    home = opened(tools, tmp_path / "home", nlp_batch=batch)
    pipeline.take(home, [Look(source(), WINDOW, pages())], spare=lambda *_: None)
    end = WINDOW.until if whole else day(8)
    seen = looked_at(home.lake.read("windows"), WINDOW.since.date(), WINDOW.until.date())["wien"]
    assert sum(seen.days) == pytest.approx((end - day(3)) / timedelta(days=1))
    assert seen.reasons == (gap.reason,)
    assert all(since >= day(3) and until <= day(8) for since, until, _ in told)
    assert bool(told) is (batch < 1000)  # also before the look was over
    rows = home.lake.read("windows").to_pylist()
    assert [sum(w[c] for w in rows) for c in ("fetched", "unmapped", "dropped")] == [12, 4, 4]
    assert sum(count for *_, count in home.database.quarantined()) == 4
    assert home.database.cursor("wien", "s") == {"at": "8"}
    left = None if whole else (WINDOW.since, day(8))
    assert home.database.unfinished("wien", "s") == left


def test_a_file_that_breaks_off_was_looked_at_as_far_as_it_was_read(
    tools: Workspace, tmp_path: Path
) -> None:
    days = [MARCH + timedelta(days=n) for n in range(6)]
    read = [page(items(2, f"{n}. Wohnung für Flüchtlinge {{}}.", created=day), rejected=[n * 9])
            for n, day in enumerate(days)]  # fmt: skip

    def broken() -> Iterator[Page]:
        yield from read[:4]
        raise BadInput("ends in the middle")

    clean = opened(tools, tmp_path / "clean")
    take(clean, Look(source(), None, read, part="b"))
    for size in (3, 1000):  # merged before it broke off, or held until then
        mended = opened(tools, tmp_path / str(size), nlp_batch=size)
        failed: list[UniteError] = []
        looks = [Look(source(), None, broken(), part="a"), Look(source(code="other"), None, [])]
        taken = pipeline.take(
            mended, looks, collected=MARCH, spare=lambda _, error, to=failed: to.append(error)
        )
        pipeline.refresh(mended)
        assert len(failed) == 1
        assert (taken.fetched, taken.new, taken.rejected) == (12, 8, 0)
        (window,) = mended.lake.read("windows").to_pylist()
        assert (window["fetched"], window["unmapped"]) == (12, 4)
        assert window["until"] == datetime(2026, 3, 13, 23, tzinfo=UTC)
        assert mended.database.quarantined() == []  # its rows are named when it is read whole
        assert sum(r["seen"] for r in mended.lake.read("coverage").to_pylist()) == 8
        taken = take(mended, Look(source(), None, read, part="b"))
        assert (taken.new, taken.known) == (4, 8)
        assert plain(mended) == plain(clean)
        since, until = MARCH.date(), MARCH.date() + timedelta(days=9)
        spans = [looked_at(w.lake.read("windows"), since, until) for w in (mended, clean)]
        assert spans[0] == spans[1]


def test_without_somebody_to_tell_the_error_is_raised_after_the_looks_before(
    workspace: Workspace,
) -> None:
    def broken() -> Iterator[Page]:
        raise BadInput("ends in the middle")
        yield page([])

    looks = [Look(source(code="a"), WINDOW, [page(items(2), "a")]),
             Look(source(code="b"), WINDOW, broken())]  # fmt: skip
    with pytest.raises(BadInput):
        pipeline.take(workspace, looks)
    assert len(posts(workspace)) == 2
    assert workspace.database.cursor("wien", "a") == {"at": "a"}


def test_files_of_an_import_that_cannot_be_read_spare_the_others(
    workspace: Workspace, tmp_path: Path
) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(f"id,text,created\n1,{RELEVANT.split(',')[0]},2026-03-10T12:00:00\n")
    looks = importing.looks(workspace, [bad, good], importing.Import("wien"))
    failed: list[UniteError] = []
    taken = pipeline.take(workspace, looks, spare=lambda _, error: failed.append(error))
    assert (taken.new, len(failed)) == (1, 1)
    assert "file 1 (.csv): is not there" in str(failed[0])
    (post,) = posts(workspace)
    assert post["source"].startswith("import-")
    assert "good" not in str(post)


def test_a_gap_is_written_down_once_and_is_no_look(workspace: Workspace) -> None:
    for _ in range(2):
        pipeline.mark_gaps(workspace, [(source(), WINDOW, "the key was refused")])
    (row,) = workspace.lake.read("windows").to_pylist()
    assert (row["reason"], row["fetched"]) == ("the key was refused", 0)
    pipeline.mark_gaps(workspace, [])


# --- retagging ----------------------------------------------------------------------------


def elsewhere(registry: Registry, old: str, new: str) -> Registry:
    """The registry with a district, and so its names, given to another city."""
    one, other = registry.city(old), registry.city(new)
    moved = next(d for d in one.districts if "Ottakring" in d.names)
    rest = tuple(d for d in one.districts if d is not moved)
    return replace(
        registry,
        cities={
            **registry.cities,
            old: replace(one, districts=rest),
            new: replace(other, districts=(*other.districts, moved)),
        },
    )


@pytest.fixture
def filled(workspace: Workspace) -> Workspace:
    rows = [{"native_id": f"f{i}", "address": f"https://f.example/{i}", "likes": 1, "author": "a",
             "text": f"In Ottakring fehlen Wohnungen für Flüchtlinge, Bericht {i}."}
            for i in range(4)]  # fmt: skip
    rows += [{"native_id": "w", "text": "Wien baut Wohnungen für Flüchtlinge."}]
    rows += [{"native_id": "o", "text": "Frau Huber sagt, die Sonne scheint über Ottakring."}]
    take(
        workspace,
        Look(source(), WINDOW, [page(rows, "x")]),
        Look(source("berlin"), WINDOW, [page(rows[:2])]),
    )
    return workspace


KEPT = ("id", "home", "month", "day", "created", "collected", "lang", "lang_score", "redactions",
        "text", "author", "fold", "signature", "source")  # fmt: skip


def kept(workspace: Workspace) -> list[str]:
    rows = workspace.lake.read("posts", KEPT).to_pylist()
    return sorted(map(str, rows))


def test_a_changed_place_list_moves_a_posts_city_and_nothing_doubles(
    filled: Workspace, tools: Workspace
) -> None:
    before, vault = kept(filled), sorted(map(str, filled.lake.read("vault").to_pylist()))
    assert {p["city"] for p in posts(filled)} == {"wien"}
    seen = sum(r["seen"] for r in filled.lake.read("coverage").to_pylist())
    filled.__dict__["registry"] = elsewhere(tools.registry, "wien", "lyon")
    done = retagging.retag(filled)
    assert (done.posts, done.tagged, done.moved) == (8, 8, 7)
    cities = sorted((p["home"], p["city"]) for p in posts(filled))
    assert cities == [("berlin", "lyon")] * 2 + [("wien", "lyon")] * 5 + [("wien", "wien")]
    assert kept(filled) == before
    assert sorted(map(str, filled.lake.read("vault").to_pylist())) == vault
    assert len({p["tagger"] for p in posts(filled)}) == 1
    # neither of two homes is its city: the lower one counts
    counted = filled.lake.read("stories").to_pylist()
    assert sum(r["counted"] for r in counted) == 6
    coverage = filled.lake.read("coverage").to_pylist()
    assert sum(r["seen"] for r in coverage) == seen == 6
    assert {r["city"] for r in coverage if r["seen"]} == {"wien", "lyon"}
    found = filled.index.posts(Query(cities=("lyon",)), limit=20)
    assert found.num_rows == 4
    irrelevant = [p for p in posts(filled) if not p["relevant"]]
    assert [(p["engagement"], p["matches"]) for p in irrelevant] == [(None, [])]

    again = retagging.retag(filled)
    assert (again.posts, again.tagged, again.moved) == (8, 0, 0)
    filled.__dict__["registry"] = tools.registry
    back = retagging.retag(filled)
    assert (back.tagged, back.moved) == (8, 7)
    assert kept(filled) == before
    assert {p["city"] for p in posts(filled)} == {"wien"}


def test_a_retag_with_the_same_lists_changes_no_post(filled: Workspace) -> None:
    before = state(filled)
    done = retagging.retag(filled)
    assert done.tagged == done.moved == 0
    assert state(filled) == before


def test_days_that_are_frozen_keep_city_and_relevance(filled: Workspace, tools: Workspace) -> None:
    later = MARCH + timedelta(days=31)
    upkeep.expire(
        filled.lake, irrelevant_before=later, relevant_before=MARCH - timedelta(days=1), at=later
    )
    pipeline.refresh(filled)
    frozen = [r for r in filled.lake.read("coverage").to_pylist() if r["frozen_at"]]
    assert frozen
    rows = [{"native_id": "new", "created": MARCH + timedelta(days=2),
             "text": "In Ottakring fehlen Wohnungen für Flüchtlinge, neu."}]  # fmt: skip
    take(filled, Look(source(), WINDOW, [page(rows)]))
    coverage = state(filled)["coverage"]
    filled.__dict__["registry"] = elsewhere(tools.registry, "wien", "lyon")
    retagging.retag(filled)
    by_day: dict[Any, set[Any]] = {}
    for post in posts(filled):
        if post["home"] == "wien":
            by_day.setdefault(post["day"], set()).add(post["city"])
    assert by_day == {
        MARCH.date(): {"wien"},
        (MARCH + timedelta(days=2)).date(): {"lyon"},
    }
    kept_rows = [r for r in state(filled)["coverage"] if "'frozen_at': datetime" in r]
    assert kept_rows == [r for r in coverage if "'frozen_at': datetime" in r]


def test_what_was_protected_stays_protected_where_it_was(workspace: Workspace) -> None:
    text = (
        "Als ich hierher kam, lebte ich ohne Papiere in Ottakring, seit dem 12. Jänner 2026 "
        "suche ich Arbeit."
    )
    take(workspace, Look(source("berlin"), WINDOW, [page([{"native_id": "p", "text": text}])]))
    (before,) = posts(workspace)
    assert before["protected"], "the sentence no longer proves anything"
    assert "Ottakring" not in before["text"]
    workspace.__dict__["registry"] = elsewhere(workspace.registry, "wien", "lyon")
    assert retagging.retag(workspace).tagged == 1
    (after,) = posts(workspace)
    for name in ("protected", "city", "places", "text", "redactions", "lang"):
        assert after[name] == before[name], name


def test_forgotten_posts_are_not_tagged_back(filled: Workspace, tools: Workspace) -> None:
    gone = posts(filled)[0]["id"]
    upkeep.forget(filled.lake, ids=[gone], at=MARCH)
    filled.__dict__["registry"] = elsewhere(tools.registry, "wien", "lyon")
    retagging.retag(filled)
    ids = filled.lake.read("posts")["id"]
    assert not pc.any(pc.equal(ids, gone)).as_py()
