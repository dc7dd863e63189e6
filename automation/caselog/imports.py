"""Imports: which cases entered together, from which file, and how all of them are taken back while untouched."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from automation.caselog import casebook
from automation.caselog.casebook import Entry
from automation.caselog.part import Part
from automation.caselog.tables import ApprovalRow, CaseRow, EventRow
from automation.errors import InputError, TransitionRefused
from automation.model import State

IMPORTED: Final = "imported"
UNDONE: Final = "import_undone"
_AS_ENTERED: Final = frozenset({State.DRAFT, State.READY})
_AT_ONCE: Final = 500  # ids in one question to the database


@dataclass(frozen=True, slots=True)
class Import:
    """Cases that entered together. `untouched` of them are still as they entered; `clients` whose they are."""

    number: int
    file: str
    by: str
    at: datetime
    cases: tuple[int, ...]
    untouched: tuple[int, ...]
    clients: frozenset[str]


class Imports(Part):
    """Imports, as events: they change no row."""

    def note_import(self, file: str, cases: Sequence[int], *, by: str) -> int:
        """Note that these cases entered together; the import's number, counted from 1."""
        with self._db.writing() as writing:
            number = 1 + max((row.data["number"] for row in _events(writing.session, IMPORTED)), default=0)
            writing.event(IMPORTED, by=by, data={"number": number, "file": file, "cases": list(cases)})
            return number

    def imports(self, *, limit: int | None = None) -> list[Import]:
        """The newest first."""
        with self._db.reading() as session:
            rows = list(_events(session, IMPORTED))[:limit]
            return [self._as_noted(session, row) for row in rows]

    def undo_import(self, number: int, *, by: str, note: str) -> list[int]:
        """Withdraw the cases of an import that are as they entered; all others stay. Returns the withdrawn ones.

        Raises `InputError` for an unknown number, `TransitionRefused` where not one of them is as it entered.
        """
        with self._db.writing() as writing:
            row = next((one for one in _events(writing.session, IMPORTED) if one.data["number"] == number), None)
            if row is None:
                raise InputError(f"there is no import {number}", field="case")
            untouched = [one for one in self._entries(writing.session, row.data["cases"]) if _untouched(one)]
            decided = _decided(writing.session, [one.row.id for one in untouched])
            untouched = [one for one in untouched if one.row.id not in decided]
            if not untouched:
                raise TransitionRefused(f"import {number}: none of its cases is as it entered")
            for entry in untouched:
                said = casebook.step(writing, entry, State.WITHDRAWN, note=note)
                writing.event("moved", by=by, case=entry.row.id, **said)
            withdrawn = [entry.row.id for entry in untouched]
            writing.event(UNDONE, by=by, data={"number": number, "cases": withdrawn})
            return withdrawn

    def _as_noted(self, session: Session, row: EventRow) -> Import:
        entries = list(self._entries(session, row.data["cases"]))
        untouched = [one.row.id for one in entries if _untouched(one)]
        decided = _decided(session, untouched)
        return Import(
            number=row.data["number"],
            file=row.data["file"],
            by=row.by_whom,
            at=row.at,
            cases=tuple(row.data["cases"]),
            untouched=tuple(one for one in untouched if one not in decided),
            clients=frozenset(one.store_row.client for one in entries),
        )

    def _entries(self, session: Session, cases: Sequence[int]) -> Iterator[Entry]:
        for at in range(0, len(cases), _AT_ONCE):
            yield from list(casebook.entries(session, self._evidence, CaseRow.id.in_(cases[at : at + _AT_ONCE])))


def _untouched(entry: Entry) -> bool:
    return entry.state in _AS_ENTERED and (entry.row.round, entry.row.revision) == (1, 1)


def _decided(session: Session, cases: Sequence[int]) -> Collection[int]:
    """Those about which somebody decided something, whatever became of it."""
    found: set[int] = set()
    for at in range(0, len(cases), _AT_ONCE):
        wanted = ApprovalRow.case_id.in_(cases[at : at + _AT_ONCE])
        found.update(session.scalars(sa.select(ApprovalRow.case_id).where(wanted)))
    return found


def _events(session: Session, kind: str) -> Iterator[EventRow]:
    """The newest first. They are no case's, which is what the index is by: all the others are never read."""
    yield from session.scalars(
        sa.select(EventRow).where(EventRow.case_id.is_(None), EventRow.kind == kind).order_by(EventRow.seq.desc())
    )
