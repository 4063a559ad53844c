"""When posts were last told to be still public."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("rechecks", sa.Column("stood", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("rechecks", "stood")
