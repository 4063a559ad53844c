"""Objects of an NDJSON file or of one JSON array, one at a time.

A line that is no object is rejected and the next one read. An array has no lines to go on
from: where it breaks, reading ends with a message; what stood before has been given out.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from typing import Any

from base.errors import BadInput
from collectors.collector import Rejected
from collectors.files.opening import UNDECODED, Given

Numbered = tuple[int, dict[str, Any]]

_CHUNK = 1 << 18
_BETWEEN = re.compile(r"[\s,]*")


def _no_constant(name: str) -> None:
    """NaN and Infinity are no JSON; they mean that nothing is there."""


def read_lines(text: io.TextIOBase, given: Given) -> Iterator[Numbered | Rejected]:
    """(line, object) for each line, or why it was rejected."""
    most = given.limits.line
    decode = json.JSONDecoder(parse_constant=_no_constant).decode
    number = 0
    while line := text.readline(most + 1):
        number += 1
        if len(line) > most:
            while line and not line.endswith(("\n", "\r")):
                line = text.readline(most)
            yield Rejected(number, "line", f"longer than {most:,} characters")
            continue
        if line.isspace():
            continue
        yield _object(number, line, decode)


def _object(number: int, line: str, decode: Any) -> Numbered | Rejected:
    if not line.isascii() and UNDECODED.search(line):
        return Rejected(number, "line", "bytes that are not in the file's encoding")
    try:
        found = decode(line)
    except RecursionError:
        return Rejected(number, "line", "nested too deep")
    except ValueError:
        return Rejected(number, "line", "a NUL byte" if "\0" in line else "not JSON")
    if not isinstance(found, dict):
        return Rejected(number, "line", "not an object")
    return number, found


def read_array(text: io.TextIOBase, given: Given) -> Iterator[Numbered | Rejected]:
    """(position, object) for each element of one array, from 1. Raises BadInput where it breaks."""
    decode = json.JSONDecoder(parse_constant=_no_constant).raw_decode
    buffer = text.read(_CHUNK).lstrip().removeprefix("[")
    at = number = 0
    chunk = _CHUNK
    while True:
        at = _BETWEEN.match(buffer, at).end()  # type: ignore[union-attr]
        if buffer.startswith("]", at):
            return
        try:
            found, end = decode(buffer, at)
            is_whole = end < len(buffer)  # a number at the end may go on
        except RecursionError:
            raise _broken(given, number + 1, "is nested too deep") from None
        except ValueError:
            is_whole = False
        if is_whole:
            number, at, chunk = number + 1, end, _CHUNK
            if isinstance(found, dict):
                yield number, found
            else:
                yield Rejected(number, "element", "not an object")
            continue
        more = text.read(chunk)
        if not more:
            raise _broken(given, number + 1, "breaks off or is not JSON")
        buffer, at = buffer[at:] + more, 0
        chunk = min(chunk * 2, _CHUNK * 16)  # a long element is not read again for each chunk
        if len(buffer) > given.limits.line + chunk:
            raise _broken(given, number + 1, f"is longer than {given.limits.line:,} characters")


def _broken(given: Given, number: int, what: str) -> BadInput:
    return BadInput(
        f"element {number:,} {what}",
        where=given.where,
        expected="[{…}, {…}], or one object a line",
        hint="what stood before it has been read; mend the file and read it again"
        if number > 1
        else "if it is no JSON but one text a line, say --format lines",
    )
