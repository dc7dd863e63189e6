"""Rows as the database holds them: cells of integers, texts and nothing, without what the program makes of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

BATCH: Final = 500  # rows


def raw_rows(session: Session, table: sa.Table) -> Iterator[dict[str, Any]]:
    """Every row of a table by its primary key, a batch at a time."""
    names = [column.name for column in table.columns]
    (primary,) = table.primary_key.columns
    plain = sa.table(table.name, *(sa.column(name) for name in names))
    found = session.connection().execute(
        sa.select(plain).order_by(plain.c[primary.name]), execution_options={"yield_per": BATCH}
    )
    for row in found:
        yield dict(zip(names, row, strict=True))


@contextmanager
def bytes_as_they_are(session: Session) -> Iterator[None]:
    """Let SQLite hand out text that is no UTF-8, so that the damaged row can be named."""
    connection = session.connection().connection.driver_connection
    if not isinstance(connection, sqlite3.Connection):
        yield
        return
    connection.text_factory = lambda content: content.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        connection.text_factory = str
