"""The gate in front of every page: whom it serves, from where, and what browsers are told to allow.

Checked in this order: the host that was asked for, the origin of whatever changes something, the session, and its CSRF
token; programs show a token in place of the last two. Nothing behind the gate is reached without a session but the way
in, the choice of a language and the style sheets.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.status import HTTP_401_UNAUTHORIZED
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from automation.console.access import Session, Sessions
from automation.console.bodies import counted

COOKIE: Final = "appealdesk"
CSRF_HEADER: Final = "x-csrf-token"
HTMX: Final = "hx-request"
OK, SEE_OTHER = 200, 303
OPEN: Final = frozenset({"/enter", "/language"})  # to whoever is not in yet
STATIC: Final = "/static/"
API: Final = "/api/"  # where programs come in by a token, and answers are JSON always
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_OURS: Final = frozenset({"same-origin", "none"})  # where a browser says that a request comes from

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self'; "
    "frame-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cache-control": "no-store",
}
_TLS_HEADERS: Final = {"strict-transport-security": "max-age=31536000"}


class Gate:
    """ASGI middleware. `hosts` are the names (with port) that the console answers to; `secure`: behind TLS."""

    def __init__(self, app: ASGIApp, *, sessions: Sessions, hosts: Collection[str], secure: bool = False) -> None:
        self._app = app
        self._sessions = sessions
        self._hosts = frozenset(host.lower() for host in hosts)
        self._scheme = "https" if secure else "http"
        self._cookie = cookie_name(secure=secure)
        self._headers = {**_HEADERS, **(_TLS_HEADERS if secure else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request or web socket."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers, session = Headers(scope=scope), None
        answer = self._elsewhere(scope, headers)
        if answer is None and not _is_open(scope["path"]):
            session, answer = await self._who(scope, headers)
        scope.setdefault("state", {})["session"] = session
        if answer is None:
            heard = counted(scope, receive) if scope["type"] == "http" else receive
            await self._app(scope, heard, self._dressed(send, headers))
        elif scope["type"] == "http":
            await answer(scope, receive, self._dressed(send, headers))
        else:
            await receive()
            await send({"type": "websocket.close", "code": 4401, "reason": "not signed in, or from elsewhere"})

    def _elsewhere(self, scope: Scope, headers: Headers) -> Response | None:
        """What is said to whoever asks for another host, or from another site's page: that may only lead to us."""
        host = ", ".join(headers.getlist("host")).lower()
        if host not in self._hosts:
            return _no(421, f"this console does not answer to the name {host!r}")
        origin, mode = headers.get("origin"), (headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest"))
        foreign = origin is not None and origin != f"{self._scheme}://{host}"
        elsewhere = headers.get("sec-fetch-site", "same-origin") not in _OURS
        if (_writes(scope) and foreign) or (elsewhere and (_writes(scope) or mode != ("navigate", "document"))):
            return _no(403, "refused: sent from another site's page")
        return None

    async def _who(self, scope: Scope, headers: Headers) -> tuple[Session | None, Response | None]:
        """Whose request it is, or what is said to whoever is not in."""
        jar, path = HTTPConnection(scope).cookies, scope["path"]
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            if self._cookie in jar or not path.startswith(API):
                return None, _no(401, f"a token is for {API} alone, and goes without a cookie")
            session = await run_in_threadpool(self._sessions.bearer, token.strip())
            return session, None if session is not None else _no(401, "this token is not known")
        session = await run_in_threadpool(self._sessions.of, jar[self._cookie]) if self._cookie in jar else None
        if session is None:
            asked = HTMX in headers or (not _writes(scope) and "text/html" in headers.get("accept", ""))
            shown = asked and not path.startswith(API)
            return None, RedirectResponse("/enter", status_code=303) if shown else _no(401, "not signed in")
        given = headers.get(CSRF_HEADER, "").encode()
        if _writes(scope) and scope["type"] == "http" and not secrets.compare_digest(given, session.csrf.encode()):
            return None, _no(403, f"the header {CSRF_HEADER} is missing or old")
        return session, None

    def _dressed(self, send: Send, asked: Headers) -> Send:
        """Every answer with the headers that it did not set itself.

        Where HTMX asked, the way to another page is for the browser itself, which loads the scripts of that page.
        """

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if HTMX in asked and message["status"] == SEE_OTHER:
                    message["status"], headers["hx-redirect"] = OK, headers["location"]
                    del headers["location"]
            await send(message)

        return dressed


def cookie_name(*, secure: bool) -> str:
    """The session cookie's name. Behind TLS, the prefix keeps other hosts of the domain from setting one."""
    return f"__Host-{COOKIE}" if secure else COOKIE


def _is_open(path: str) -> bool:
    return path in OPEN or path.startswith(STATIC)


def _writes(scope: Scope) -> bool:
    """Whether it may change something: a web socket can do anything once it is open."""
    return scope["type"] == "websocket" or scope["method"] not in _SAFE


def _no(status: int, why: str) -> Response:
    challenge = {"www-authenticate": "Bearer"} if status == HTTP_401_UNAUTHORIZED else None
    return JSONResponse({"detail": [{"message": why, "hint": ""}]}, status_code=status, headers=challenge)
