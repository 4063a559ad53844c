"""Commands as a user types them: what they answer, refuse and advise."""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from test_cli_run import command, environment, process, purpose, unite

from monitor.cli import main as cli

pytestmark = pytest.mark.unit
SHAPE = ["command", "view", "tier", "generation", "tagger", "rows"]
ROW = ["city", "area", "state", "posts", "base", "base_name", "share", "low", "high", "coverage",
       "sources", "from_elsewhere", "about_elsewhere"]  # fmt: skip
HEADER = "id,text,created,url,author\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with 60 posts of Wien and a purpose; tests do not take posts out of it."""
    folder = tmp_path_factory.mktemp("cli")
    lines = [
        f"{i},Familien spüren die Wohnungsnot in Wien Nummer {i},"
        f"2026-03-{1 + i % 28:02d}T12:00:00,https://forum.example/{i},author{i}\n"
        for i in range(60)
    ]
    (folder / "posts.csv").write_text(HEADER + "".join(lines), encoding="utf-8")
    found = folder / "home"
    assert unite(found, "import", str(folder / "posts.csv"), "--city", "wien").code == 0
    assert purpose(found).code == 0
    return found


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    return tmp_path / "home"


# --- the frame ----------------------------------------------------------------------------


def test_unite_alone_shows_what_there_is(empty: Path) -> None:
    said = process(empty)
    assert all(name in said.text for name in cli.names())
    assert not empty.exists()


@pytest.mark.parametrize("name", cli.names())
def test_every_command_explains_itself(empty: Path, name: str) -> None:
    said = unite(empty, name, "--help")
    assert said.code == 0
    assert len(said.out) > 100
    assert not empty.exists()  # asking costs nothing and leaves nothing


@pytest.mark.parametrize(
    "words",
    [
        ("fly",),
        ("import",),
        ("import", "x.csv"),  # without --city
        ("compare", "--wrong"),
        ("query", "--limit", "0"),
        ("query", "--limit", "many"),
        ("export",),
        ("serve", "--port", "99999"),
        ("demo", "--posts", "1"),
        ("purpose",),
        ("purpose", "add"),
    ],
)
def test_usage_errors_are_2(empty: Path, words: tuple[str, ...]) -> None:
    said = unite(empty, *words)
    assert said.code == 2, said.text
    assert said.text
    assert not empty.exists()


