"""The application: every route behind one gate, and what is said where something cannot be done."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from importlib.resources import files
from typing import Annotated, Any, Final

from fastapi import FastAPI, Form, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.staticfiles import StaticFiles

from automation.console import (
    acts,
    api,
    batch,
    case,
    challenges,
    dashboard,
    decisions,
    editing,
    evidence,
    imports,
    inbox,
    news,
    notices,
    paper,
    people,
    registers,
)
from automation.console.access import SESSION_LIVES
from automation.console.gate import COOKIE, Gate
from automation.console.means import LANGUAGE_COOKIE, Forbidden, Means, go, language_of
from automation.console.words import say
from automation.errors import AppealdeskError, CaseLogError, InputError, PersonNeeded
from automation.packet.findings import Language

_PARTS: Final = (
    inbox,
    batch,
    imports,
    case,
    decisions,
    editing,
    acts,
    evidence,
    challenges,
    registers,
    people,
    dashboard,
    notices,
    api,
    news,
)

_YEAR: Final = 365 * 24 * 3600


def application(means: Means, *, hosts: Collection[str], secure: bool = False) -> Gate:
    """The console as an ASGI application. `hosts`: the names, with port, that it answers to; `secure`: behind TLS."""
    app = FastAPI(title="appealdesk", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.means = means
    app.mount("/static", StaticFiles(directory=str(files("automation.console").joinpath("static"))), name="static")
    for part in _PARTS:
        app.include_router(part.router)
    _ways_in(app, secure=secure)
    _refusals(app)
    return Gate(app, sessions=means.sessions, hosts=hosts, secure=secure)


def _ways_in(app: FastAPI, *, secure: bool) -> None:
    @app.get("/enter")
    def enter(request: Request, token: str = "") -> Response:
        """The door. A one-time link lets in; its token is not in any address after that."""
        cookie = app.state.means.sessions.redeem(token) if token else None
        if cookie is None:
            return _page(request, "enter.html", 401 if token else 200, used=bool(token))
        answer = go("/")
        most = int(SESSION_LIVES.total_seconds())
        answer.set_cookie(COOKIE, cookie, max_age=most, httponly=True, samesite="strict", secure=secure)
        return answer

    @app.post("/leave")
    def leave(request: Request) -> Response:
        """Sign out."""
        app.state.means.sessions.close(request.cookies.get(COOKIE, ""))
        answer = go("/enter")
        answer.delete_cookie(COOKIE)
        return answer

    @app.post("/language")
    def language(request: Request, language: Annotated[Language, Form()]) -> Response:
        """Choose the language of everything."""
        answer = go(_within(request.headers.get("referer", "")))
        answer.set_cookie(LANGUAGE_COOKIE, language, max_age=_YEAR, httponly=True, samesite="strict", secure=secure)
        return answer


def _within(address: str) -> str:
    """The path of the page that somebody came from. The gate saw to it that it is one of ours."""
    path = "/" + address.partition("://")[2].partition("/")[2]
    return "/" if path.startswith("//") else path


def _refusals(app: FastAPI) -> None:
    @app.exception_handler(AppealdeskError)
    @app.exception_handler(PersonNeeded)
    def refused(request: Request, error: Any) -> Response:
        status = 409 if isinstance(error, CaseLogError) else 422
        if isinstance(error, InputError) and error.field == "case":
            status = 404
        return _refusal(request, status, [(one.message, one.hint) for one in (error, *getattr(error, "others", ()))])

    @app.exception_handler(Forbidden)
    def forbidden(request: Request, _: Forbidden) -> Response:
        return _refusal(request, 403, [(say(language_of(request), "refused.right"), "")])

    @app.exception_handler(RequestValidationError)
    def unclear(request: Request, error: RequestValidationError) -> Response:
        told = [(f"{one['loc'][-1]}: {one['msg']}", "") for one in error.errors()]
        return _refusal(request, 422, told)

    @app.exception_handler(HTTPException)
    def other(request: Request, error: HTTPException) -> Response:
        return _refusal(request, error.status_code, [(str(error.detail), "")])

    @app.exception_handler(Exception)
    def broke(request: Request, _: Exception) -> Response:
        return _refusal(request, 500, [(say(language_of(request), "refused.bug"), "")])


def _refusal(request: Request, status: int, told: Sequence[tuple[str, str]]) -> Response:
    accepts = request.headers.get("accept", "")
    if "text/html" in accepts or "hx-request" in request.headers:
        return _page(request, "refused.html", status, told=told)
    return JSONResponse({"detail": [{"message": message, "hint": hint} for message, hint in told]}, status_code=status)


def _page(request: Request, template: str, status: int, **words: Any) -> Response:
    return paper.page(template, language_of(request), {**words, "path": request.url.path}, status=status, headers=None)
