"""Challenges: typed questions about one account's sign-in. Answers are ciphertext, read once and gone."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from automation.caselog.chain import seal
from automation.caselog.database import Writing
from automation.caselog.part import Part
from automation.caselog.private import private_folder, put_in_place, write_aside
from automation.caselog.registers import store_row
from automation.caselog.tables import AnswerRow, ChallengeRow
from automation.errors import CaseLogError, InputError
from automation.model import Challenge, Medium

_EXPIRED: Final = "expired"


class Challenges(Part):
    """What people are asked."""

    def open_challenge(
        self,
        account: str,
        store: str,
        medium: Medium,
        *,
        destination: str = "",
        prompt: str = "",
        picture: bytes | None = None,
        seconds: float,
        by: str = "sign-in",
    ) -> Challenge:
        """Ask. An older open question of the same account is replaced. Raises `InputError` for an unknown store."""
        with self._db.writing() as writing:
            if store_row(writing.session, store).account != account:
                raise InputError(f"store {store!r} is not reached by account {account!r}", field="store")
            for older in writing.session.scalars(
                sa.select(ChallengeRow).where(ChallengeRow.account == account, ChallengeRow.closed == "")
            ):
                self._close(writing, older, "replaced" if older.expires_at > writing.now else _EXPIRED)
            row = ChallengeRow(
                account=account,
                store=store,
                medium=medium,
                asked_at=writing.now,
                expires_at=writing.now + timedelta(seconds=seconds),
                destination=destination,
                prompt=prompt,
                closed="",
            )
            writing.session.add(row)
            writing.session.flush()
            if picture is not None:
                self._keep_picture(row.id, picture)
            writing.event("challenge_opened", by=by, challenge=row.id, account=account, store=store, medium=medium)
            return self._read(row, writing.now)

    def show_picture(self, challenge_id: int, picture: bytes) -> None:
        """Replace what the person sees (PNG). Raises `InputError`, or `CaseLogError` once it is closed."""
        with self._db.reading() as session:
            _open(session, challenge_id, self._clock())
        self._keep_picture(challenge_id, picture)

    def challenges(self, *, open_only: bool = True) -> list[Challenge]:
        """Oldest first."""
        now, wanted = self._clock(), sa.select(ChallengeRow).order_by(ChallengeRow.id)
        if open_only:
            wanted = wanted.where(ChallengeRow.closed == "", ChallengeRow.expires_at > now)
        with self._db.reading() as session:
            return [self._read(row, now) for row in session.scalars(wanted)]

    def challenge(self, challenge_id: int) -> Challenge:
        """One, open or not. Raises `InputError` for an unknown one."""
        with self._db.reading() as session:
            return self._read(_row(session, challenge_id), self._clock())

    def answer_challenge(self, challenge_id: int, *, store: str, sealed: str, by: str) -> None:
        """Answer it, for the store that it is about; the newest answer counts. `sealed` is ciphertext.

        Raises `InputError` for an unknown one, `CaseLogError` for another store's, a closed or an expired one.
        """
        with self._db.writing() as writing:
            row = _open(writing.session, challenge_id, writing.now)
            if row.store != store:
                raise CaseLogError(
                    f"challenge {challenge_id} is not about store {store!r}", hint="look at the open challenges again"
                )
            answer = writing.session.get(AnswerRow, challenge_id)
            if answer is None:
                answer = AnswerRow(challenge_id=challenge_id, sealed="", seal="")
                writing.session.add(answer)
            answer.sealed = sealed
            answer.seal = seal(answer, writing.session.get_bind().dialect)
            writing.event("challenge_answered", by=by, challenge=challenge_id, store=store)

    def take_answer(self, challenge_id: int) -> str | None:
        """The newest answer not taken yet, still sealed; it is deleted."""
        with self._db.reading() as session:
            if session.get(AnswerRow, challenge_id) is None:
                return None
        with self._db.writing() as writing:
            answer = writing.session.get(AnswerRow, challenge_id)
            if answer is None:
                return None
            writing.session.delete(answer)
            return answer.sealed

    def close_challenge(self, challenge_id: int, how: str, *, by: str = "sign-in") -> None:
        """End it: answered, replaced, expired, done, given up. A closed one stays as it is."""
        with self._db.writing() as writing:
            row = _row(writing.session, challenge_id)
            if not row.closed:
                self._close(writing, row, how)
                writing.event("challenge_closed", by=by, challenge=challenge_id, how=how)

    def _close(self, writing: Writing, row: ChallengeRow, how: str) -> None:
        row.closed = how
        answer = writing.session.get(AnswerRow, row.id)
        if answer is not None:
            writing.session.delete(answer)
        self._picture(row.id).unlink(missing_ok=True)  # a QR code lets whoever scans it in

    def _picture(self, challenge_id: int) -> Path:
        return self._home / "challenges" / f"{challenge_id}.png"

    def _keep_picture(self, challenge_id: int, picture: bytes) -> None:
        path = self._picture(challenge_id)
        aside, _digest, _size = write_aside(private_folder(path.parent), [picture])
        put_in_place(aside, path)

    def _read(self, row: ChallengeRow, now: datetime) -> Challenge:
        picture = self._picture(row.id)
        return Challenge(
            id=row.id,
            account=row.account,
            store=row.store,
            medium=Medium(row.medium),
            asked_at=row.asked_at,
            expires_at=row.expires_at,
            destination=row.destination,
            prompt=row.prompt,
            picture=picture if picture.exists() else None,
            closed=row.closed or (_EXPIRED if row.expires_at <= now else ""),
        )


def _row(session: Session, challenge_id: int) -> ChallengeRow:
    row = session.get(ChallengeRow, challenge_id)
    if row is None:
        raise InputError(f"no challenge {challenge_id} in the case log", field="challenge")
    return row


def _open(session: Session, challenge_id: int, now: datetime) -> ChallengeRow:
    row = _row(session, challenge_id)
    if row.closed or row.expires_at <= now:
        raise CaseLogError(
            f"challenge {challenge_id} is closed: {row.closed or _EXPIRED}", hint="wait for the next one"
        )
    return row
