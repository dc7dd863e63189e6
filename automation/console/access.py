"""Who may do what in the console, and how one gets in: a one-time link on one's own machine, or name and password."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from automation.model import Clock

LINK_LIVES: Final = timedelta(minutes=5)
SESSION_LIVES: Final = timedelta(hours=12)  # since its last use


class Role(StrEnum):
    """What a person is there for."""

    VIEWER = "viewer"
    ENTRY = "entry"
    APPROVER = "approver"
    ADMIN = "admin"


class Right(StrEnum):
    """What one may do."""

    LOOK = "look"
    ENTER = "enter"  # import, add, edit, withdraw, open the next round
    DECIDE = "decide"  # at a checkpoint, and about outcomes
    ANSWER = "answer"  # challenges, and the live view that goes with them
    MANAGE = "manage"  # accounts, stores, secrets, people, notifications


RIGHTS: Final[Mapping[Role, frozenset[Right]]] = {
    Role.VIEWER: frozenset({Right.LOOK}),
    Role.ENTRY: frozenset({Right.LOOK, Right.ENTER, Right.ANSWER}),
    Role.APPROVER: frozenset({Right.LOOK, Right.ENTER, Right.ANSWER, Right.DECIDE}),
    Role.ADMIN: frozenset(Right),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works at the console. `clients` whose cases one sees; None: everybody's."""

    name: str
    role: Role
    clients: frozenset[str] | None = None

    def may(self, right: Right) -> bool:
        """Whether the role has this right."""
        return right in RIGHTS[self.role]

    def sees(self, client: str) -> bool:
        """Whether this client's cases and stores are shown to them."""
        return self.clients is None or client in self.clients


@dataclass
class Session:
    """Somebody who is in. `csrf` goes with everything that changes something."""

    person: Person
    expires_at: datetime
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(24))


class Sessions:
    """Who is in. Kept in memory only, by the digest of what the browser holds: a restart signs everybody out."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._guard = threading.Lock()
        self._links: dict[str, tuple[Person, datetime]] = {}
        self._open: dict[str, Session] = {}

    def invite(self, person: Person) -> str:
        """A token for a link that lets this person in once, within five minutes."""
        token = secrets.token_urlsafe(32)
        with self._guard:
            self._links[_digest(token)] = (person, self._clock() + LINK_LIVES)
        return token

    def redeem(self, token: str) -> str | None:
        """The cookie of a new session, or None where the link was used, is too old, or never was."""
        with self._guard:
            person, until = self._links.pop(_digest(token), (None, None))
        if person is None or until is None or until <= self._clock():
            return None
        return self.open(person)

    def open(self, person: Person) -> str:
        """The cookie of a new session of somebody whose identity was checked."""
        cookie, now = secrets.token_urlsafe(32), self._clock()
        with self._guard:
            self._open = {key: one for key, one in self._open.items() if one.expires_at > now}
            self._open[_digest(cookie)] = Session(person, now + SESSION_LIVES)
        return cookie

    def of(self, cookie: str) -> Session | None:
        """The living session of a cookie; using it makes it live longer."""
        now = self._clock()
        with self._guard:
            session = self._open.get(_digest(cookie))
            if session is None or session.expires_at <= now:
                return None
            session.expires_at = now + SESSION_LIVES
            return session

    def close(self, cookie: str) -> None:
        """Sign out."""
        with self._guard:
            self._open.pop(_digest(cookie), None)

    def forget(self, name: str) -> None:
        """Sign a person out everywhere: who was changed or removed must come in anew."""
        with self._guard:
            self._open = {key: one for key, one in self._open.items() if one.person.name != name}


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
