"""How one gets in, and stays in: a one-time link on one's own machine, name and password in a team, a program's token.

Sessions and links are kept in memory only, by the digest of what the browser holds: a restart signs everybody out.
"""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from automation.casework.keys import digest
from automation.console.throttle import Throttle
from automation.model import Clock
from automation.person import Person, Right, Role

__all__ = ["LINK_LIVES", "SESSION_LIVES", "SESSION_LONGEST", "Person", "Right", "Role", "Roll", "Session", "Sessions"]

LINK_LIVES: Final = timedelta(minutes=5)
SESSION_LIVES: Final = timedelta(hours=12)  # since its last use
SESSION_LONGEST: Final = timedelta(hours=24)  # however much it is used


class Roll(Protocol):
    """Who belongs to the team; the case log is one."""

    def standing(self, name: str) -> str:
        """What any change of a person's role, clients or password changes; "" for whoever is not there."""

    def bearer(self, digest: str) -> Person | None:
        """Whose token has this digest."""


@dataclass
class Session:
    """Somebody who is in. `csrf` goes with everything that changes something.

    `standing` is the person's when they came in by name: the session lives no longer than that, nor beyond `ends_at`.
    """

    person: Person
    expires_at: datetime
    ends_at: datetime
    standing: str = ""
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(24))


class Sessions:
    """Who is in, and who tries to come in. Thread-safe."""

    def __init__(self, clock: Clock, roll: Roll | None = None) -> None:
        self.throttle = Throttle(clock)
        self._clock = clock
        self._roll = roll
        self._guard = threading.Lock()
        self._links: dict[str, tuple[Person, datetime]] = {}
        self._open: dict[str, Session] = {}

    def invite(self, person: Person) -> str:
        """A token for a link that lets this person in once, within five minutes."""
        token = secrets.token_urlsafe(32)
        with self._guard:
            self._links[digest(token)] = (person, self._clock() + LINK_LIVES)
        return token

    def redeem(self, token: str) -> str | None:
        """The cookie of a new session, or None where the link was used, is too old, or never was."""
        with self._guard:
            person, until = self._links.pop(digest(token), (None, None))
        if person is None or until is None or until <= self._clock():
            return None
        return self.open(person)

    def open(self, person: Person, *, standing: str = "") -> str:
        """The cookie of a new session of somebody whose identity was checked; `standing` as the roll said it then."""
        cookie, now = secrets.token_urlsafe(32), self._clock()
        with self._guard:
            self._open = {key: one for key, one in self._open.items() if one.expires_at > now}
            self._open[digest(cookie)] = Session(person, now + SESSION_LIVES, now + SESSION_LONGEST, standing)
        return cookie

    def of(self, cookie: str) -> Session | None:
        """The living session of a cookie; using it makes it live longer. Asks the roll (blocking)."""
        with self._guard:
            session = self._open.get(digest(cookie))
        if session is None or not self.lives(session):
            return None
        with self._guard:
            if digest(cookie) not in self._open:
                return None  # it was ended while the roll was asked
            session.expires_at = min(self._clock() + SESSION_LIVES, session.ends_at)
        return session

    def lives(self, session: Session) -> bool:
        """Whether a session still counts, for what goes on for long without its cookie. Asks the roll (blocking)."""
        if session.standing and self._roll is not None and self._roll.standing(session.person.name) != session.standing:
            session.expires_at = self._clock()
        return session.expires_at > self._clock()

    def bearer(self, token: str) -> Session | None:
        """A program that shows its token, for one request. Asks the roll (blocking)."""
        person = self._roll.bearer(digest(token)) if self._roll is not None else None
        now = self._clock()
        return Session(person, now + SESSION_LIVES, now + SESSION_LONGEST) if person is not None else None

    def close(self, cookie: str) -> None:
        """Sign out. What still runs for the session, such as its news, ends as well."""
        with self._guard:
            session = self._open.pop(digest(cookie), None)
            if session is not None:
                session.expires_at = self._clock()

    def forget(self, name: str) -> None:
        """Sign a person out everywhere: who was changed or removed must come in anew."""
        with self._guard:
            for key, session in list(self._open.items()):
                if session.person.name == name:
                    session.expires_at = self._clock()
                    del self._open[key]
