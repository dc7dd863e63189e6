"""What every page works with, and how it learns who asks."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, cast

from fastapi import Depends, Request
from fastapi.requests import HTTPConnection
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from automation.casework import Titles, reread
from automation.console import paper
from automation.console.access import Person, Right, Session, Sessions
from automation.console.courier import Courier
from automation.console.phrases import reworded, why
from automation.console.signins import SignIns
from automation.console.words import preferred, say
from automation.desk import LivePage
from automation.engine import Worker
from automation.errors import AppealdeskError, InputError, PackError
from automation.model import Case, Challenge, Clock, Store
from automation.office import Office
from automation.packet.findings import Language

LANGUAGE_COOKIE = "language"


class Forbidden(Exception):
    """Somebody asks for what their role does not allow."""

    def __init__(self, right: Right) -> None:
        super().__init__(f"needs the right to {right}")
        self.right = right


@dataclass(frozen=True)
class Means:
    """The console's own means. `closing` is set once it is to end.

    `worker`: the one in this process, where there is one; `sign_ins`: those that people ask for, where work runs here;
    `secure`: behind TLS; `printing`: held while a browser prints, so that there is one at a time.
    """

    office: Office
    sessions: Sessions
    clock: Clock
    courier: Courier
    closing: asyncio.Event
    worker: Worker | None = None
    secure: bool = False
    sign_ins: SignIns | None = None
    printing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def live(self, challenge: int) -> LivePage | None:
        """The page of this process that waits for a person to answer this challenge on it, if it can be shown here."""
        page = self.worker.live(challenge) if self.worker is not None else None
        return page or (self.sign_ins.live(challenge) if self.sign_ins is not None else None)

    def unplaced(self, text: str) -> str:
        """A text without where this machine keeps the program's files."""
        home = self.office.settings.home
        return text.replace(f"{home}{os.sep}", "").replace(str(home), "…")

    def wake(self) -> None:
        """Something was decided: the worker need not wait until it looks by itself."""
        if self.worker is not None:
            self.worker.wake()


@dataclass(frozen=True)
class Visitor:
    """Whoever asks, in their language, with what answers them."""

    request: Request
    session: Session
    means: Means

    @property
    def person(self) -> Person:
        """Who it is."""
        return self.session.person

    @property
    def name(self) -> str:
        """As it is kept in the log."""
        return self.person.name

    @property
    def office(self) -> Office:
        """Case log, vault, packs, settings."""
        return self.means.office

    @property
    def now(self) -> datetime:
        """The time."""
        return self.means.clock()

    def lives(self) -> bool:
        """Whether they are still in, for what goes on for long. Asks the case log (blocking)."""
        return self.means.sessions.lives(self.session)

    @property
    def language(self) -> Language:
        """What was chosen here, else what the browser asks for."""
        return language_of(self.request)

    def t(self, name: str, /, **places: object) -> str:
        """A sentence in their language."""
        return say(self.language, name, **places)

    def why(self, error: AppealdeskError) -> str:
        """What an error says, in their language as far as that goes."""
        return self.means.unplaced(why(self.language, error))

    def worded(self, text: str) -> str:
        """What the program said anywhere, in their language as far as it is known."""
        return reworded(self.language, text)

    def case(self, number: int) -> Case:
        """A case that this person may see. Raises `InputError` for any other, as if it were not there."""
        found = self.office.log.case(number)
        if not self.person.sees(found.store.client):
            raise InputError(f"no case {number} in the case log", field="case")
        return found

    def judged(self, number: int) -> Case:
        """The same with its remarks as of now and in their language, for whoever reads or decides."""
        found = self.case(number)
        with suppress(PackError):
            return reread(self.office, found, self.language)
        return found

    def stores(self) -> list[Store]:
        """The stores that this person may see, by id."""
        return [store for store in self.office.log.stores() if self.person.sees(store.client)]

    def clients(self) -> list[str]:
        """Whose those are, by name."""
        return sorted({store.client for store in self.stores()} - {""})

    def challenge(self, number: int) -> tuple[Challenge, Store]:
        """A question of a store that this person may see, open or not; 404 for any other, as if it were not there."""
        with suppress(InputError):
            found = self.office.log.challenge(number)
            store = self.office.log.store(found.store)
            if self.person.sees(store.client):
                return found, store
        raise HTTPException(404, self.t("challenge.none", n=number))

    def page(self, template: str, *, status: int = 200, **words: Any) -> HTMLResponse:
        """A page or a part of one, in their language."""
        return paper.page(
            template, self.language, {**self._always(), **words}, status=status, headers={"vary": "accept-language"}
        )

    def _always(self) -> Mapping[str, Any]:
        return {
            "person": self.person,
            "csrf": self.session.csrf,
            "now": self.now,
            "path": self.request.url.path,
            "may": lambda right: self.person.may(Right(right)),
            "titles": Titles(self.office),
            "works": self.means.worker is not None,
        }


def language_of(request: HTTPConnection) -> Language:
    """The language of an answer."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    return cast("Language", chosen) if chosen in ("zh", "en") else preferred(request.headers.get("accept-language", ""))


def means_of(request: HTTPConnection) -> Means:
    """The application's means."""
    return cast("Means", request.app.state.means)


def needs(right: Right) -> Any:
    """A dependency: whoever asks, if they have this right."""

    def visitor(request: HTTPConnection) -> Visitor:
        session: Session = request.state.session  # the gate lets nobody else through
        if not session.person.may(right):
            raise Forbidden(right)
        # Of a web socket, there is nothing but what it has in common with a request.
        return Visitor(cast("Request", request), session, means_of(request))

    return Depends(visitor)


Looker = Annotated[Visitor, needs(Right.LOOK)]
Clerk = Annotated[Visitor, needs(Right.ENTER)]
Decider = Annotated[Visitor, needs(Right.DECIDE)]
Answerer = Annotated[Visitor, needs(Right.ANSWER)]
Manager = Annotated[Visitor, needs(Right.MANAGE)]
Overseer = Annotated[Visitor, needs(Right.OVERSEE)]


def go(path: str) -> Response:
    """After something was done: show what it came to."""
    return Response(status_code=303, headers={"location": path})
