"""Evidence, as the log's public face has it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from automation.caselog.part import Part
from automation.caselog.tables import EvidenceRow
from automation.errors import CaseLogError, ChainBroken
from automation.model import Evidence, EvidenceKind


class KeptEvidence(Part):
    """Files by their digest."""

    def keep_evidence(
        self,
        source: Path,
        *,
        name: str,
        kind: EvidenceKind,
        media_type: str,
        caption: str = "",
        shows_at: datetime | None = None,
    ) -> Evidence:
        """Copy a file in by the SHA-256 of its bytes. Raises `InputError` if it cannot be read."""
        sha256, size = self._evidence.keep(source)
        return Evidence(
            sha256=sha256,
            name=name,
            size=size,
            media_type=media_type,
            kind=kind,
            path=self._evidence.path(sha256),
            caption=caption,
            shows_at=shows_at,
        )

    def check_evidence(self, evidence: Evidence) -> None:
        """Hash the kept bytes again. Raises `CaseLogError` naming the file if they are missing or changed."""
        self._evidence.check(evidence.sha256, evidence.name)

    def verify_evidence(self) -> int:
        """Hash every file that any packet ever held, of earlier rounds and revisions too; returns how many.

        Raises `ChainBroken` naming the first that is missing or changed.
        """
        with self._db.reading() as session:
            kept = {row.sha256: row.name for row in session.execute(sa.select(EvidenceRow.sha256, EvidenceRow.name))}
        for sha256, name in kept.items():
            try:
                self._evidence.check(sha256, name)
            except CaseLogError as error:
                raise ChainBroken(error.message, row=f"evidence {sha256}") from error
        return len(kept)
