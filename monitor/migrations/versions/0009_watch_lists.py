"""Watch lists: saved Queries, the posts that met them on their way in, and their alerts."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "watch_lists",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(128), nullable=False),
        sa.Column("view", sa.Text, nullable=False),
        sa.Column("least", sa.Integer, nullable=False),
        sa.Column("days", sa.Integer, nullable=False),
        sa.Column("who", sa.String(128), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
    )
    _one_open("watch_lists", "name", "ended_at")
    op.create_table(
        "watch_alerts",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("list", sa.Integer, nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=False),
        sa.Column("acknowledged_by", sa.String(128), nullable=True),
        sa.Column("acknowledged_at", _MOMENT, nullable=True),
    )
    _one_open("watch_alerts", "list", "acknowledged_at")
    op.create_table(
        "watch_hits",
        sa.Column("list", sa.Integer, primary_key=True),
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("alert", sa.Integer, nullable=True),
    )


def _one_open(table: str, column: str, ended: str) -> None:
    where = sa.text(f"{ended} is null")
    op.create_index(
        f"open_{table}", table, [column], unique=True, sqlite_where=where, postgresql_where=where
    )


def downgrade() -> None:
    for table in ("watch_hits", "watch_alerts", "watch_lists"):
        op.drop_table(table)
