"""People who come in by name: role, clients, and what proves who they are, of which only digests are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from automation.caselog.chain import sha256
from automation.caselog.part import Part
from automation.caselog.tables import PLAIN_JSON, PersonRow
from automation.errors import InputError
from automation.person import Person, Role


@dataclass(frozen=True, slots=True)
class Member:
    """A person as lists show them. `since`: when they were entered."""

    person: Person
    since: datetime
    has_password: bool
    has_token: bool


class People(Part):
    """Who may come in. Every change is an event; none of them holds a password, a token or a digest of one."""

    def put_person(self, person: Person, *, by: str) -> None:
        """Enter a person, or change role and clients of one."""
        clients = None if person.clients is None else sorted(person.clients)
        with self._db.writing() as writing:
            row = writing.session.get(PersonRow, person.name)
            if row is None:
                row = PersonRow(
                    name=person.name, role=person.role, clients=clients, password="", token="", since=writing.now
                )
                writing.session.add(row)
            elif (row.role, row.clients) == (person.role, clients):
                return
            row.role, row.clients = str(person.role), clients
            writing.event("person_put", by=by, name=person.name, role=str(person.role), clients=clients)

    def member(self, name: str) -> Member:
        """Raises `InputError` for an unknown name."""
        with self._db.reading() as session:
            return _member(_row(session, name))

    def people(self) -> list[Member]:
        """All, by name."""
        with self._db.reading() as session:
            return [_member(row) for row in session.scalars(sa.select(PersonRow).order_by(PersonRow.name))]

    def remove_person(self, name: str, *, by: str) -> None:
        """They come in no more; what they did stays theirs. Raises `InputError` for an unknown name."""
        with self._db.writing() as writing:
            writing.session.delete(_row(writing.session, name))
            writing.event("person_removed", by=by, name=name)

    def set_password(self, name: str, hashed: str, *, by: str, only_from: str | None = None) -> None:
        """Keep the hash of a password; "" takes the password away. Raises `InputError` for an unknown name.

        With `only_from`, nothing happens where the hash is another one by now.
        """
        with self._db.writing() as writing:
            row = _row(writing.session, name)
            if row.password == hashed or only_from not in (None, row.password):
                return
            row.password = hashed
            writing.event("person_password", by=by, name=name, kept=bool(hashed))

    def password_hash(self, name: str) -> str:
        """The kept hash; "" for whoever has none, and for an unknown name."""
        with self._db.reading() as session:
            row = session.get(PersonRow, name)
            return row.password if row is not None else ""

    def is_team(self) -> bool:
        """Whether anybody comes in by a password."""
        with self._db.reading() as session:
            return session.scalar(sa.select(PersonRow.name).where(PersonRow.password != "").limit(1)) is not None

    def set_token(self, name: str, digest: str, *, by: str) -> None:
        """Keep the digest of the token of a person's programs, in place of an older one; "" takes it away.

        Raises `InputError` for an unknown name.
        """
        with self._db.writing() as writing:
            row = _row(writing.session, name)
            if row.token != digest:
                row.token = digest
                writing.event("person_token", by=by, name=name, kept=bool(digest))

    def bearer(self, digest: str) -> Person | None:
        """Whose programs have the token with this digest."""
        with self._db.reading() as session:
            row = session.scalar(sa.select(PersonRow).where(PersonRow.token == digest)) if digest else None
            return _person(row) if row is not None else None

    def standing(self, name: str) -> str:
        """A digest that any change of role, clients or password changes; "" for whoever is not there."""
        with self._db.reading() as session:
            row = session.get(PersonRow, name)
            return sha256(PLAIN_JSON([row.role, row.clients, row.password])) if row is not None else ""


def _row(session: Session, name: str) -> PersonRow:
    row = session.get(PersonRow, name)
    if row is None:
        raise InputError(f"no person {name!r} in the case log", field="person", hint="see: appealdesk person list")
    return row


def _person(row: PersonRow) -> Person:
    return Person(row.name, Role(row.role), None if row.clients is None else frozenset(row.clients))


def _member(row: PersonRow) -> Member:
    return Member(_person(row), row.since, bool(row.password), bool(row.token))
