"""A little back-office that remembers what it was sent: a sign-in by cookie, redirects, frames and pop-ups."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlsplit

_LOGIN = """<!doctype html><meta charset=utf-8><title>登录</title>
<form method=post action=/login autocomplete=off>
<input name=login placeholder=手机号码> <input name=password type=password placeholder=密码>
<input name=code placeholder=验证码> <button>登 录</button></form>"""
_HOME = """<!doctype html><meta charset=utf-8><title>后台</title><h1>你好 {who}</h1><p id=token>{token}</p>
<a id=away href="{away}">away</a> <a id=window href="/window" target=_blank>window</a>"""

_QR = """<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90">
<rect width="90" height="90" fill="#{shade}"/></svg>"""


@dataclass
class Seen:
    """One request as it arrived."""

    method: str
    path: str
    cookies: dict[str, str]
    form: dict[str, str] = field(default_factory=dict)


class Little:
    """The server's side. `url` is its origin; `seen` what it was asked, in order; `dead` refuses every session."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.port = port
        self.seen: list[Seen] = []
        self.sessions: dict[str, str] = {}
        self.dead = False
        self.pages: dict[str, str] = {}
        self.away = "/"
        self.qr = "first"

    def paths(self) -> list[str]:
        return [one.path for one in self.seen]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    little: Little

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        seen = self._seen({})
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/redirect":
            self._send(302, "", {"Location": asked["to"]})
        elif parts.path in self.little.pages:
            kind = "text/javascript" if parts.path.endswith(".js") else "text/html; charset=utf-8"
            self._send(200, self.little.pages[parts.path], {"Content-Type": kind})
        elif parts.path == "/qr.svg":
            shade = "000" if self.little.qr == "first" else "0a0"
            self._send(200, _QR.format(shade=shade), {"Content-Type": "image/svg+xml"})
        elif parts.path == "/":
            self._home(seen)
        else:
            self._send(404, "nothing here")

    def _home(self, seen: Seen) -> None:
        who = self.little.sessions.get(seen.cookies.get("sid", ""))
        if who is None or self.little.dead:
            self._send(200, _LOGIN)
        else:
            self._send(200, _HOME.format(who=who, token=seen.cookies["sid"], away=self.little.away))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode("utf-8", "replace")
        seen = self._seen(dict(parse_qsl(body)))
        if urlsplit(self.path).path == "/login":
            sid = f"canary-{secrets.token_hex(12)}"
            self.little.sessions[sid] = seen.form.get("login", "")
            self._send(303, "", {"Location": "/", "Set-Cookie": f"sid={sid}; Path=/; HttpOnly; Max-Age=86400"})
        else:
            self._send(200, "ok")

    def _seen(self, form: dict[str, str]) -> Seen:
        cookies = {name: one.value for name, one in SimpleCookie(self.headers.get("Cookie", "")).items()}
        seen = Seen(self.command, self.path, cookies, form)
        self.little.seen.append(seen)
        return seen

    def _send(self, status: int, text: str, headers: dict[str, str] | None = None) -> None:
        body = text.encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": "text/html; charset=utf-8",
            "Cache-Control": "no-store",
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serve() -> Iterator[Little]:
    """The back-office on a free port of 127.0.0.1."""
    handler = type("Handler", (_Handler,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        little = Little(server.server_address[1])
        handler.little = little  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield little
        finally:
            server.shutdown()
            thread.join()
