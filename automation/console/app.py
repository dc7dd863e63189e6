"""The application: every route behind one gate, and what is said where something cannot be done."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from importlib.resources import files
from typing import Any, Final

from fastapi import FastAPI, Request
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
    covering,
    dashboard,
    decisions,
    door,
    editing,
    evidence,
    export,
    imports,
    inbox,
    live_view,
    news,
    notices,
    openapi,
    paper,
    people,
    registers,
)
from automation.console.gate import API, Gate
from automation.console.means import Forbidden, Means, Visitor, language_of, means_of
from automation.console.phrases import reworded, why
from automation.console.words import say
from automation.errors import AppealdeskError, CaseLogError, InputError, PersonNeeded

_PARTS: Final = (
    door,
    inbox,
    batch,
    imports,
    case,
    decisions,
    editing,
    acts,
    evidence,
    covering,
    export,
    challenges,
    live_view,
    registers,
    people,
    dashboard,
    notices,
    api,
    openapi,
    news,
)

MISSING: Final = 404
BROKEN: Final = 500


def application(means: Means, *, hosts: Collection[str]) -> Gate:
    """The console as an ASGI application. `hosts`: the names, with port, that it answers to."""
    app = FastAPI(title="appealdesk", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    app.state.means = means
    app.mount("/static", StaticFiles(directory=str(files("automation.console").joinpath("static"))), name="static")
    for part in _PARTS:
        app.include_router(part.router)
    app.include_router(people.own)
    _refusals(app)
    return Gate(app, sessions=means.sessions, hosts=hosts, secure=means.secure)


def _refusals(app: FastAPI) -> None:
    @app.exception_handler(AppealdeskError)
    @app.exception_handler(PersonNeeded)
    def refused(request: Request, error: Any) -> Response:
        status = 409 if isinstance(error, CaseLogError) else 422
        if isinstance(error, InputError) and error.field == "case":
            status = MISSING
        language, api = language_of(request), request.url.path.startswith(API)
        told = (error, *getattr(error, "others", ()))
        return _refusal(
            request,
            status,
            [(one.message, one.hint) if api else (why(language, one), reworded(language, one.hint)) for one in told],
        )

    @app.exception_handler(Forbidden)
    def forbidden(request: Request, _: Forbidden) -> Response:
        return _refusal(request, 403, [(say(language_of(request), "refused.right"), "")])

    @app.exception_handler(RequestValidationError)
    def unclear(request: Request, error: RequestValidationError) -> Response:
        language, api = language_of(request), request.url.path.startswith(API)
        told = [InputError(one["msg"], field=str(one["loc"][-1])) for one in error.errors()]
        return _refusal(request, 422, [(one.message if api else why(language, one), "") for one in told])

    @app.exception_handler(HTTPException)
    def other(request: Request, error: HTTPException) -> Response:
        answer = _refusal(request, error.status_code, [(str(error.detail), "")])
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(Exception)
    def broke(request: Request, _: Exception) -> Response:
        return _refusal(request, BROKEN, [(say(language_of(request), "refused.bug"), "")])


def _refusal(request: Request, status: int, told: Sequence[tuple[str, str]]) -> Response:
    unplaced = means_of(request).unplaced
    told = [(unplaced(message), unplaced(hint)) for message, hint in told]
    pages = "text/html" in request.headers.get("accept", "") or "hx-request" in request.headers
    if pages and not request.url.path.startswith(API):
        return _page(request, "refused.html", status, told=told, missing=status == MISSING)
    return JSONResponse({"detail": [{"message": message, "hint": hint} for message, hint in told]}, status_code=status)


def _page(request: Request, template: str, status: int, **words: Any) -> Response:
    """Within the console's frame for whoever is in, unless the program itself is broken."""
    session, framed = request.state.session, request.state.session is not None and status != BROKEN
    if framed:
        return Visitor(request, session, means_of(request)).page(template, status=status, framed=True, **words)
    words = {**words, "framed": False, "path": request.url.path}
    return paper.page(template, language_of(request), words, status=status, headers=None)
