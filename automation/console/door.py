"""The way in and out: a one-time link on one's own machine, name and password in a team; and the language of it all."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from automation.casework.people import recognise
from automation.console import paper
from automation.console.access import SESSION_LIVES
from automation.console.gate import cookie_name
from automation.console.means import LANGUAGE_COOKIE, Means, go, language_of, means_of
from automation.packet.findings import Language

_YEAR: Final = 365 * 24 * 3600  # seconds
_LONGEST: Final = 1000  # characters of a name or password that are looked at

router = APIRouter()


@router.get("/enter")
def enter(request: Request, token: str = "") -> Response:
    """The door. A one-time link lets in; its token is not in any address after that."""
    means = means_of(request)
    cookie = means.sessions.redeem(token) if token else None
    if cookie is None:
        return _door(request, 401 if token else 200, wrong="enter.used" if token else "")
    return _let_in(request, means, cookie)


@router.post("/enter")
def sign_in(
    request: Request,
    name: Annotated[str, Form(max_length=_LONGEST)] = "",
    password: Annotated[str, Form(max_length=_LONGEST)] = "",
) -> Response:
    """Let somebody of the team in. Neither the answer nor its time tells whether there is such a name."""
    means, from_where = means_of(request), peer(request)
    throttle = means.sessions.throttle
    wait = throttle.admit(name, from_where)
    if wait:
        answer = _door(request, 429, wrong="enter.too_often", name=name)
        answer.headers["retry-after"] = str(int(wait.total_seconds()) + 1)
        return answer
    known = recognise(means.office, name, password)
    if known is None:
        return _door(request, 401, wrong="enter.wrong", name=name)
    throttle.succeeded(name, from_where)
    person, standing = known
    return _let_in(request, means, means.sessions.open(person, standing=standing))


def _let_in(request: Request, means: Means, cookie: str) -> Response:
    """With a new cookie each time: whoever planted an old one has nothing of it."""
    name = cookie_name(secure=means.secure)
    means.sessions.close(request.cookies.get(name, ""))
    answer = go("/")
    most = int(SESSION_LIVES.total_seconds())
    answer.set_cookie(name, cookie, max_age=most, httponly=True, samesite="strict", secure=means.secure)
    return answer


def _door(request: Request, status: int, *, wrong: str = "", name: str = "") -> Response:
    team = means_of(request).office.log.is_team()
    words = {"wrong": wrong, "name": name, "team": team}
    return paper.page("enter.html", language_of(request), words, status=status, headers={"vary": "accept-language"})


def peer(request: Request) -> str:
    """From where somebody tries to come in. Behind TLS it is what the proxy added last; the rest is anybody's claim."""
    if means_of(request).secure:
        stated = ",".join(request.headers.getlist("x-forwarded-for")).rpartition(",")[2].strip()
        if stated:
            return stated
    return request.client.host if request.client else ""


@router.post("/leave")
def leave(request: Request) -> Response:
    """Sign out."""
    means = means_of(request)
    name = cookie_name(secure=means.secure)
    means.sessions.close(request.cookies.get(name, ""))
    answer = go("/enter")
    answer.delete_cookie(name, httponly=True, samesite="strict", secure=means.secure)
    return answer


@router.post("/language")
def language(request: Request, language: Annotated[Language, Form()]) -> Response:
    """Choose the language of everything, also before one is in."""
    answer = go(_within(request.headers.get("referer", "")))
    secure = means_of(request).secure
    answer.set_cookie(LANGUAGE_COOKIE, language, max_age=_YEAR, httponly=True, samesite="strict", secure=secure)
    return answer


def _within(address: str) -> str:
    """The path of the page that somebody came from, on this console whatever the address says."""
    path = "/" + address.partition("://")[2].partition("/")[2]
    # Browsers take a backslash for a slash, and leave tabs out.
    return "/" if path.startswith("//") or "\\" in path or not path.isprintable() else path
