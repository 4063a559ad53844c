"""What a change makes of a city's file: cells in, cells out; nothing is ever taken out.

A source that is added bears the day of the change as `since`, one that is retired a last day as
`until`: it is no longer collected from, and its posts stay and are rechecked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from base.errors import BadInput, unknown
from monitor.entering.overlay import Change

Cells = Mapping[str, Any]


def applied(cells: Cells | None, change: Change) -> Cells:
    """The cells of the change's city after it. cells: None where there is no such city.

    Raises BadInput that names the change's file.
    """
    if change.of == "city":
        if cells is not None:
            raise BadInput(f"there is a city {change.city!r} already", where=change.where,
                           hint="unite city source add, or unite city districts")  # fmt: skip
        since = [{"since": change.day, **s} for s in change.entry.get("source", ())]
        return {**change.entry, "code": change.city, "source": since}
    if cells is None:
        raise BadInput(f"there is no city {change.city!r}", where=change.where,
                       hint="unite city add")  # fmt: skip
    there = {one.get("code", ""): one for one in cells.get(change.of, ())}
    for entry in change.entries:
        code = entry["code"]
        if change.action == "add":
            if code in there:
                raise BadInput(
                    f"{change.city} has a {change.of} {code!r} already", where=change.where,
                    expected="a code of its own",
                )  # fmt: skip
            there[code] = {"since": change.day, **entry} if change.of == "source" else entry
            continue
        if code not in there:
            raise unknown(change.of, code, there, where=change.where)
        if change.action == "retire" and "until" in there[code]:
            raise BadInput(f"the source {code!r} was retired on {there[code]['until']}",
                           where=change.where)  # fmt: skip
        end = {"until": change.day} if change.action == "retire" else {}
        there[code] = {**there[code], **end, **entry}
    return {**cells, change.of: list(there.values())}
