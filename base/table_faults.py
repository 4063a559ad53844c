"""What a spreadsheet makes of a CSV, said so that its author can mend it.

Comes in: the bytes, the header or a row that does not fit. Goes out: one BadInput that names
what was found, what was expected, how to save it rightly. Nothing is guessed: a byte order mark
and Windows line ends are read as they are, another separator or encoding is told.
"""

from __future__ import annotations

from collections.abc import Sequence

from base.errors import BadInput

SAVE = (
    "save it as CSV with commas, in UTF-8 (LibreOffice: Save As, Text CSV, Edit filter settings;"
    " Excel: CSV UTF-8, where the system's list separator is a comma)"
)
_SEPARATORS = {";": "semicolons", "\t": "tabs"}
_WIDE = (b"\xff\xfe", b"\xfe\xff")  # the first bytes of UTF-16


def undecoded(data: bytes, place: str) -> BadInput | None:
    """Bytes that are not UTF-8: the first line of them, how many, and what they look like."""
    if is_wide(data):
        return BadInput("UTF-16, which spreadsheets call Unicode text", where=f"{place}:1",
                        expected="UTF-8", hint=SAVE)  # fmt: skip
    wrong: list[tuple[int, str]] = []
    for number, line in enumerate(data.split(b"\n"), start=1):
        try:
            line.decode()
        except UnicodeDecodeError as error:
            letter = line[error.start : error.start + 1].decode("cp1252", errors="ignore")
            wrong.append((number, letter))
    if not wrong:
        return None
    number, letter = wrong[0]
    many = f" in {len(wrong)} lines" if len(wrong) > 1 else ""
    looks = f"; in Windows-1252 the byte would be {letter!r}" if letter else ""
    return BadInput(
        f"not UTF-8{many}{looks}", where=f"{place}:{number}", expected="UTF-8", hint=SAVE
    )


def is_wide(data: bytes) -> bool:
    """Whether the bytes begin as UTF-16 does."""
    return data.startswith(_WIDE)


def header(found: Sequence[str], columns: Sequence[str], place: str) -> BadInput | None:
    """What is wrong with the first line; None when it is the expected one."""
    if list(found) == list(columns):
        return None
    what, hint = _header(list(found), list(columns))
    return BadInput(what, where=f"{place}:1", expected=",".join(columns), hint=hint)


def _header(found: list[str], columns: list[str]) -> tuple[str, str]:
    if not any(found):
        return "the header is missing: the first line is empty", "write the columns' names there"
    separator = _separator(",".join(found), len(columns))
    if separator and len(found) < len(columns):
        return f"{separator} stand between the names of the header, not commas", SAVE
    for place, name in enumerate(found, start=1):
        inside = [c for c in columns if c in name.replace(",", " ").split()]
        if len(inside) > 1:
            said = f"column {place} of the header is {name!r}: {len(inside)} names in one cell"
            return said, "one name a cell; unmerge the cells of the first line"
    twice = next((name for name in found if name and found.count(name) > 1), None)
    if twice is not None:
        return f"the column {twice!r} stands twice in the header", "delete one of them"
    if sorted(found) == sorted(columns):
        place = next(i for i, name in enumerate(found) if name != columns[i])
        said = f"column {place + 1} of the header is {found[place]!r}: the order is another"
        return said, "move the columns back into the order that is expected"
    return _names(found, columns)


def _names(found: list[str], columns: list[str]) -> tuple[str, str]:
    """Names that are missing, unknown or empty."""
    missing = [name for name in columns if name not in found]
    foreign = [(i, name) for i, name in enumerate(found, start=1) if name not in columns]
    if foreign and missing:
        place, name = foreign[0]
        if not name:
            said = f"column {place} of the header is empty: is it merged with its neighbour?"
        else:
            said = f"column {place} of the header is called {name!r}"
        return said, f"call it {missing[0]!r}, as it was"
    if missing:
        names = ", ".join(map(repr, missing))
        return f"the header lacks {names}", "add the column again, empty where nothing is known"
    place, name = foreign[0]
    if not any(name for _, name in foreign):
        return f"the header has {len(foreign)} empty columns more", "delete the empty columns"
    return f"the header has a column {name!r} more", f"delete column {place}"


def row(found: Sequence[str], width: int, where: str) -> BadInput:
    """A row of another length."""
    size = len(found)
    what, hint = f"{size} cells" if size > 1 else "1 cell", "put what holds a comma into quotes"
    separator = _separator(",".join(found), width)
    if size < width:
        hint = "add the cells that are missing, empty ones too"
        if separator:
            what, hint = f"{what}: {separator} stand between them, not commas", SAVE
    elif not any(found[width:]):
        what, hint = f"{what}, the last {size - width} empty", "delete the empty columns at the end"
    return BadInput(what, where=where, expected=f"{width} cells", hint=hint)


def _separator(line: str, width: int) -> str | None:
    """What stands between the cells in place of commas, if it makes about as many."""
    for sign, name in _SEPARATORS.items():
        if line.count(sign) >= max(1, width // 2):
            return name
    return None
