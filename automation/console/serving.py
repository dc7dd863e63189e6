"""Console and worker in one process and one event loop, until it is told to stop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from automation.console.access import Person, Role, Sessions
from automation.console.app import application
from automation.console.means import Means
from automation.engine import Report, Worker
from automation.engine.step import silent
from automation.errors import InputError
from automation.loopback import listen
from automation.model import Clock, utc_now
from automation.office import Office

PORT: Final = 8700


@dataclass(frozen=True)
class Served:
    """A console that is being served."""

    url: str
    means: Means

    def invite(self, person: Person | None = None) -> str:
        """A link that lets its bearer in once, as this person; by default as the one whose machine this is."""
        owner = Person(self.means.office.by, Role.ADMIN)
        return f"{self.url}/enter?token={self.means.sessions.invite(person or owner)}"


@asynccontextmanager
async def serving(
    office: Office,
    *,
    port: int = PORT,
    work: bool = True,
    report: Report = silent,
    clock: Clock = utc_now,
) -> AsyncIterator[Served]:
    """Serve on 127.0.0.1 for as long as the context lasts; port 0 takes a free one. With `work`, a worker runs beside.

    Raises `InputError` where the port is taken or the front-end libraries are missing, and in its end what ended the
    worker, such as `BrowserUnavailable`.
    """
    _check_front_end()
    listening = _listen(port)
    port = listening.getsockname()[1]
    parts = (office.settings, office.log, office.vault, office.packs)
    worker = Worker(*parts, report=report, clock=clock) if work else None
    means = Means(office, Sessions(clock), clock, worker)
    app = application(means, hosts=(f"127.0.0.1:{port}", f"localhost:{port}"))
    server = _Server(_config(app))
    url, stop = f"http://127.0.0.1:{port}", asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(server.serve(sockets=[listening]))
        if worker is not None:
            group.create_task(worker.run(stop))
        try:
            yield Served(url, means)
        finally:
            stop.set()
            server.should_exit = True


class _Server(uvicorn.Server):
    """Signals are for whoever runs the process: the worker must end between two steps."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """None."""
        yield


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        lifespan="off",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=2,
    )


def _listen(port: int) -> socket.socket:
    try:
        return listen(port)
    except OSError as error:
        raise InputError(
            f"cannot listen on port {port}: {error.strerror}",
            field="--port",
            hint="another console may be running; give another port, or 0 for any that is free",
        ) from None


def _check_front_end() -> None:
    if not files("automation.console").joinpath("static", "vendor", "htmx.js").is_file():
        raise InputError(
            "the console's front-end libraries are missing from this checkout",
            hint="bring them with `make setup` (or `python -m fixtures.setup setup`); a wheel has them",
        )
