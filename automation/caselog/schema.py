"""The shape of the tables: brought up to date when a log is opened, refused when a newer program made it."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from automation.caselog.chain import sha256
from automation.caselog.database import Database, Writing
from automation.caselog.tables import PLAIN_JSON
from automation.errors import CaseLogError

REVISIONS: Final = ("0001", "0002", "0003", "0004")  # oldest first; the last is what this program writes
HEAD: Final = REVISIONS[-1]

_VERSION: Final = sa.table("alembic_version", sa.column("version_num"))


def bring_up_to_date(database: Database) -> None:
    """Create or upgrade the tables. Raises `CaseLogError` for a log of a newer program, and for somebody else's."""
    with database.reading() as session:
        if found(session) == HEAD:
            return
    with database.writing() as writing:
        before = found(writing.session)  # anew: another process may have been faster
        if before != HEAD:
            upgrade(writing, HEAD)
            writing.event(
                "schema", by="appealdesk", before=before, after=HEAD, fingerprint=fingerprint(writing.session)
            )


def found(session: Session) -> str:
    """The revision of the tables that are there, "" where there are none. Raises `CaseLogError`."""
    tables = set(sa.inspect(session.connection()).get_table_names())
    if "alembic_version" not in tables:
        if tables:
            raise CaseLogError(
                f"the database holds other tables ({', '.join(sorted(tables)[:3])}) and no case log",
                hint="give the case log a database of its own",
            )
        return ""
    revisions = [str(row) for row in session.scalars(sa.select(_VERSION.c.version_num))]
    if len(revisions) == 1 and revisions[0] in REVISIONS:
        return revisions[0]
    raise CaseLogError(
        f"the case log has the shape {', '.join(revisions) or 'nothing'}, this program knows shapes up to {HEAD}",
        hint="a newer program wrote it: use that one, or restore a backup from before into another folder",
    )


def fingerprint(session: Session) -> str:
    """Of everything that SQLite says the schema is; "" on PostgreSQL, which keeps no such text."""
    if session.get_bind().dialect.name != "sqlite":
        return ""
    parts = session.connection().exec_driver_sql(
        "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%' ORDER BY type, name"
    )
    return sha256(PLAIN_JSON([list(part) for part in parts]))


def upgrade(writing: Writing, revision: str) -> None:
    """Bring the tables to a shape, in the transaction that is going on: it happens as a whole or not at all."""
    # Imported here: Alembic takes longer to load than most commands to run.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "automation.caselog:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = writing.session.connection()
    command.upgrade(config, revision)
