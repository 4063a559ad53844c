"""Retagging and back-fills under Spark give, row for row, what one process gives.

Spark runs in its own environment, as processes; here the same is done in this process.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pytest
import spark_job
from canaries import found_in
from servers import spark
from test_canaries import AUTHOR, BROKEN, CANARIES, HEADER, KEPT, NATIVE, PLANTED, TITLE
from test_cli_run import unite

from monitor import importing, pipeline, retagging
from monitor.importing import Import
from monitor.tables import QUARANTINE
from monitor.workspace import Workspace
from store import upkeep
from store.tables import TABLES

pytestmark = pytest.mark.timeout(1800)  # Java starts slowly beside other work
WORD = "Quetzelfrosch"
MARCH = datetime(2026, 3, 1, 12, tzinfo=UTC)
_IGNORED = {"collected", "author", "sealed", "at", "frozen_at"}


def tables(home: Path) -> dict[str, list[Any]]:
    """Everything a home holds but moments of collection, pseudonyms and nonces."""
    opened = spark_job.workspace(str(home))
    found: dict[str, list[Any]] = {}
    for name in TABLES:
        rows = opened.lake.read(name).to_pylist()
        found[name] = sorted(
            ({k: v for k, v in row.items() if k not in _IGNORED} for row in rows), key=repr
        )
    with opened.database._engine.connect() as connection:
        columns = [c for c in QUARANTINE.columns if c.name != "at"]
        rows = connection.execute(QUARANTINE.select().with_only_columns(*columns))
        found["quarantine"] = sorted(tuple(r) for r in rows)
    return found


def write(path: Path, numbers: range, *, likes: int, text: str = "Neue {} in Wien") -> Path:
    """Posts of the two months before May, every third with the word that will be added."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        lines = csv.writer(handle)
        lines.writerow(["id", "text", "created", "author", "likes"])
        for n in numbers:
            word = (WORD, "Wohnungsnot der Flüchtlinge", "Baustelle")[n % 3]
            lines.writerow([f"p{n}", f"{text.format(word)}, Nummer {n}",
                            MARCH + timedelta(hours=4 * n), f"a{n % 7}", likes])  # fmt: skip
    return path


@dataclass(frozen=True)
class Homes:
    """A home whose lists were changed, and copies of it on which Spark ran."""

    before: Path
    retagged: Path
    meanwhile: Path
    killed: Path
    filled: Path
    seen: Path
    said: str
    later: Path
    forgotten: str


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with posts, days that are frozen and late posts on them; then a word is added."""
    folder = tmp_path_factory.mktemp("before")
    home = folder / "home"
    opened = spark_job.workspace(str(home))
    spark_job.bring(opened, str(write(folder / "first.csv", range(300), likes=1)))
    pipeline.refresh(opened)  # coverage, which is frozen where posts go
    moment = opened.lake.read("posts", ["collected"])["collected"][0].as_py()
    march = moment + timedelta(seconds=1)
    upkeep.expire(opened.lake, irrelevant_before=march, relevant_before=MARCH, at=march)
    spark_job.bring(opened, str(write(folder / "late.csv", range(300, 330), likes=1)))
    spark_job.bring(opened, str(write(folder / "again.csv", range(0, 330, 2), likes=1)))
    pipeline.refresh(opened)
    words = ("--area", "housing", "--language", "de", "--author", "Ada", "--reason", "r")
    one = {"UNITE_TAXONOMY_REVIEWERS": "1"}
    added = unite(home, "taxonomy", "add", WORD, *words, env=one)
    assert added.code == 0, added.text
    return home


@pytest.fixture(scope="module")
def canaries(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Two files of an archive, one of which breaks off."""
    folder = tmp_path_factory.mktemp("archive")
    with (folder / "a.csv").open("w", encoding="utf-8", newline="") as handle:
        lines = csv.writer(handle)
        lines.writerow(["id", "title", "text", "created", "author", "url", HEADER])
        for n, (text, _) in enumerate(PLANTED.values()):
            lines.writerow([f"{NATIVE}{n}", f"Kontakt {TITLE}", f"{text}. {KEPT}",
                            "2026-03-01T10:00:00", AUTHOR,
                            f"https://feed.example/adresse-kanari-88/{n}", "x"])  # fmt: skip
        lines.writerow([NATIVE, "", f"{BROKEN} ohne Datum", f"vorgestern {BROKEN}", AUTHOR, "", ""])
        handle.write(f'"{BROKEN}","zu viele",{",".join("abcdefghijkl")}\n')
    rows = [{"id": f"r{n}", "text": f"Die {KEPT} Nummer {n} in Wien", "author": f"b{n}",
             "created": f"2026-04-{n + 1:02d}T12:00:00"} for n in range(12)]  # fmt: skip
    (folder / "b.json").write_text(json.dumps(rows)[:-20], encoding="utf-8")
    return [str(folder / "a.csv"), str(folder / "b.json")]


