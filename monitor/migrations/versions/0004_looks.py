"""How far an unfinished look came; what platforms said of the quota that is left."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("cursors", sa.Column("begun", sa.DateTime(timezone=True)))
    op.add_column("cursors", sa.Column("reached", sa.DateTime(timezone=True)))
    op.create_table(
        "quotas",
        sa.Column("platform", sa.String(64), primary_key=True),
        sa.Column("host", sa.String(253), primary_key=True),
        sa.Column("left", sa.Float, nullable=False),
        sa.Column("limit", sa.Float),
        sa.Column("resets_at", sa.DateTime(timezone=True)),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("quotas")
    op.drop_column("cursors", "reached")
    op.drop_column("cursors", "begun")
