"""Packets hold answers to further fields of a form, and the review's address.

Both begin as nothing, and nothing does not count in a row's digest (`tables.ADDED`): rows from before stay as they are.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the two columns."""
    op.add_column("packets", sa.Column("review_url", sa.Text(), nullable=False, server_default=""))
    op.add_column("packets", sa.Column("answers", sa.Text(), nullable=False, server_default="{}"))
