"""The districts of a city, from a table or a map that its town hall has.

Comes in: CSV with `name` and, if wanted, `names` (others, with | between), or GeoJSON whose
features have a `name`. Goes out: districts as a city's file has them. Raises BadInput that names
the line or the feature.

A district counts where the post is of the city or names it (`city_names`): that of an unknown
city is not trusted to be a name of its own, and "Centre" is one of every town.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

from base.errors import BadInput
from base.text import nfc, words
from monitor.entering.place import code_of

MOST = 500
_COLUMNS = "name,names"


def read(data: bytes, file: str) -> list[dict[str, Any]]:
    """The districts of a file's bytes. file: its name, for messages and for what it is."""
    text = _text(data, file)
    is_map = file.lower().endswith((".geojson", ".json")) or text.lstrip().startswith("{")
    found: list[dict[str, Any]] = []
    codes: dict[str, str] = {}
    for where, name, others in _of_map(text, file) if is_map else _of_table(text, file):
        names = list(dict.fromkeys(nfc(" ".join(n.split())) for n in (name, *others) if n.strip()))
        if not names or not words(names[0]):
            raise BadInput("a district without a name", where=where, expected="its name")
        code = code_of(names[0])
        if code in codes:
            raise BadInput(f"the district {names[0]!r} is there twice (code {code!r})", where=where,
                           expected=f"once: it stands at {codes[code]} too")  # fmt: skip
        codes[code] = where
        found.append({"code": code, "name": names[0], "city_names": names})
        if len(found) > MOST:
            raise BadInput(f"more than {MOST} districts", where=where,
                           hint="streets and quarters are too fine")  # fmt: skip
    if not found:
        raise BadInput("no district in it", where=file,
                       expected=f"rows under {_COLUMNS}, or features with a name")  # fmt: skip
    return found


def _text(data: bytes, file: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BadInput("not UTF-8", where=f"{file}:{line}",
                       hint="save it as CSV UTF-8 or GeoJSON") from error  # fmt: skip


def _of_table(text: str, file: str) -> Iterator[tuple[str, str, list[str]]]:
    head = text.splitlines()[0] if text.strip() else ""
    # spreadsheets of half of Europe write semicolons; a name holds neither
    separator = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    columns: list[str] = []
    try:
        for cells in reader:
            where = f"{file}:{reader.line_num}"
            if not columns:
                columns = [c.strip().lower() for c in cells]
                if "name" not in columns:
                    raise BadInput("no column 'name'", where=where, expected=_COLUMNS,
                                   available=[c for c in columns if c])  # fmt: skip
            elif any(c.strip() for c in cells):
                if len(cells) != len(columns):
                    raise BadInput(f"{len(cells)} cells", where=where,
                                   expected=f"{len(columns)}, as in the first line")  # fmt: skip
                row = dict(zip(columns, cells, strict=True))
                yield where, row["name"], row.get("names", "").split("|")
    except csv.Error as error:
        raise BadInput(
            f"not readable as CSV ({error})", where=f"{file}:{reader.line_num}"
        ) from error


def _of_map(text: str, file: str) -> Iterator[tuple[str, str, list[str]]]:
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise BadInput("not JSON", where=f"{file}:{line}", expected="GeoJSON") from error
    features = given.get("features") if isinstance(given, Mapping) else None
    if not isinstance(features, list):
        raise BadInput("no list 'features'", where=file, expected="a GeoJSON FeatureCollection")
    for number, feature in enumerate(features, start=1):
        where = f"{file}, feature {number}"
        found = feature.get("properties") if isinstance(feature, Mapping) else None
        properties = found if isinstance(found, Mapping) else {}
        name = properties.get("name")
        if not isinstance(name, str):
            raise BadInput("no property 'name'", where=where, expected="a text",
                           available=sorted(map(str, properties)))  # fmt: skip
        others = properties.get("names")
        yield where, name, others.split("|") if isinstance(others, str) else []
