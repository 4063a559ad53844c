"""Where the open data sets lie: beside the checkout, in ../shared; they may be missing."""

from __future__ import annotations

from pathlib import Path

SHARED = Path(__file__).parent.parent.parent / "shared"
