"""Messages of Telegram as 4CAT's NDJSON holds them (Telethon's fields).

A message's number counts within its chat, so the native id is `chat/number`. Reactions have no
likes among them that could be told apart; they are added up. Service messages have no text.
"""

from __future__ import annotations

from typing import Any

from collectors.shapes import Row, Shape, dig, each, has, whole


def _fits(row: Row) -> bool:
    return has(row, "message", "_chat", "date")


def fields(row: Row) -> dict[str, Any]:
    chat = dig(row, "_chat", "username") or dig(row, "_chat", "id")
    number = row.get("id")
    media = str(dig(row, "media", "_type"))
    mime = str(dig(row, "media", "document", "mime_type"))
    counts = each(dig(row, "reactions", "results"), "count")
    return {
        "native_id": f"{chat}/{number}" if chat and number is not None else None,
        "address": f"https://t.me/{chat}/{number}" if dig(row, "_chat", "username") else None,
        "author": dig(row, "_sender", "id"),
        "created": row.get("date"),
        "kind": "reply" if _answers(row) else "post",
        "thread": chat,
        "text": row.get("message"),
        "replies": dig(row, "replies", "replies"),
        "reposts": row.get("forwards"),
        "likes": sum(c for c in counts if isinstance(c, int)) if counts else None,
        "image": media == "MessageMediaPhoto" or mime.startswith("image/"),
        "video": mime.startswith("video/"),
    }


def _answers(row: Row) -> bool:
    return bool(row.get("reply_to_msg_id") or dig(row, "reply_to", "reply_to_msg_id"))


SHAPE = Shape(
    name="telegram",
    fits=_fits,
    reader=whole(fields),
    platform="telegram",
    origins=("telegram", "t.me"),
)
