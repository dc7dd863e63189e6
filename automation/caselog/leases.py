"""Leases with fencing tokens: who has lost one cannot write any more, however late he notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from automation.caselog.chain import seal
from automation.caselog.database import Writing
from automation.caselog.part import Part
from automation.caselog.tables import LeaseRow
from automation.errors import InputError, LeaseLost

_GONE: Final = datetime(1970, 1, 1, tzinfo=UTC)  # before any time to which a clock is set back


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on a resource (`account:ID`, `case:ID`) until a time; a later lease has a higher token."""

    resource: str
    worker: str
    token: int
    expires_at: datetime


class Leases(Part):
    """Who works on what."""

    def take_lease(self, resource: str, *, worker: str, seconds: float) -> Lease | None:
        """Take it if nobody holds it, not even the same worker; else None."""
        until = _span(seconds)
        with self._db.writing() as writing:
            row = writing.session.get(LeaseRow, resource)
            if row is None:
                row = LeaseRow(resource=resource, worker=worker, token=0, expires_at=writing.now, seal="")
                writing.session.add(row)
            elif row.expires_at > writing.now:
                return None
            row.worker, row.token, row.expires_at = worker, row.token + 1, writing.now + until
            return _sealed(writing, row)

    def leases(self) -> list[Lease]:
        """Those that hold now."""
        now = self._clock()
        with self._db.reading() as session:
            rows = session.scalars(sa.select(LeaseRow).where(LeaseRow.expires_at > now).order_by(LeaseRow.resource))
            return [Lease(row.resource, row.worker, row.token, row.expires_at) for row in rows]

    def renew(self, lease: Lease, seconds: float) -> Lease:
        """Hold it for so many seconds from now on. Raises `LeaseLost`, also when it ran out and nobody took it."""
        until = _span(seconds)
        with self._db.writing() as writing:
            row = current(writing, lease)
            row.expires_at = writing.now + until
            return _sealed(writing, row)

    def drop(self, lease: Lease) -> None:
        """Give it back; a lost one is no matter."""
        with self._db.writing() as writing:
            row = writing.session.get(LeaseRow, lease.resource)
            if row is not None and row.token == lease.token and row.expires_at > writing.now:
                row.expires_at = _GONE
                _sealed(writing, row)


def current(writing: Writing, lease: Lease) -> LeaseRow:
    """The row of a lease that still holds. Raises `LeaseLost`."""
    row = writing.session.get(LeaseRow, lease.resource)
    if row is None or row.token != lease.token:
        raise LeaseLost(f"{lease.resource} is held by {row.worker if row else 'nobody'}, no longer by {lease.worker}")
    if row.expires_at <= writing.now:
        raise LeaseLost(f"the lease of {lease.worker} on {lease.resource} ran out at {row.expires_at:%H:%M:%S} UTC")
    return row


def alive(session: Session, resource: str, now: datetime) -> bool:
    """Whether anybody holds it."""
    row = session.get(LeaseRow, resource)
    return row is not None and row.expires_at > now


def _span(seconds: float) -> timedelta:
    if seconds <= 0:
        raise InputError(f"a lease of {seconds} seconds holds nothing", field="seconds")
    return timedelta(seconds=seconds)


def _sealed(writing: Writing, row: LeaseRow) -> Lease:
    row.seal = seal(row, writing.session.get_bind().dialect)
    writing.session.flush()
    return Lease(resource=row.resource, worker=row.worker, token=row.token, expires_at=row.expires_at)
