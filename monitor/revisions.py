"""Revisions of the application database: which there are, and bringing a schema up to one.

Alembic takes a fifth of a second to import, so it is imported where it is needed.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from alembic.config import Config


def migrations(connection: sa.Connection | None = None) -> Config:
    """Alembic's configuration: the revisions, and the connection they run on."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def migrate(connection: sa.Connection, to: str) -> None:
    """Bring the schema up to a revision, in the transaction of this connection."""
    from alembic import command

    if connection.dialect.name == "sqlite":
        # its driver begins no transaction for a change of schema: killed, half would stay
        connection.exec_driver_sql("begin immediate")
    command.upgrade(migrations(connection), to)


def newest() -> str:
    """The revision this program works with."""
    return known()[0]


@cache
def known() -> tuple[str, ...]:
    """Every revision this program knows, the newest first."""
    from alembic.script import ScriptDirectory

    return tuple(r.revision for r in ScriptDirectory.from_config(migrations()).walk_revisions())