def test_an_interrupt_is_no_traceback(tmp_path: Path) -> None:
    running = subprocess.Popen(
        command("tag"), env=environment(tmp_path), stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        # a build server may run us with the signal ignored, which a child would inherit
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    assert running.stdin is not None
    running.stdin.write(b'{"id": 1, "text": "a"}\n')
    running.stdin.flush()
    for _ in range(200):  # until it reads: its wait is for us
        with open(f"/proc/{running.pid}/wchan", encoding="ascii") as wait:
            if "pipe" in wait.read():
                break
        time.sleep(0.02)
    for _ in range(10):  # one that comes while a library is imported may be lost
        if running.poll() is not None:
            break
        running.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.wait(3)
    err = running.stderr.read() if running.stderr else b""
    assert running.returncode not in (0, None)
    assert b"Traceback" not in err


def test_a_reader_that_leaves_is_no_traceback(home: Path) -> None:
    running = subprocess.Popen(
        command("query", "--purpose", "study", "--json"), env=environment(home),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert running.stdout is not None
    running.stdout.close()
    assert running.stderr is not None
    err = running.stderr.read()
    running.wait(20)
    assert b"Traceback" not in err
    assert b"Exception ignored" not in err


def test_a_home_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    said = unite(tmp_path / "file", "compare")
    assert said.code == 1
    assert "UNITE_HOME" in said.err


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [("UNITE_NLP_BATCH", "many", "UNITE_NLP_BATCH"),
     ("UNITE_DATABASE_URL", "mysql://u:geheim@x/y", "UNITE_DATABASE_URL")],
)  # fmt: skip
def test_a_wrong_setting_is_named_and_no_secret_told(
    empty: Path, name: str, value: str, words: str
) -> None:
    said = unite(empty, "doctor", env={name: value})
    assert said.code == 1
    assert words in said.text
    assert "geheim" not in said.text


# --- compare ------------------------------------------------------------------------------


def test_compare_answers_with_its_one_shape(home: Path) -> None:
    words = ("compare", "wien", "berlin", "--since", "2026-03-01", "--until", "2026-04-01",
             "--area", "housing", "--area", "asylum", "--json")  # fmt: skip
    said = unite(home, *words)
    assert said.code == 0, said.err
    found = json.loads(said.out)
    assert list(found) == [*SHAPE, "breaks"]
    assert (found["command"], found["tier"]) == ("compare", "counts")
    assert found["view"]["query"]["city"] == ["wien", "berlin"]
    assert found["generation"]
    assert len(found["tagger"]) == 1
    assert [(r["city"], r["area"]) for r in found["rows"]] == [
        ("wien", "housing"), ("wien", "asylum"), ("berlin", "housing"), ("berlin", "asylum")
    ]  # fmt: skip
    for row in found["rows"]:
        assert list(row) == ROW
    wien, _, berlin, _ = found["rows"]
    assert wien["state"] == "ok"
    assert wien["posts"] % 5 == 0
    assert wien["low"] <= wien["share"] <= wien["high"]
    assert len(wien["sources"]) == 1
    assert berlin["state"] == "no_data"
    assert [berlin[n] for n in ("posts", "share", "low", "high")] == [None] * 4
    assert unite(home, *words).out == said.out  # the same question, the same figures


def test_compare_with_a_purpose_is_exact_and_logged(home: Path) -> None:
    said = unite(home, "compare", "wien", "--since", "2026-03-01", "--until", "2026-03-03",
                 "--area", "housing", "--purpose", "study", "--json")  # fmt: skip
    found = json.loads(said.out)
    assert found["tier"] == "posts"
    (row,) = found["rows"]
    assert row["posts"] == 6


def test_compare_as_a_table_fits_a_pipe(home: Path) -> None:
    said = unite(home, "compare", "wien", "--since", "2026-03-01", "--until", "2026-04-01")
    assert said.code == 0
    assert "housing" in said.out
    assert max(map(len, said.out.splitlines())) <= 160


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (("wein",), ["unknown city 'wein'", "did you mean 'wien'", "berlin"]),
        (("wien", "--area", "house"), ["unknown area 'house'", "housing"]),
        (("wien", "--where", "tone=bad"), ["unknown tone 'bad'", "negative"]),
        (("wien", "--where", "colour=red"), ["unknown filter 'colour'"]),
        (("wien", "--where", "nonsense"), ["unknown filter 'nonsense'"]),
        (("wien", "--platform", "twitter"), ["unknown platform 'twitter'"]),
        (("wien", "--language", "xx"), ["unknown language 'xx'"]),
        (("wien", "--base", "all"), ["unknown base 'all'", "seen"]),
        (("wien", "--since", "gestern", "--until", "heute"), ["'gestern' is not a day", "YYYY"]),
        (("wien", "--since", "2026-03-01"), ["half a period", "--until"]),
        (("wien", "--since", "2026-04-01", "--until", "2026-03-01"), ["is empty"]),
        (
            ("wien", "--since", "2026-03-02", "--until", "2026-03-31"),
            ["2026-03-01 to 2026-04-01", "--purpose"],
        ),
        (("wien", "--since", "2026-03-01", "--until", "2026-04-01", "--where", "text=Wohnung"), []),
        (("wien", "--purpose", "nobody"), ["unknown purpose 'nobody'", "study"]),
    ],
)
def test_compare_says_what_is_wrong_and_what_there_is(
    home: Path, words: tuple[str, ...], shown: list[str]
) -> None:
    said = unite(home, "compare", *words)
    assert said.code == 1, said.text
    assert said.out == ""
    assert said.err.startswith("unite: ")
    for part in shown:
        assert part in said.err, said.err


def test_an_empty_home_is_said_not_a_traceback(empty: Path) -> None:
    for words in (("compare",), ("compare", "wien", "--json")):
        said = unite(empty, *words)
        assert (said.code, said.out) == (1, "")
        assert "  do " in said.err


# --- query and export ---------------------------------------------------------------------


@pytest.mark.parametrize("words", [("query", "wien"), ("export", "--out", "x.csv"),
                                   ("collect", "wien")])  # fmt: skip
