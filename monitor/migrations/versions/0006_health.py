"""What is wrong with sources: looks that failed, and the alerts they and silence raise."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0004"

_OPEN = sa.text("ended_at is null")


def upgrade() -> None:
    op.create_table(
        "source_failures",
        sa.Column("home", sa.String(64), primary_key=True),
        sa.Column("source", sa.String(128), primary_key=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("is_terminal", sa.Boolean, nullable=False),
        sa.Column("says", sa.String(512), nullable=False),
    )
    op.create_table(
        "alerts",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("home", sa.String(64), nullable=False),
        sa.Column("source", sa.String(128), nullable=False),
        sa.Column("what", sa.String(32), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("says", sa.String(512), nullable=False),
        sa.Column("acknowledged_by", sa.String(128), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_true", sa.Boolean, nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
    )
    op.create_index(
        "open_alerts", "alerts", ["home", "source", "what"], unique=True,
        sqlite_where=_OPEN, postgresql_where=_OPEN,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("open_alerts", "alerts")
    op.drop_table("alerts")
    op.drop_table("source_failures")
