"""A file of cases: what would become of each row, and all of them entered as one import."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from automation.caselog.casebook import identity, same_review
from automation.casework.acts import resume
from automation.errors import InputError
from automation.intake import ImportReport, import_file
from automation.model import Case, Evidence, EvidenceKind, Finding, Packet, State, Store
from automation.office import Office
from automation.packet import digest
from automation.packet.covering import clean
from automation.packet.findings import Language

Sees = Callable[[Store], bool]
"""Whether somebody may enter cases for a store."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A row that would be taken. `case` is the known one that it is about, else what would enter, with number 0.

    `twin`: the line of this file that says the same before it, or 0; `differs`: the known packet is another one.
    """

    line: int
    case: Case
    new: bool
    differs: bool = False
    twin: int = 0


@dataclass(frozen=True, slots=True)
class Foresight:
    """What would become of a file: rows that are understood, and what is wrong with the others."""

    rows: tuple[Foreseen, ...]
    problems: tuple[InputError, ...]

    @property
    def withdrawn(self) -> tuple[Foreseen, ...]:
        """The rows about cases that were withdrawn, and that say what these do: they can be taken up again."""
        rows = (row for row in self.rows if not (row.new or row.differs or row.twin))
        return tuple(row for row in rows if row.case.state is State.WITHDRAWN)

    @property
    def entering(self) -> tuple[Foreseen, ...]:
        """The rows that would become cases."""
        return tuple(row for row in self.rows if row.new)


def foresee(here: Office, file: Path, *, by: str, language: Language, sees: Sees) -> Foresight:
    """Judge every row as an import would, evidence too, and keep nothing. Raises nothing for what the file holds."""
    book = _Looking(here, sees)
    report = import_file(file, log=book, packs=here.packs, by=by, language=language)
    return Foresight(tuple(book.rows), report.problems)


def import_cases(
    here: Office, file: Path, *, by: str, language: Language, sees: Sees = lambda _: True, again: bool = False
) -> tuple[ImportReport, int | None]:
    """Enter every good row: what became of each, and the number of the import; None where nothing entered.

    With `again`, cases that were withdrawn and that a row says unchanged are taken up again.
    """
    report = import_file(file, log=_Within(here, sees), packs=here.packs, by=by, language=language)
    if again:
        idle = {one.id for one in report.known if one.state is State.WITHDRAWN} - {one.id for one in report.differing}
        taken = [resume(here, one, by=by, comment="", language=language) for one in report.known if one.id in idle]
        known = tuple(one for one in report.known if one.id not in idle)
        report = replace(report, entered=(*report.entered, *taken), known=known)
    if not report.entered:
        return report, None
    return report, here.log.note_import(file.name, [case.id for case in report.entered], by=by)


@dataclass(slots=True)
class _Within:
    """The case log, as far as somebody may enter cases into it."""

    here: Office
    sees: Sees

    def stores(self) -> Sequence[Store]:
        return [store for store in self.here.log.stores() if self.sees(store)]

    def rejected_texts(self, store: str) -> Sequence[str]:
        return self.here.log.rejected_texts(store)

    def keep_evidence(
        self, source: Path, *, name: str, kind: EvidenceKind, media_type: str, caption: str, shows_at: datetime | None
    ) -> Evidence:
        return self.here.log.keep_evidence(
            source, name=name, kind=kind, media_type=media_type, caption=caption, shows_at=shows_at
        )

    def enter(
        self, packet: Packet, *, by: str, findings: Sequence[Finding], deadline: datetime | None, source: str
    ) -> tuple[Case, bool]:
        return self.here.log.enter(packet, by=by, findings=findings, deadline=deadline, source=source)


@dataclass(slots=True)
class _Looking(_Within):
    """The same, but nothing is written: evidence stays where it lies, and cases are made up."""

    rows: list[Foreseen] = field(default_factory=list)
    _named: dict[tuple[str, str, str], list[Foreseen]] = field(default_factory=dict)

    def keep_evidence(
        self, source: Path, *, name: str, kind: EvidenceKind, media_type: str, caption: str, shows_at: datetime | None
    ) -> Evidence:
        with source.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        found = Evidence(sha256, name, source.stat().st_size, media_type, kind, source, caption, shows_at)
        sent = clean(source, media_type)
        if sent is None:
            return found
        return replace(found, sha256=hashlib.sha256(sent).hexdigest(), size=len(sent), original=sha256)

    def enter(
        self, packet: Packet, *, by: str, findings: Sequence[Finding], deadline: datetime | None, source: str
    ) -> tuple[Case, bool]:
        line = int(source.rpartition(":")[2])
        known, twin = self.here.log.known(packet), self._twin(packet)
        if known is None and twin is not None:
            known = twin.case
        now = digest(packet)
        if known is not None:
            self.rows.append(
                Foreseen(line, known, new=False, differs=known.digest != now, twin=twin.line if twin else 0)
            )
            return known, False
        store = next(one for one in self.stores() if one.id == packet.store)
        state = State.DRAFT if any(one.blocks for one in findings) else State.READY
        at = datetime.now().astimezone()
        case = Case(0, store, state, packet, now, by, at, at, deadline, findings=tuple(findings))
        row = Foreseen(line, case, new=True)
        self.rows.append(row)
        for name in _names(packet):
            self._named.setdefault(name, []).append(row)
        return case, True

    def _twin(self, packet: Packet) -> Foreseen | None:
        """The row before that is about the same review."""
        near = [row for name in _names(packet) for row in self._named.get(name, ())]
        return next((row for row in near if same_review(row.case.packet.review, packet.review)), None)


def _names(packet: Packet) -> set[tuple[str, str, str]]:
    """What two rows about one review have in common."""
    review = packet.review
    return {(packet.store, packet.channel, name) for name in (identity(review), review.order_no) if name}
