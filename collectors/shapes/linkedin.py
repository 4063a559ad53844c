"""Posts of LinkedIn as its pages load them (`Voyager`).

Pages say "18h ago"; the number of an activity holds the moment itself: its upper 41 bits are
milliseconds.
"""

from __future__ import annotations

import re
from typing import Any

from collectors.errors import Unmappable
from collectors.shapes import Row, Shape, dig, has, whole

_ACTIVITY = re.compile(r"urn:li:activity:(\d{15,22})")


def _fits(row: Row) -> bool:
    return has(row, "commentary", "actor")


def fields(row: Row) -> dict[str, Any]:
    urn = dig(row, "updateMetadata", "urn") or row.get("preDashEntityUrn") or row.get("id")
    found = _ACTIVITY.search(str(urn))
    if found is None:
        raise Unmappable("no number of an activity", column="native_id")
    activity = found.group(1)
    detail = row.get("*socialDetail")
    counts = dig(detail, "*totalSocialActivityCounts")
    link = dig(row, "actor", "navigationContext", "actionTarget")
    return {
        "native_id": activity,
        "address": f"https://www.linkedin.com/feed/update/urn:li:activity:{activity}",
        "author": link.partition("?")[0] if isinstance(link, str) else None,
        "created": (int(activity) >> 22) / 1000,
        "date_given": activity,
        "kind": "post",
        "text": dig(row, "commentary", "text", "text"),
        "replies": dig(counts, "numComments") or dig(detail, "comments", "paging", "total"),
        "reposts": dig(counts, "numShares") or dig(detail, "totalShares"),
        "likes": dig(counts, "numLikes") or dig(detail, "likes", "paging", "total"),
        "image": bool(dig(row, "content", "images")),
    }


SHAPE = Shape(
    name="linkedin",
    fits=_fits,
    reader=whole(fields),
    platform="linkedin",
    origins=("linkedin.com", "linkedin"),
)
