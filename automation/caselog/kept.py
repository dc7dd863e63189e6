"""Evidence, as the log's public face has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from automation.box import Box
from automation.caselog.part import Part
from automation.caselog.tables import EvidenceRow
from automation.errors import CaseLogError, ChainBroken, InputError
from automation.model import Evidence, EvidenceKind
from automation.packet.covering import COVERABLE, clean, covered


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
        suggested: Sequence[Box] = (),
    ) -> Evidence:
        """Copy a file in by the SHA-256 of its bytes; of a picture that carries notes, a copy without them is sent.

        `suggested`: parts that somebody may want to cover. Raises `InputError` if it cannot be read.
        """
        sha256, size = self._evidence.keep(source)
        path = self._evidence.path(sha256)
        kept = Evidence(sha256, name, size, media_type, kind, path, caption, shows_at, suggested=tuple(suggested))
        return self._sent(kept, clean(path, media_type))

    def cover_evidence(self, evidence: Evidence, boxes: Sequence[Box]) -> Evidence:
        """The piece with these boxes covered in place of others; with none, as it was before any were.

        Begins from the original. Raises `InputError` for a file or a box that cannot be covered, `CaseLogError` where
        the original is missing or changed.
        """
        source = self.original(evidence)
        if evidence.media_type not in COVERABLE:
            raise InputError(f"nothing can be covered in {evidence.name!r}: it is no picture", field="box")
        content = covered(source.read_bytes(), boxes) if boxes else clean(source, evidence.media_type)
        sha256 = evidence.original or evidence.sha256
        bare = replace(evidence, sha256=sha256, size=source.stat().st_size, path=source, original="")
        return replace(self._sent(bare, content), boxes=tuple(boxes))

    def _sent(self, evidence: Evidence, content: bytes | None) -> Evidence:
        """The piece with other bytes to be sent in its place, if there are any."""
        if content is None:
            return evidence
        sha256, size = self._evidence.keep_bytes(content)
        if sha256 == evidence.sha256:
            return evidence
        path = self._evidence.path(sha256)
        return replace(evidence, sha256=sha256, size=size, path=path, original=evidence.sha256)

    def original(self, evidence: Evidence) -> Path:
        """Where the file lies as it was handed in. Raises `CaseLogError` where it is missing or changed."""
        sha256 = evidence.original or evidence.sha256
        self._evidence.check(sha256, evidence.name)
        return self._evidence.path(sha256)

    def check_evidence(self, evidence: Evidence) -> None:
        """Hash the kept bytes again. Raises `CaseLogError` naming the file if they are missing or changed."""
        self._evidence.check(evidence.sha256, evidence.name)

    def verify_evidence(self) -> int:
        """Hash every file that any packet ever held, of earlier rounds too, and their originals; returns how many.

        Raises `ChainBroken` naming the first that is missing or changed.
        """
        with self._db.reading() as session:
            rows = session.execute(sa.select(EvidenceRow.sha256, EvidenceRow.original, EvidenceRow.name))
            kept = {sha256: name for sent, original, name in rows for sha256 in (sent, original) if sha256}
        for sha256, name in kept.items():
            try:
                self._evidence.check(sha256, name)
            except CaseLogError as error:
                raise ChainBroken(error.message, row=f"evidence {sha256}") from error
        return len(kept)
