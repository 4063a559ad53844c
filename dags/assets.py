"""What DAGs hand on to each other: that something is new, never what."""

from __future__ import annotations

from airflow.sdk import Asset


def posts_of(home: str) -> Asset:
    """The posts of a home, as they stand in the lake."""
    return Asset(name=f"posts of {home}", uri=f"unite://posts/{home}", group="unite")
