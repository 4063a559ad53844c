"""How long `unite tag` takes from the shell to its first answer."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from benchmarks.measuring import times

_LINE = b'{"id": 1, "text": "Wir suchen eine Wohnung in Wien"}\n'


def measure() -> dict[str, Any]:
    def start() -> None:
        subprocess.run(
            [sys.executable, "-m", "monitor.cli.main", "tag"], input=_LINE,
            stdout=subprocess.DEVNULL, check=True,
        )  # fmt: skip

    p50, p95 = times(start, rounds=7)
    return {"p50_s": round(p50 / 1000, 2), "p95_s": round(p95 / 1000, 2)}
