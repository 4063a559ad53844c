"""Look whether the installation is well."""

from __future__ import annotations

from monitor import checkup
from monitor.cli import options, output


def COMMAND(as_json: options.Json = False) -> None:
    """Check home, keys, lake, index, database, lists, versions, quarantine; say what to do."""
    findings = checkup.examine(options.workspace())
    if as_json:
        output.answer("doctor", None, None, None, (), [vars(f) for f in findings])
    else:
        rows = [["ok" if f.is_well else "look", f.about, f.says] for f in findings]
        output.table("unite doctor", ["state", "about", "says"], rows)
    if not all(f.is_well for f in findings):
        raise SystemExit(1)