def test_without_a_purpose_nobody_looks_at_posts(
    home: Path, words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = unite(home, *words)
    assert (said.code, said.out) == (1, "")
    assert f"{words[0]} needs a purpose" in said.err
    assert "unite purpose add" in said.err
    assert f"unite {words[0]} … --purpose NAME" in said.err
    assert "study" in said.err
    assert list(tmp_path.iterdir()) == []


def test_query_lists_scrubbed_posts(home: Path) -> None:
    words = (
        "query",
        "wien",
        "--text",
        "familien wohnungsnot",
        "--limit",
        "3",
        "--purpose",
        "study",
    )
    said = unite(home, *words, "--json")
    found = json.loads(said.out)
    assert list(found) == SHAPE
    assert found["tier"] == "posts"
    assert len(found["rows"]) == 3
    days = [r["created"] for r in found["rows"]]
    assert days == sorted(days, reverse=True)
    assert not {"author", "fold", "signature"} & set(found["rows"][0])
    table = unite(home, *words)
    assert "3 posts" in table.out
    assert "Familien spüren" in table.out


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (("--text", "!!!"), "holds no word"),
        (("--where", "source="), ""),
        (("--since", "2026-04-01", "--until", "2026-04-01"), "is empty"),
    ],
)
def test_query_refuses(home: Path, words: tuple[str, ...], shown: str) -> None:
    said = unite(home, "query", "wien", "--purpose", "study", *words)
    assert said.code in (0, 1)
    assert shown in said.text


def test_a_purpose_covers_its_cities_until_its_end(home: Path) -> None:
    assert purpose(home, "narrow", "wien").code == 0
    assert purpose(home, "over", "wien", end="2020-01-01").code == 0
    for words, shown in (
        (("query", "wien", "berlin", "--purpose", "narrow"), "does not cover berlin"),
        (("query", "--purpose", "narrow"), "does not cover all cities"),
        (("query", "wien", "--purpose", "over"), "ended on 2020-01-01"),
    ):
        said = unite(home, *words)
        assert said.code == 1
        assert shown in said.err


