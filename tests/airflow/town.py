"""An installation with two invented towns whose sources stand on this machine, and its Airflow.

`testham` has a Lemmy community, a forum and a feed; the one feed of `testville` is gone. Every
post holds CANARY, an ordinary word that nobody takes out: where it stands, a post stands.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from platform_hosts import PLACES, Lemmy, Place
from test_cli_run import purpose
from test_http_host import Host, running
from test_registry_overlay import TOWN, WHO

from monitor.entering import editing
from monitor.settings import Settings
from monitor.workspace import Workspace

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = ROOT / ".venv-airflow" / "bin"
CANARY = "Kanarienvogelhaus"
_TEXT = "Neue Wohnungen für Geflüchtete in Testham, das {canary} Nummer {n} ist bald fertig"
_PLATFORMS = ("lemmy", "discourse", "feeds")


@dataclass
class Town:
    """The installation: its home, its Airflow's home, and the hosts of its sources."""

    home: Path
    airflow: Path
    places: Mapping[str, Place]
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def workspace(self) -> Workspace:
        """The installation as another process would open it."""
        return Workspace(Settings(home=self.home))

    def show(self, moments: Sequence[datetime]) -> None:
        """Each source shows one post of each of these moments, oldest first."""
        for first, place in enumerate(self.places.values()):
            place.show([
                place.native(1000 * first + n, at, _TEXT.format(canary=CANARY, n=n))
                for n, at in enumerate(moments, start=1)
            ])  # fmt: skip

    @property
    def environment(self) -> dict[str, str]:
        """What an administrator sets (docs/airflow.md), and nothing of whoever runs the tests."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("UNITE_", "AIRFLOW"))}
        return {
            **kept,
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "UNITE_HOME": str(self.home),
            "UNITE_NLP_CACHE": os.environ["UNITE_NLP_CACHE"],
            "UNITE_MONITOR_PURPOSE": "study",
            "UNITE_COLLECTORS_INTERVAL": "0.01",
            "UNITE_LOG_LEVEL": "debug",
            "AIRFLOW_HOME": str(self.airflow),
            "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__LOGGING__LOGGING_LEVEL": "DEBUG",
            "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
            "NO_PROXY": "127.0.0.1,localhost",
            **self.settings,
        }

    def run(self, *words: str, seconds: float = 240) -> str:
        """A command of Airflow's environment; what it said, or a failure with its end."""
        done = subprocess.run(
            [BIN / words[0], *words[1:]], env=self.environment, timeout=seconds, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=self.airflow,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-4000:]
        with (self.airflow / "said.log").open("a") as said:
            said.write(done.stdout)
        return done.stdout


@contextmanager
def town(folder: Path, **settings: str) -> Iterator[Town]:
    """The installation; its purpose covers the towns."""
    if not (BIN / "airflow").exists():
        pytest.skip("needs Airflow: sh scripts/setup-airflow.sh")
    with ExitStack() as stack:
        places = {
            platform: PLACES[platform](stack.enter_context(running(Host())))
            for platform in _PLATFORMS
        }
        for place in places.values():
            if isinstance(place, Lemmy):
                place.service.community = "wien"
        found = Town(folder / "home", folder / "airflow", places, settings)
        found.airflow.mkdir(parents=True)
        gone = stack.enter_context(running(Host()))
        _register(found.workspace, "testham", {n: p.address for n, p in places.items()})
        _register(found.workspace, "testville", {"feeds": gone.at("/feed")})
        assert purpose(found.home, "everywhere").code == 0
        assert purpose(found.home, "study", "testham", "testville").code == 0
        yield found


def _register(workspace: Workspace, code: str, addresses: Mapping[str, str]) -> None:
    sources = [
        {"code": platform, "platform": platform, "name": platform, "address": address,
         "voice": "personal", "why": "a test", "read_at": "its page"}
        for platform, address in addresses.items()
    ]  # fmt: skip
    entry = {**TOWN, "code": code, "name": code.title(), "names": [code.title()],
             "languages": ["de"], "district": []}  # fmt: skip
    editing.propose(workspace, "add", "city", code, {**entry, "source": sources}, **WHO)


def hours(first: datetime, count: int) -> list[datetime]:
    """Moments an hour apart."""
    return [first + timedelta(hours=n) for n in range(count)]
