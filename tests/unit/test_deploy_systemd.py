"""The unit for systemd: systemd itself finds no fault, and the service says that it is alive."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
from pathlib import Path

import pytest
import typer

from monitor.cli import main as cli
from monitor.jobs.notify import notify
from monitor.settings import Settings

pytestmark = pytest.mark.unit
ROOT = Path(__file__).resolve().parents[2]
UNIT = ROOT / "deploy" / "systemd" / "uniteeurope.service"
PAGE = ROOT / "docs" / "town-hall.md"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_finds_no_fault_in_the_unit(tmp_path: Path) -> None:
    """With a command and a user of this machine in the place of those that are installed."""
    text = UNIT.read_text("utf-8").replace("/opt/uniteeurope/bin/unite", "/bin/true")
    text = re.sub(r"^(User|Group)=.*$", r"\1=daemon", text, flags=re.MULTILINE)
    unit = tmp_path / UNIT.name
    unit.write_text(text)
    verify = ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(unit)]
    done = subprocess.run(verify, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    unit.write_text(text.replace("MemoryMax=2G", "MemoryMax=much"))
    done = subprocess.run(verify, capture_output=True, text=True, check=False)
    assert "Invalid memory limit 'much'" in done.stderr  # it does find one
    security = ["systemd-analyze", "security", "--offline=true", "--threshold=30", str(unit)]
    assert subprocess.run(security, capture_output=True, check=False).returncode == 0


def test_the_service_tells_systemd_what_it_expects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Type=notify" in UNIT.read_text("utf-8")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "socket"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "socket"))
        notify("READY=1")
        assert systemd.recv(100) == b"READY=1"
    notify("WATCHDOG=1")  # nobody listens any more
    monkeypatch.delenv("NOTIFY_SOCKET")
    notify("WATCHDOG=1")


def test_what_the_unit_and_the_page_name_is_there() -> None:
    unit, page = UNIT.read_text("utf-8"), PAGE.read_text("utf-8")
    settings = {f"UNITE_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"\bUNITE_[A-Z_]+", unit + page)) <= settings
    assert set(re.findall(r"\b(?:monitor|store|dashboard|log)_[a-z_]+", page)) <= {
        name.lower().removeprefix("unite_") for name in settings
    }
    app = typer.main.get_command(cli.build(cli.names()))
    typed = {words for words in re.findall(r"`unite ([a-z]+)", page)}
    assert typed <= set(app.commands)  # type: ignore[attr-defined]
    for setting in ("StateDirectory", "MemoryMax", "WatchdogSec", "Restart", "ProtectSystem"):
        assert re.search(rf"^{setting}=", unit, re.MULTILINE)
