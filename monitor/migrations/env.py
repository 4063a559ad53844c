"""Alembic's entry: runs the revisions on the connection that `Database.upgrade` hands over."""

from alembic import context

from monitor.tables import METADATA

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
