"""Posts of Instagram as its pages load them: an item of a list, or a node of a graph.

The native id is the short code, which also stands in the address. Advertisements are rejected.
"""

from __future__ import annotations

from typing import Any

from collectors.errors import Unmappable
from collectors.shapes import Row, Shape, dig, each, has, whole

_VIDEO, _CAROUSEL = 2, 8


def _fits(row: Row) -> bool:
    return has(row, "code", "taken_at", "media_type") or has(row, "shortcode", "taken_at_timestamp")


def fields(row: Row) -> dict[str, Any]:
    if row.get("product_type") == "ad" or "ads/ig_redirect" in str(row.get("link")):
        raise Unmappable("an advertisement", column="product_type")
    return _from_graph(row) if "shortcode" in row else _from_list(row)


def _from_list(row: Row) -> dict[str, Any]:
    parts = row.get("carousel_media") if row.get("media_type") == _CAROUSEL else [row]
    kinds = each(parts, "media_type")
    code = row.get("code")
    return {
        "native_id": code,
        "address": f"https://www.instagram.com/p/{code}" if code else None,
        "author": dig(row, "user", "username") or dig(row, "owner", "username"),
        "created": row.get("taken_at"),
        "kind": "post",
        "text": dig(row, "caption", "text"),
        "replies": row.get("comment_count"),
        "likes": row.get("like_count"),
        "image": any(k != _VIDEO for k in kinds),
        "video": _VIDEO in kinds,
    }


def _from_graph(row: Row) -> dict[str, Any]:
    children = each(dig(row, "edge_sidecar_to_children", "edges"), "node")
    kinds = each(children or [row], "__typename")
    code = row.get("shortcode")
    return {
        "native_id": code,
        "address": f"https://www.instagram.com/p/{code}" if code else None,
        "author": dig(row, "owner", "username") or dig(row, "user", "username"),
        "created": row.get("taken_at_timestamp"),
        "kind": "post",
        "text": dig(row, "edge_media_to_caption", "edges", 0, "node", "text"),
        "replies": dig(row, "edge_media_preview_comment", "count")
        or dig(row, "edge_media_to_comment", "count"),
        "likes": dig(row, "edge_media_preview_like", "count"),
        "image": any(k != "GraphVideo" for k in kinds),
        "video": "GraphVideo" in kinds,
    }


SHAPE = Shape(
    name="instagram",
    fits=_fits,
    reader=whole(fields),
    platform="instagram",
    origins=("instagram.com", "instagram"),
)