def test_export_writes_a_file_with_its_manifest(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "posts.csv"
    said = unite(home, "export", "wien", "--out", str(out), "--purpose", "study")
    assert said.code == 0, said.err
    assert "60 posts written" in said.err
    assert len(out.read_text("utf-8").splitlines()) == 61
    again = unite(home, "export", "wien", "--out", str(out), "--purpose", "study")
    assert again.code == 1
    assert "there already" in again.err
    nowhere = unite(home, "export", "--out", str(tmp_path / "a" / "b.csv"), "--purpose", "study")
    assert nowhere.code == 1
    assert "--out" in nowhere.err


# --- forget, retain, index, doctor, purpose -----------------------------------------------


@pytest.fixture(scope="module")
def losing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose posts are taken out."""
    folder = tmp_path_factory.mktemp("losing")
    lines = [f"{i},Wohnung für Flüchtlinge {i},2026-03-10T12:00:00,https://f.example/{i},a{i}\n"
             for i in range(6)]  # fmt: skip
    (folder / "posts.csv").write_text(HEADER + "".join(lines), encoding="utf-8")
    said = unite(folder / "home", "import", str(folder / "posts.csv"), "--city", "wien")
    assert "6 new posts" in said.err
    assert purpose(folder / "home").code == 0
    return folder / "home"


def listed(home: Path) -> list[str]:
    said = unite(home, "query", "--purpose", "study", "--where", "relevant=any", "--json")
    return [r["id"] for r in json.loads(said.out)["rows"]]


def test_forgetting_by_address_and_id_is_for_good(losing: Path) -> None:
    before = listed(losing)
    said = unite(losing, "forget", "http://www.f.example/0/?utm_source=x")
    assert (said.code, said.err.split(".")[0]) == (0, "1 posts forgotten")
    left = listed(losing)
    assert len(left) == 5
    said = unite(losing, "forget", left[0].upper(), "https://f.example/nobody")
    assert said.code == 0
    assert said.err.startswith("1 posts forgotten")
    again = unite(losing, "forget", left[0], "https://f.example/0")
    assert again.code == 0
    assert again.err.startswith("0 posts forgotten")
    assert listed(losing) == left[1:]
    file = losing.parent / "posts.csv"
    said = unite(losing, "import", str(file), "--city", "wien")
    assert said.code == 0
    assert "2 kept out because they were forgotten" in said.err
    assert listed(losing) == left[1:]
    assert len(before) == 6


def test_forgetting_an_author_keeps_away_what_comes(losing: Path, tmp_path: Path) -> None:
    said = unite(losing, "forget", "--author", "files:@New")
    assert said.code == 0, said.err
    path = tmp_path / "new.csv"
    path.write_text(HEADER + "n1,Wohnung für Flüchtlinge neu,2026-03-11T12:00:00,,new\n")
    said = unite(losing, "import", str(path), "--city", "wien")
    assert "0 new posts" in said.err
    assert "1 kept out" in said.err


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ((), "nothing to forget"),
        (("",), "nothing to forget"),
        (("--author", "nobody"), "--author: no handle"),
        (("--author", "nowhere:max"), "unknown platform 'nowhere'"),
    ],
)
def test_forget_refuses(losing: Path, words: tuple[str, ...], shown: str) -> None:
    said = unite(losing, "forget", *words)
    assert said.code == 1
    assert shown in said.err


def test_retain_index_and_retag_say_what_they_did(losing: Path) -> None:
    said = unite(losing, "retain")
    assert said.code == 0, said.err
    assert "0 irrelevant and 0 expired posts dropped" in said.err
    before = listed(losing)
    for words, shown in (
        (("index",), "0 months built"),
        (("index", "--rebuild"), "1 months built"),
        (("retag",), "0 tagged again"),
    ):
        said = unite(losing, *words)
        assert said.code == 0, said.err
        assert shown in said.err
        assert listed(losing) == before


def test_on_an_empty_home_upkeep_has_nothing_to_do(empty: Path) -> None:
    for words in (("retain",), ("index",), ("index", "--rebuild"), ("retag",),
                  ("forget", "https://f.example/1")):  # fmt: skip
        said = unite(empty, *words)
        assert said.code == 0, said.text


def test_doctor_says_what_is_well_and_what_is_not(home: Path, tmp_path: Path) -> None:
    said = unite(home, "doctor", "--json")
    found = json.loads(said.out)
    assert list(found) == SHAPE
    about = {r["about"]: r for r in found["rows"]}
    assert {"home", "lake", "index", "database", "taxonomy", "quarantine"} <= set(about)
    for name in ("lake", "index", "database"):
        assert about[name]["is_well"], about[name]
    assert (said.code == 0) is all(r["is_well"] for r in found["rows"])
    table = unite(home, "doctor")
    assert "lake" in table.out
    broken = tmp_path / "broken"
    assert unite(broken, "index").code == 0
    for log_file in (broken / "lake" / "posts" / "_delta_log").glob("*.json"):
        log_file.write_text("{")
    said = unite(broken, "doctor", "--json")
    assert said.code == 1
    found = {r["about"]: r for r in json.loads(said.out)["rows"]}
    assert not found["lake"]["is_well"]
    assert found["database"]["is_well"]  # one broken part hides no other


def test_purposes_are_listed(home: Path) -> None:
    said = unite(home, "purpose", "list", "--json")
    found = json.loads(said.out)
    assert list(found) == SHAPE
    assert "study" in [r["name"] for r in found["rows"]]
    assert "study" in unite(home, "purpose", "list").out
    for words, shown in (
        (("study", "2099-01-01", "*"), "already"),
        (("Über", "2099-01-01", "*"), "cannot name a purpose"),
        (("x", "bald", "*"), "not a day"),
        (("x", "2099-01-01", "wein"), "did you mean 'wien'"),
    ):
        name, end, city = words
        said = purpose(home, name, city, end=end)
        assert said.code == 1
        assert shown in said.err


def test_collect_refuses_half_a_thought(home: Path) -> None:
    for words, shown in (
        (("wein",), "unknown city"),
        (("wien", "--source", "nothing"), "unknown source 'nothing'"),
        (("wien", "--since", "2026-03-02", "--until", "2026-03-01"), "is empty"),
        (("wien", "--since", "soon"), "not a day"),
    ):
        said = unite(home, "collect", *words, "--purpose", "study")
        assert said.code == 1
        assert shown in said.err


def test_compare_says_what_comes_first(home: Path, empty: Path, tmp_path: Path) -> None:
    said = unite(empty, "compare")
    assert (said.code, said.out) == (1, "")
    assert "there are no posts yet" in said.err
    assert all(f"unite {word}" in said.err for word in ("import", "collect", "demo"))
    assert "unite index" not in said.err
    copied = tmp_path / "copied"
    shutil.copytree(home, copied)
    shutil.rmtree(copied / "index")
    said = unite(copied, "compare")
    assert said.code == 1
    assert "do         unite index" in said.err
    assert unite(copied, "index").code == 0
    assert unite(copied, "compare").code == 0


def test_the_demo_fills_a_home_of_its_own(empty: Path) -> None:
    said = unite(empty, "demo", "--no-serve", "--posts", "200")
    assert said.code == 0, said.err
    assert f"export UNITE_HOME={empty / 'demo'}" in said.err
    again = unite(empty, "demo", "--no-serve")
    assert again.code == 0
    assert "filled already" in again.err
    answer = unite(empty / "demo", "compare", "--json")
    assert answer.code == 0, answer.err
    assert {r["city"] for r in json.loads(answer.out)["rows"]} >= {"wien", "malmo"}
    posts = unite(empty / "demo", "query", "--purpose", "demo", "--limit", "2", "--json")
    assert len(json.loads(posts.out)["rows"]) == 2
