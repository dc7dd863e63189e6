"""What Alembic runs: the steps, on the connection that it was given, inside that connection's transaction."""

from __future__ import annotations

from alembic import context

from automation.caselog.tables import Table

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Table.metadata, transactional_ddl=True
)
context.run_migrations()
