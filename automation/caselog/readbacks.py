"""Read-backs: what the filled form showed, kept for the form checkpoint."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from automation.caselog import casebook, documents
from automation.caselog.casebook import RECEIPT, Entry
from automation.caselog.evidence import EvidenceFolder
from automation.caselog.leases import Lease
from automation.caselog.part import Part
from automation.caselog.tables import CaseRow, IntentRow, ReadBackRow
from automation.model import ReadBack, State


@dataclass(frozen=True, slots=True)
class KeptReadBack:
    """A read-back with its digest, the picture taken then (kept like evidence), and the digest of its pack."""

    read_back: ReadBack
    digest: str
    screenshot: Path | None
    at: datetime
    pack_digest: str


class ReadBacks(Part):
    """What forms showed."""

    def keep_read_back(
        self,
        case_id: int,
        read_back: ReadBack,
        *,
        digest: str,
        screenshot: Path | None,
        pack_digest: str,
        lease: Lease,
    ) -> None:
        """Keep what the prepared form shows; the case waits for the form checkpoint then.

        Raises `TransitionRefused`, `LeaseLost`, or `InputError` if the screenshot cannot be read.
        """
        picture = "" if screenshot is None else self._evidence.keep(screenshot)[0]
        with self._db.writing() as writing:
            entry = casebook.find(writing.session, self._evidence, case_id)
            casebook.hold(writing, lease, entry)
            said = casebook.step(writing, entry, State.PREPARED)
            writing.session.add(
                ReadBackRow(
                    case_id=case_id,
                    round=entry.row.round,
                    channel=entry.packet.channel,
                    packet_digest=entry.digest,
                    digest=digest,
                    pack_digest=pack_digest,
                    at=writing.now,
                    screenshot=picture,
                    shown=documents.document(read_back),
                )
            )
            writing.event("read_back_kept", by=lease.worker, case=case_id, digest=digest, screenshot=picture, **said)

    def read_back(self, case_id: int) -> KeptReadBack | None:
        """The newest one of the packet as it is now."""
        with self._db.reading() as session:
            row = newest(session, casebook.find(session, self._evidence, case_id))
            return None if row is None else kept_of(row, self._evidence)

    def form_seen(self, case_id: int, pack_digest: str, *, fields: Collection[str] | None = None) -> bool:
        """Whether a person once approved such a form, and the platform took it.

        Such a form: same store, channel and pack digest, and the same set of other fields: `fields` where the form
        was read already, else those of the case's own read-back, else of any.
        """
        with self._db.reading() as session:
            entry = casebook.find(session, self._evidence, case_id)
            own = newest(session, entry)
            wanted = fields if fields is not None or own is None else own.shown["fields"]
            approved = session.scalars(
                sa.select(ReadBackRow)
                .join(
                    IntentRow,
                    sa.and_(
                        IntentRow.case_id == ReadBackRow.case_id,
                        IntentRow.round == ReadBackRow.round,
                        IntentRow.read_back_digest == ReadBackRow.digest,
                    ),
                )
                .join(CaseRow, CaseRow.id == ReadBackRow.case_id)
                .where(
                    IntentRow.ended == RECEIPT,
                    IntentRow.form_approval.is_not(None),
                    CaseRow.store == entry.row.store,
                    ReadBackRow.channel == entry.packet_row.channel,
                    ReadBackRow.pack_digest == pack_digest,
                )
            )
            return any(wanted is None or set(row.shown["fields"]) == set(wanted) for row in approved)


def kept_of(row: ReadBackRow, folder: EvidenceFolder) -> KeptReadBack:
    """A row as the word."""
    return KeptReadBack(
        read_back=documents.read_back(row.shown),
        digest=row.digest,
        screenshot=folder.path(row.screenshot) if row.screenshot else None,
        at=row.at,
        pack_digest=row.pack_digest,
    )


def newest(session: Session, entry: Entry) -> ReadBackRow | None:
    """The newest read-back of the packet as it is now."""
    return session.scalar(
        sa.select(ReadBackRow)
        .where(ReadBackRow.case_id == entry.row.id, ReadBackRow.packet_digest == entry.digest)
        .order_by(ReadBackRow.id.desc())
        .limit(1)
    )
