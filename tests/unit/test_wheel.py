"""Our wheel holds all that the checkout's rooms hold, and installs where there is no internet."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("base", "taxonomy", "store", "collectors", "nlp", "analysis", "monitor", "dashboard",
         "data")  # fmt: skip
PROXY_TO_NOWHERE = "http://127.0.0.1:9"


def tracked(*names: str) -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", *names], cwd=ROOT, capture_output=True, check=True
    )
    return [name for name in listed.stdout.decode().split("\0") if name]


@pytest.mark.unit
def test_every_file_of_the_rooms_is_in_the_wheel(tmp_path: Path) -> None:
    rooms = tracked(*ROOMS)
    for name in [*rooms, "pyproject.toml", "README.md", "LICENSE"]:
        path = tmp_path / "source" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, path)
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps",
         "--no-build-isolation", "--wheel-dir", str(tmp_path), str(tmp_path / "source")],
        check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = tmp_path.glob("uniteeurope-*.whl")
    with zipfile.ZipFile(wheel) as found:
        inside = set(found.namelist())
    assert sorted(set(rooms) - inside) == []
    ours = {name for name in inside if ".dist-info/" not in name}
    assert sorted(ours - set(rooms)) == []


@pytest.mark.unit
def test_the_script_that_makes_the_folder_copies_every_room() -> None:
    line = " ".join(ROOMS)
    assert line in (ROOT / "scripts" / "wheels.sh").read_text("utf-8")


@pytest.mark.unit
def test_a_folder_that_is_none_of_wheels_is_refused(tmp_path: Path) -> None:
    done = subprocess.run(
        ["sh", str(ROOT / "scripts" / "install-offline.sh"), str(tmp_path), str(tmp_path / "t")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "scripts/wheels.sh" in done.stderr
    assert not (tmp_path / "t").exists()


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_the_folder_installs_without_internet_and_the_demo_runs(tmp_path: Path) -> None:
    wheels, target = tmp_path / "wheels", tmp_path / "target"
    subprocess.run(
        ["sh", str(ROOT / "scripts" / "wheels.sh"), str(wheels)],
        env={**os.environ, "PYTHON": sys.executable}, check=True,
    )  # fmt: skip
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "UNITE_", "PYTHON"))}
    nowhere = dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY"), PROXY_TO_NOWHERE)
    env = {**kept, **nowhere, "PIP_CONFIG_FILE": os.devnull, "PYTHON": sys.executable}
    install = ["sh", str(wheels / "install-offline.sh"), str(wheels), str(target)]
    subprocess.run(install, env=env, cwd=tmp_path, check=True)
    # a wheel that is another than the folder says
    ours = next(wheels.glob("uniteeurope-*.whl"))
    ours.write_bytes(ours.read_bytes() + b"x")
    altered = [*install[:-1], str(tmp_path / "other")]
    done = subprocess.run(altered, env=env, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode != 0
    assert b"hash" in done.stderr.lower()
    home = {"UNITE_HOME": str(tmp_path / "home"), "UNITE_NLP_CACHE": str(tmp_path / "cache")}
    subprocess.run(
        [str(target / "bin" / "unite"), "demo", "--no-serve", "--posts", "300"],
        env={**env, **home}, cwd=tmp_path, check=True,
    )  # fmt: skip
