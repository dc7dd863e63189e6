"""Evidence remembers what was handed in, which parts of it are covered in what is sent, and which might be.

All begin as nothing, and nothing does not count in a row's digest (`tables.ADDED`): rows from before stay as they are.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the three columns."""
    op.add_column("evidence", sa.Column("original", sa.Text(), nullable=False, server_default=""))
    op.add_column("evidence", sa.Column("boxes", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("evidence", sa.Column("suggested", sa.Text(), nullable=False, server_default="[]"))
