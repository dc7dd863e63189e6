"""The gate in front of every page: whom it serves, from where, and what browsers are told to allow.

Checked in this order: the host that was asked for, the origin of whatever changes something, the session, and its CSRF
token. Nothing behind the gate is reached without a session but the way in and the style sheets.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from http.cookies import SimpleCookie
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from automation.console.access import Session, Sessions

COOKIE: Final = "appealdesk"
CSRF_HEADER: Final = "x-csrf-token"
OPEN: Final = ("/enter", "/static/")
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_MOST: Final = 2 * 1024**3  # bytes of one request: a batch of evidence

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


class Gate:
    """ASGI middleware. `hosts` are the names (with port) that the console answers to; `secure`: behind TLS."""

    def __init__(self, app: ASGIApp, *, sessions: Sessions, hosts: Collection[str], secure: bool = False) -> None:
        self._app = app
        self._sessions = sessions
        self._hosts = frozenset(host.lower() for host in hosts)
        self._scheme = "https" if secure else "http"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request or web socket."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        session = self._session(headers)
        scope.setdefault("state", {})["session"] = session
        answer = self._refusal(scope, headers, session)
        if answer is None and _length(headers) > _MOST:
            answer = _no(413, "that is too much at once")
        if answer is None:
            await self._app(scope, receive, _dressed(send))
        elif scope["type"] == "http":
            await answer(scope, receive, _dressed(send))
        else:
            await receive()
            await send({"type": "websocket.close", "code": 4401, "reason": "not signed in, or from elsewhere"})

    def _session(self, headers: Headers) -> Session | None:
        jar = SimpleCookie(headers.get("cookie", ""))
        return self._sessions.of(jar[COOKIE].value) if COOKIE in jar else None

    def _refusal(self, scope: Scope, headers: Headers, session: Session | None) -> Response | None:
        host, path = headers.get("host", "").lower(), scope["path"]
        if host not in self._hosts:
            return _no(421, f"this console does not answer to the name {host!r}")
        socket = scope["type"] == "websocket"
        writes = socket or scope["method"] not in _SAFE
        origin = headers.get("origin")
        foreign = origin is not None and origin != f"{self._scheme}://{host}"
        if writes and (foreign or headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")):
            return _no(403, "refused: sent from another site's page")
        if path == OPEN[0] or path.startswith(OPEN[1]):
            return None
        if session is None:
            shown = not writes and "text/html" in headers.get("accept", "")
            return RedirectResponse("/enter", status_code=303) if shown else _no(401, "not signed in")
        if writes and not socket and not secrets.compare_digest(headers.get(CSRF_HEADER, ""), session.csrf):
            return _no(403, f"the header {CSRF_HEADER} is missing or old")
        return None


def _no(status: int, why: str) -> Response:
    return JSONResponse({"detail": why}, status_code=status)


def _length(headers: Headers) -> int:
    stated = headers.get("content-length", "0")
    return int(stated) if stated.isascii() and stated.isdecimal() else _MOST + 1


def _dressed(send: Send) -> Send:
    """Every answer with the headers that it did not set itself."""

    async def dressed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return dressed
