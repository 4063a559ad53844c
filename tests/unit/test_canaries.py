"""Nothing personal reaches the disk: planted canaries are looked for in every byte.

The way is the user's: `unite import` on a file, `unite forget`, with a log at its most talkative.
The vault keeps origins encrypted; that is the one place, and it cannot be read there either.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest
from canaries import found_in, spellings

pytestmark = pytest.mark.unit

# Everything here is invented: test numbers, reserved domains, made-up people.
PLANTED = {
    "handle": ("Danke @kanarienvogel_77 für den Tipp zur Wohnung", "kanarienvogel_77"),
    "email": ("Schreibt an zilpzalp.mueller@example.org wegen der Wohnung", "zilpzalp.mueller"),
    "written out": (
        "mail: gimpel punkt huber (at) example.org, Wohnung frei",
        "gimpel punkt huber",
    ),
    "phone": ("Wohnung in Wien zu vermieten, ruf an: 0664 5550 1234", "5550 1234"),
    "international": ("WhatsApp +43 664 5550199 für die Wohnung", "664 5550199"),
    "iban": ("Spenden an DE89 3704 0044 0532 0130 00 für die Familie", "3704 0044 0532"),
    "card": ("Meine Karte 4111 1111 1111 1111 wurde gesperrt beim Amt", "4111 1111 1111"),
    "profile": ("Mein Profil: https://www.facebook.com/stieglitz.alfons", "stieglitz.alfons"),
    "link": ("Siehe https://blog.example/rotkehlchen-privat?id=7", "rotkehlchen-privat"),
    "person": ("Ich heiße Mehmet Yılmaz und suche eine Wohnung in Wien", "Yılmaz"),
    "honorific": ("Frau Obermoser vom dritten Stock hat uns sehr geholfen", "Obermoser"),
    "address": ("Wir wohnen in der Quellenstraße 117/12 in Favoriten", "Quellenstraße 117"),
    "birth date": ("geboren am 14.03.1987 in Aleppo, jetzt in Wien", "14.03.1987"),
    "coordinates": ("Treffpunkt 48.17342, 16.37815 hinter dem Heim", "48.17342"),
    "ip": ("Mein Router hat 203.0.113.77, das Amt sperrt mich", "203.0.113.77"),
}
AUTHOR, ADDRESS_PART, NATIVE = "autor_kanari_99", "adresse-kanari-88", "nativ-kanari-1"
FILE_NAME, HEADER = "namens-kanari-datei", "kopf.kanari@example.org"
BROKEN, TITLE = "bruch.kanari@example.org", "titel.kanari@example.org"
KEPT = "Gemeindebauwohnung"  # an ordinary word that must be found, else nothing is proved


def unite(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "UNITE_HOME": str(home), "UNITE_LOG_LEVEL": "debug"}
    return subprocess.run(
        [sys.executable, "-m", "monitor.cli.main", *words],
        env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("canaries") / "home"


@pytest.fixture(scope="module")
def said(home: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Everything the commands printed while the file was imported."""
    path = tmp_path_factory.mktemp("in") / f"{FILE_NAME}.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        lines = csv.writer(handle)
        lines.writerow(["id", "title", "text", "created", "author", "url", HEADER])
        for number, (text, _) in enumerate(PLANTED.values()):
            lines.writerow([f"{NATIVE}{number}", f"Kontakt {TITLE}", f"{text}. {KEPT}",
                            "2026-03-01T10:00:00", AUTHOR,
                            f"https://feed.example/{ADDRESS_PART}/{number}", "x"])  # fmt: skip
        lines.writerow([NATIVE, "", f"{BROKEN} ohne Datum", f"vorgestern {BROKEN}", AUTHOR, "", ""])
        handle.write(f'"{BROKEN}","zu viele",{",".join("abcdefghijkl")}\n')
    done = unite(home, "import", str(path), "--city", "wien",
                 "--columns", "native_id=id,address=url")  # fmt: skip
    assert done.returncode == 0, done.stderr
    failed = unite(home, "import", str(path), "--city", "wien", "--columns", f"text={HEADER}x")
    assert failed.returncode == 1
    return done.stdout + done.stderr + failed.stdout + failed.stderr


CANARIES = [canary for _, canary in PLANTED.values()] + [
    AUTHOR, ADDRESS_PART, NATIVE, FILE_NAME, HEADER, BROKEN, TITLE,
]  # fmt: skip


def test_the_search_finds_what_is_kept(home: Path, said: str) -> None:
    assert said
    where = [place for _, place in found_in(home, [KEPT])]
    assert any("(parquet)" in w for w in where)
    assert any("(duckdb)" in w for w in where)


def test_the_search_sees_through_encodings() -> None:
    assert b"a\0b\0c\0d\0" in spellings("abcd")
    assert b"%40abcdef" in spellings("@abcdef")


def test_no_canary_stands_anywhere_under_home(home: Path, said: str) -> None:
    assert said
    assert found_in(home, CANARIES) == []


def test_no_canary_is_printed_or_logged(said: str) -> None:
    assert [c for c in CANARIES if c in said] == []


def test_after_forgetting_not_even_the_words_are_left(home: Path, said: str) -> None:
    assert said
    addresses = [f"https://feed.example/{ADDRESS_PART}/{n}" for n in range(len(PLANTED))]
    done = unite(home, "forget", *addresses)
    assert done.returncode == 0, done.stderr
    assert str(len(PLANTED)) in done.stderr
    words = [KEPT, KEPT.lower(), "vermieten", "Obermoser", "rotkehlchen"]
    assert found_in(home, words) == []
    assert not [c for c in CANARIES if c in done.stdout + done.stderr]
