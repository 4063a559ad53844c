"""Which sources were reached when somebody tried."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "source_checks",
        sa.Column("home", sa.String(64), primary_key=True),
        sa.Column("source", sa.String(128), primary_key=True),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_reached", sa.Boolean, nullable=False),
        sa.Column("says", sa.String(512), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("source_checks")
