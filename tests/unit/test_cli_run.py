"""The command line as tests use it: in this process for speed, as a process where that matters."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest.mock import patch

import pytest

from base import log
from monitor import cities, tagging
from monitor.cities import Registry
from monitor.cli import main as cli
from monitor.settings import Settings
from monitor.terms.effective import overlay_of
from nlp.tagger import Tagger

pytestmark = pytest.mark.unit
CACHE = "UNITE_NLP_CACHE"


_load, _build = cache(cities.load), tagging.build
_taggers: dict[tuple[object, ...], Tagger] = {}


def _built(
    settings: Settings, registry: Registry, *, tie_city: bool, retag: bool = False
) -> Tagger:
    """The tagger, built once for all commands of this process that have the same lists."""
    wanted = tie_city, retag, settings.taxonomy_lenient, overlay_of(settings).digest("")
    if wanted not in _taggers:
        _taggers[wanted] = _build(settings, registry, tie_city=tie_city, retag=retag)
    return _taggers[wanted]


@dataclass(frozen=True)
class Said:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        return self.out + self.err


def environment(home: Path, **more: str) -> dict[str, str]:
    """What a user's shell holds, without settings of whoever runs the tests.

    What was read of the lists is shared by all tests: to read it anew takes seconds.
    """
    kept = {k: v for k, v in os.environ.items() if not k.startswith("UNITE_") or k == CACHE}
    return {**kept, "UNITE_HOME": str(home), **more}


def unite(home: Path, *words: str, given: bytes = b"", env: Mapping[str, str] = {}) -> Said:
    """`unite …` in this process; `given` stands on stdin."""
    streams = [io.TextIOWrapper(io.BytesIO(b), encoding="utf-8") for b in (given, b"", b"")]
    stdin, out, err = streams
    with (
        patch.dict(os.environ, environment(home, **env), clear=True),
        patch.object(cities, "load", _load),
        patch.object(tagging, "build", _built),
        patch.object(sys, "argv", ["unite", *words]),
        patch.object(sys, "stdin", stdin),
        patch.object(sys, "stdout", out),
        patch.object(sys, "stderr", err),
    ):
        try:
            cli.main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        finally:
            log.configure()
    shown = []
    for stream in (out, err):
        stream.flush()
        shown.append(stream.buffer.getvalue().decode("utf-8"))  # type: ignore[attr-defined]
    said = Said(code, *shown)
    assert "Traceback" not in said.text
    assert "an error in the program" not in said.text, said.text
    return said


def process(
    home: Path, *words: str, given: bytes = b"", env: Mapping[str, str] = {},
    start: Sequence[str] = (),
) -> Said:  # fmt: skip
    """`unite …` as a process of its own; `start`: the words that start it, if other ones."""
    done = subprocess.run(
        [*start, *words] if start else command(*words), env=environment(home, **env), input=given,
        capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    said = Said(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))
    assert "Traceback" not in said.text, said.text
    return said


def command(*words: str) -> Sequence[str]:
    """The words that start a process."""
    return [sys.executable, "-m", "monitor.cli.main", *words]


def purpose(home: Path, name: str = "study", *cities: str, end: str = "2099-01-01") -> Said:
    """Write a purpose sheet."""
    places = [w for c in cities or ("*",) for w in ("--city", c)]
    return unite(home, "purpose", "add", name, "--who", "A", "--task", "t", "--legal-basis", "l",
                 "--question", "q", "--recipients", "r", "--end", end, "--body", "research",
                 *places)  # fmt: skip


def test_a_command_says_the_same_in_this_process_and_in_its_own(tmp_path: Path) -> None:
    words = ("compare", "wein")
    inside, outside = unite(tmp_path, *words), process(tmp_path, *words)
    assert inside == outside
    assert inside.code == 1
