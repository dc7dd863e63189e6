"""Questions of sign-ins: a box for a code, a QR code to be scanned, the page itself where only hands help.

What is asked changes by itself: pages ask how a question stands, and get nothing while it stands as they show it.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form
from pydantic import StringConstraints
from starlette.exceptions import HTTPException
from starlette.responses import Response

from automation.console.inbox import challenges_for
from automation.console.means import Answerer, Looker, Visitor, go
from automation.desk import LENT
from automation.engine.desk import answer as give
from automation.errors import CaseLogError
from automation.model import Challenge, Medium, Store

Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]

router = APIRouter(prefix="/challenges")


@router.get("")
def listed(visitor: Looker) -> Response:
    """The open questions, the one that expires first on top."""
    stores = {store.id: store for store in visitor.office.log.stores()}
    asked = [(one, stores[one.store], _prompt(one)) for one in challenges_for(visitor)]
    return visitor.page("challenges.html", asked=asked)


@router.get("/{number}")
def challenge(visitor: Looker, number: int, given: bool = False) -> Response:
    """One question, or how it ended. `given`: an answer was given just now."""
    return _show(visitor, number, told=visitor.t("challenge.given") if given else "")


@router.get("/{number}/standing")
def standing(visitor: Looker, number: int, seen: str = "") -> Response:
    """The part of the page that changes by itself; nothing (204) while it stands as it was `seen`."""
    asked, store = visitor.challenge(number)
    if _version(visitor, asked) == seen:
        return Response(status_code=204)
    return visitor.page("challenge_body.html", **_words(visitor, asked, store))


@router.post("/{number}/answer")
def answer(visitor: Answerer, number: int, store: Annotated[str, Form()], code: Annotated[Code, Form()]) -> Response:
    """Give the code that was asked for, for the store that was shown; the worker goes on at once."""
    visitor.challenge(number)
    office = visitor.office
    try:
        give(office.log, office.vault, number, store=store, text=code, by=visitor.name)
    except CaseLogError as error:
        return _show(visitor, number, wrong=visitor.t("challenge.not_taken", why=visitor.why(error)), status=409)
    visitor.means.wake()
    return go(f"/challenges/{number}?given=true")


@router.get("/{number}/picture")
def picture(visitor: Answerer, number: int) -> Response:
    """The QR code as it is now: whoever scans it is in, so only those see it who may answer."""
    asked, _ = visitor.challenge(number)
    try:
        data = asked.picture.read_bytes() if asked.picture is not None and not asked.closed else b""
    except FileNotFoundError:  # the question closed meanwhile
        data = b""
    if not data:
        raise HTTPException(404, visitor.t("challenge.no_picture"))
    return Response(data, media_type="image/png", headers={"cache-control": "no-store"})


def _show(visitor: Visitor, number: int, *, told: str = "", wrong: str = "", status: int = 200) -> Response:
    words = _words(visitor, *visitor.challenge(number))
    return visitor.page("challenge.html", status=status, told=told, wrong=wrong, **words)


def _words(visitor: Visitor, asked: Challenge, store: Store) -> dict[str, Any]:
    newer = next((one for one in challenges_for(visitor) if one.account == asked.account and one.id != asked.id), None)
    return {
        "one": asked,
        "store": store,
        "seen": _version(visitor, asked),
        "newer": newer.id if newer is not None and asked.closed else None,
        "prompt": _prompt(asked),
        "scanned": asked.medium is Medium.QR,
        "lent": _lent(visitor, asked),
    }


def _prompt(asked: Challenge) -> str:
    """Without what is said to those who are not at the console."""
    return asked.prompt.removesuffix(LENT).strip()


def _version(visitor: Visitor, asked: Challenge) -> str:
    """Changes whenever the page must show something else than before."""
    try:
        pictured = asked.picture.stat().st_mtime_ns if asked.picture is not None else 0
    except FileNotFoundError:  # the question closed meanwhile
        pictured = 0
    return f"{asked.closed.replace(' ', '_')}-{pictured}-{_lent(visitor, asked):d}"


def _lent(visitor: Visitor, asked: Challenge) -> bool:
    """Whether the page that waits can be shown here."""
    return visitor.means.live(asked.id) is not None
