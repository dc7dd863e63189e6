"""A tiny site for the widget pages: the libraries' bundles, the pages, and an upload end point that can misbehave."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from fixtures import vendor

PAGES = Path(__file__).parent / "pages"


class Switches:
    """What the upload end point waits for."""

    def __init__(self) -> None:
        self.release = threading.Event()
        self.release.set()


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, *args: object, switches: Switches, bundles: Path, **kwargs: object) -> None:
        self.switches = switches
        self.bundles = bundles
        super().__init__(*args, directory=str(PAGES), **kwargs)  # type: ignore[arg-type]

    def log_message(self, *_: object) -> None:
        pass

    def translate_path(self, path: str) -> str:
        if path.startswith("/vendor/"):
            return str(self.bundles / Path(urlsplit(path).path).name)
        return super().translate_path(path)

    def end_headers(self) -> None:
        cached = self.path.startswith("/vendor/")
        self.send_header("Cache-Control", "max-age=3600" if cached else "no-store")
        super().end_headers()

    def do_GET(self) -> None:
        swap = parse_qs(urlsplit(self.path).query).get("swap")
        if self.path.startswith("/broken"):
            self.send_error(503)
        elif swap is not None:
            self._swapped(*swap[0].split(":"))
        else:
            super().do_GET()

    def _swapped(self, old: str, new: str) -> None:
        """A style sheet under another class prefix, as a site would build it."""
        css = Path(self.translate_path(self.path)).read_text("utf-8")
        self.send_response(200)
        self.send_header("Content-Type", "text/css; charset=utf-8")
        self.end_headers()
        self.wfile.write(re.sub(rf"(\.|--){old}-", rf"\1{new}-", css).encode())

    def do_POST(self) -> None:
        mode = parse_qs(urlsplit(self.path).query).get("mode", ["ok"])[0]
        self.rfile.read(int(self.headers["Content-Length"]))
        if mode == "held":
            self.switches.release.wait(30)
        with suppress(BrokenPipeError, ConnectionResetError):
            self._answer(mode)

    def _answer(self, mode: str) -> None:
        self.send_response(500 if mode == "fail" else 200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b'{"code": 0, "message": "ok"}' if mode != "fail" else b'{"message": "broken picture"}')


@contextmanager
def serve() -> Iterator[tuple[str, Switches]]:
    """The site's origin and its switches."""
    switches = Switches()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, switches=switches, bundles=vendor.ensure()))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", switches
    finally:
        switches.release.set()
        server.shutdown()
        server.server_close()