@pytest.fixture(scope="module")
def homes(before: Path, canaries: list[str], tmp_path_factory: pytest.TempPathFactory) -> Homes:
    python = spark()
    folder = tmp_path_factory.mktemp("spark")
    for name in ("retagged", "meanwhile", "killed"):
        shutil.copytree(before, folder / name)
    shutil.copytree(before / "keys", folder / "filled" / "keys")
    (folder / "seen" / "tmp").mkdir(parents=True)
    posts = spark_job.workspace(str(before)).lake.read("posts", ["id", "text"])
    forgotten = posts.filter(pc.match_substring(posts["text"], WORD))["id"][0].as_py()
    later = write(folder / "later.csv", range(0, 340, 2), likes=9)
    jobs = [
        {"do": "fill", "home": str(folder / "filled"), "files": canaries,
         "seen": str(folder / "seen")},
        {"do": "retag", "home": str(folder / "retagged")},
        {"do": "meanwhile", "home": str(folder / "meanwhile"), "file": str(later),
         "forget": forgotten},
        {"do": "killed", "home": str(folder / "killed")},
    ]  # fmt: skip
    done = subprocess.run(
        [python, spark_job.__file__, *map(json.dumps, jobs)],
        env={**os.environ, "TMPDIR": str(folder / "seen" / "tmp")},
        capture_output=True, text=True, timeout=1500, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr[-3000:]
    return Homes(before, folder / "retagged", folder / "meanwhile", folder / "killed",
                folder / "filled", folder / "seen", done.stdout + done.stderr, later,
                forgotten)  # fmt: skip


def copy(home: Path, name: str) -> Workspace:
    """Another copy of a home."""
    shutil.copytree(home, home.parent / name)
    return spark_job.workspace(str(home.parent / name))


@pytest.fixture(scope="module")
def expected(before: Path) -> dict[str, list[Any]]:
    """The home after a retag in one process."""
    opened = copy(before, "one-process")
    done = retagging.retag(opened)
    assert done.tagged > 200
    return tables(opened.home)


@pytest.mark.server
def test_spark_retags_as_one_process_does(homes: Homes, expected: dict[str, Any]) -> None:
    assert tables(homes.retagged) == expected
    was = {r["id"]: r["areas"] for r in tables(homes.before)["posts"]}
    words = [r for r in expected["posts"] if WORD in r["text"]]
    assert all("housing" in r["areas"] for r in words)
    assert any("housing" not in was[r["id"]] for r in words)
    assert any(not r["relevant"] for r in words), "frozen days keep what is relevant"


@pytest.mark.server
def test_what_a_collector_merges_and_somebody_forgets_meanwhile_holds(homes: Homes) -> None:
    opened = copy(homes.before, "meanwhile-in-one-process")
    spark_job.bring(opened, str(homes.later))
    retagging.retag(opened)
    upkeep.forget(opened.lake, ids=[homes.forgotten], at=spark_job.AT)
    pipeline.refresh(opened, forget=True)
    found = tables(homes.meanwhile)
    assert found == tables(opened.home)
    assert homes.forgotten not in {r["id"] for r in found["posts"]}
    assert {r["engagement"]["likes"] for r in found["posts"] if r["engagement"]} == {1, 9}
    text = next(r for r in tables(homes.before)["posts"] if r["id"] == homes.forgotten)["text"]
    assert found_in(homes.meanwhile, [text]) == []


@pytest.mark.server
def test_killed_in_the_middle_and_repeated(homes: Homes, expected: dict[str, Any]) -> None:
    opened = spark_job.workspace(str(homes.killed))
    taggers = opened.lake.read("posts", ["tagger"])["tagger"]
    assert len(taggers.unique()) == 2, "one round is done, the other is not"
    retagging.retag(opened)
    assert tables(homes.killed) == expected
    upkeep.replay(opened.lake, spark_job.AT)
    named = {p for paths in opened.lake.files("posts").values() for p in paths}
    there = {str(p.relative_to(opened.lake.root / "posts"))
             for p in (opened.lake.root / "posts").glob("home=*/*/*.parquet")}  # fmt: skip
    assert there == named, "the dead workers' files are gone"


@pytest.mark.server
def test_spark_imports_as_one_process_does(
    homes: Homes, canaries: list[str], tmp_path: Path
) -> None:
    shutil.copytree(homes.before / "keys", tmp_path / "home" / "keys")
    opened = spark_job.workspace(str(tmp_path / "home"))
    failed: list[str] = []
    taken = pipeline.take(
        opened,
        importing.looks(opened, [Path(f) for f in canaries],
                        Import(city="wien", columns={"native_id": "id"})),
        spare=lambda _, error: failed.append(str(error)),
    )  # fmt: skip
    pipeline.refresh(opened)
    said = next(json.loads(line) for line in homes.said.splitlines() if line.startswith("[{"))
    assert said == [vars(taken), failed]
    assert taken.rejected == 2
    assert len(failed) == 1
    assert tables(homes.filled) == tables(opened.home)


@pytest.mark.server
def test_nothing_personal_lies_in_any_folder_of_spark(homes: Homes) -> None:
    assert any("page-" in where for _, where in found_in(homes.seen, [KEPT]))
    assert found_in(homes.seen, CANARIES) == []
    assert found_in(homes.filled, CANARIES) == []
    assert [c for c in CANARIES if c in homes.said] == []
    keys = [key.read_bytes() for key in (homes.filled / "keys").iterdir()]
    for path in (p for p in homes.seen.rglob("*") if p.is_file()):
        assert not any(key in path.read_bytes() for key in keys)


@pytest.mark.server
def test_no_file_stays_in_the_scratch_folder_and_forgetting_sweeps_it(homes: Homes) -> None:
    for home in (homes.filled, homes.retagged, homes.meanwhile):
        assert not [p for p in (home / "spark").rglob("*") if p.is_file()]
    assert (homes.killed / "spark").exists()
    pipeline.refresh(spark_job.workspace(str(homes.killed)), forget=True)
    assert not (homes.killed / "spark").exists()


@pytest.mark.unit
def test_without_pyspark_it_is_said_where_spark_is(tmp_path: Path) -> None:
    said = unite(tmp_path / "home", "retag", "--engine", "spark")
    assert said.code == 1
    assert "scripts/setup-spark.sh" in said.err
    unknown = unite(tmp_path / "home", "retag", "--engine", "sparc")
    assert unknown.code == 1
    assert "did you mean 'spark'" in unknown.err
