"""What a platform gave, made fit for `store.schema.ITEM`, and rows gathered into a page.

`settle` takes the fields of one item under the names of ITEM (and `title`, which stands above
the text) as whatever the platform or file gave: strings, numbers, dates, null. It raises
Unmappable for what would make a false post: no text, a date nobody can read or in the future,
an unknown kind. What is only missing or odd beside the text becomes null.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from base.errors import BadInput
from base.text import nfc
from base.time import EARLIEST, parse_moment
from collectors.errors import Unmappable
from store.schema import ITEM, KINDS, VOICES

LONGEST_TEXT = 200_000
LONGEST_ID = 500
LONGEST_ADDRESS = 2_000
MOST_COUNT = 2**31 - 1

# how platforms and exports write that an author or a text is not there
_NOBODY = frozenset({"", "redacted", "[deleted]", "[removed]", "null", "none", "nan", "n/a"})
_REMOVED = frozenset(
    {"[deleted]", "[removed]", "[ removed by reddit ]", "[deleted by user]", "redacted"}
)
_NO_LANGUAGE = frozenset({"und", "zxx", "art", "qme", "qst", "qam", "qct", "qht"})
_FALSE = frozenset({"", "0", "false", "no", "none", "null", "nan"})
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:,?\s+(\d{1,2}):(\d\d)(?::(\d\d))?)?")
_SPREADSHEET_NUMBER = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)
_PLATFORM = re.compile(r"[a-z0-9][a-z0-9-]{0,29}")

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Reading:
    """What reading an item depends on beside the item: whose clock, and what is the future."""

    local: ZoneInfo
    latest: datetime
    platform: str | None = None  # wins over the item's own
    fallback: str | None = None  # where neither says
    home_platform: str | None = None  # the source's: not repeated on the item


def settle(raw: Mapping[str, Any], reading: Reading) -> Row:
    """One row in the order of ITEM. Raises Unmappable."""
    text = _text(raw.get("text"), raw.get("title"))
    given = raw.get("created")
    platform = reading.platform or _platform(raw.get("platform")) or reading.fallback
    return (
        _native_id(raw.get("native_id")),
        _address(raw.get("address")),
        _author(raw.get("author")),
        None if given is None or given == "" else moment(given, reading),
        _date_given(raw.get("date_given", given)),
        _one_of(raw.get("kind"), KINDS, "kind") or "post",
        _native_id(raw.get("thread")),
        text,
        _count(raw.get("replies")),
        _count(raw.get("reposts")),
        _count(raw.get("likes")),
        _flag(raw.get("image")),
        _flag(raw.get("video")),
        _language(raw.get("lang")),
        None if platform == reading.home_platform else platform,
        _one_of(raw.get("voice"), VOICES, "voice"),
    )


def moment(given: object, reading: Reading) -> datetime:
    """The moment in UTC; a date without zone is `reading.local`. Raises Unmappable."""
    if isinstance(given, datetime):
        found = given if given.tzinfo else given.replace(tzinfo=reading.local)
        return _in_range(found, reading)
    if isinstance(given, date):
        return _in_range(datetime.combine(given, time(), reading.local), reading)
    if isinstance(given, bool) or not isinstance(given, (str, int, float)):
        raise Unmappable("a date that cannot be read", column="created")
    if isinstance(given, str) and "." in given[:12]:  # most dates are ISO: no search
        given = _turned(given)
    try:
        return parse_moment(given, reading.local, latest=reading.latest)
    except BadInput as error:
        # not `from error`: its cause may repeat what was given
        raise Unmappable(error.what, column="created") from None


def _turned(given: str) -> str:
    """A date of days first (31.12.2026 18:00) in the order of ISO 8601; others as they are."""
    dotted = _DOTTED.fullmatch(given.strip())
    if dotted is None:
        return given
    day, month, year, hour, minute, second = (int(n or 0) for n in dotted.groups())
    return f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}"


def moment_or_none(given: object, reading: Reading) -> datetime | None:
    """The moment in UTC, None where nobody can tell."""
    try:
        return moment(given, reading)
    except Unmappable:
        return None


def _date_given(given: object) -> str | None:
    if given is None or given == "":
        return None
    return nfc(str(given)[:64])


def _in_range(found: datetime, reading: Reading) -> datetime:
    try:
        found = found.astimezone(UTC)
    except OverflowError:
        raise Unmappable("a date out of range", column="created") from None
    if found < EARLIEST or (found - reading.latest).total_seconds() > 86_400:
        raise Unmappable("a date out of range", column="created")
    return found


def _text(text: object, title: object) -> str:
    parts = [p for p in (title, text) if isinstance(p, str) and not (p == "" or p.isspace())]
    if not parts:
        raise Unmappable("no text", column="text")
    joined = parts[0] if len(parts) == 1 else f"{parts[0]}\n{parts[1]}"
    if len(joined) > LONGEST_TEXT:
        raise Unmappable(f"longer than {LONGEST_TEXT:,} characters", column="text")
    if is_removed(joined):
        raise Unmappable("removed by its author or the platform", column="text")
    return nfc(joined)


def is_removed(text: object) -> bool:
    """Whether a platform wrote this where a removed text stood."""
    return isinstance(text, str) and len(text) < 25 and text.strip().lower() in _REMOVED


def _native_id(given: object) -> str | None:
    if given is None or isinstance(given, bool):
        return None
    if isinstance(given, float):
        # a long number that went through a float is no longer the id it was
        return str(int(given)) if given.is_integer() and abs(given) < 2**53 else None
    if not isinstance(given, (str, int)):
        return None
    found = str(given).strip()
    if not found or ("+" in found and _SPREADSHEET_NUMBER.fullmatch(found)):
        return None
    if len(found) > LONGEST_ID:
        raise Unmappable(f"longer than {LONGEST_ID} characters", column="native_id")
    return nfc(found)


def _address(given: object) -> str | None:
    if not isinstance(given, str) or len(given) > LONGEST_ADDRESS:
        return None
    found = given.strip()
    return nfc(found) if found[:8].lower().startswith(("http://", "https://")) else None


def _author(given: object) -> str | None:
    if isinstance(given, int) and not isinstance(given, bool):
        return str(given)
    if not isinstance(given, str):
        return _native_id(given)
    found = given.strip().removeprefix("@")
    return None if found.lower() in _NOBODY else nfc(found[:LONGEST_ID])


def _count(given: object) -> int | None:
    if isinstance(given, str):
        given = given.strip()
        given = int(given) if given.isascii() and given.isdigit() and len(given) < 16 else None
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        return None
    if not 0 <= given < 1e15:  # also NaN; a hidden count is written -1
        return None
    return min(int(given), MOST_COUNT)


def _flag(given: object) -> bool | None:
    if given is None or isinstance(given, bool):
        return given
    if isinstance(given, str):
        return given.strip().lower() not in _FALSE
    return bool(given)


def _language(given: object) -> str | None:
    return _language_code(given) if isinstance(given, str) else None


@lru_cache(maxsize=1_000)
def _language_code(given: str) -> str | None:
    code = re.split(r"[-_,]", given.strip().lower(), maxsplit=1)[0]
    is_code = code.isascii() and code.isalpha() and 2 <= len(code) <= 3
    return code if is_code and code not in _NO_LANGUAGE else None


def _one_of(given: object, codes: Sequence[str], column: str) -> str | None:
    if given is None or given == "":
        return None
    if given in codes:
        return str(given)
    if isinstance(given, str) and given.strip().lower() in codes:
        return given.strip().lower()
    raise Unmappable(f"none of {', '.join(codes)}", column=column)


def _platform(given: object) -> str | None:
    if given is None or given == "":
        return None
    found = str(given).strip().lower().removeprefix("www.")
    found = PLATFORM_NAMES.get(found, found)
    if not _PLATFORM.fullmatch(found):
        raise Unmappable("no platform code", column="platform")
    return found


PLATFORM_NAMES = {
    "twitter": "x", "twitter.com": "x", "x.com": "x", "instagram.com": "instagram",
    "tiktok.com": "tiktok", "facebook.com": "facebook", "threads.net": "threads",
    "threads.com": "threads", "linkedin.com": "linkedin", "9gag.com": "9gag",
    "reddit.com": "reddit", "bsky.app": "bluesky", "bsky": "bluesky", "t.me": "telegram",
}  # fmt: skip


def page_items(rows: Sequence[Row]) -> pa.RecordBatch:
    """The rows as one batch of schema ITEM."""
    columns: Sequence[Sequence[Any]] = list(zip(*rows, strict=True)) or [[]] * len(ITEM)
    arrays = [pa.array(c, f.type) for c, f in zip(columns, ITEM, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=ITEM)
