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

from automation.console.access import Sessions
from automation.console.app import application
from automation.console.courier import Courier
from automation.console.means import Means
from automation.console.signins import SignIns
from automation.console.uploads import swept
from automation.engine import Report, Worker
from automation.engine.step import silent
from automation.errors import InputError, SettingsError
from automation.loopback import listen
from automation.model import Clock, utc_now
from automation.office import Office
from automation.person import Person, Role
from automation.settings import Settings

PORT: Final = 8700


@dataclass(frozen=True)
class Served:
    """A console that is being served: to browsers at `url`, on this machine at `port`."""

    url: str
    port: int
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
    _check_names(office.settings)
    listening = _listen(port)
    port = listening.getsockname()[1]
    parts = (office.settings, office.log, office.vault, office.packs)
    worker = Worker(*parts, report=report, lends=True, clock=clock) if work else None
    secure = office.settings.console_tls
    hosts = _hosts(office.settings, port)
    url, stop = f"{'https' if secure else 'http'}://{hosts[0]}", asyncio.Event()
    courier = Courier(office, url, clock, office.settings.notice_language)
    sign_ins = SignIns(office, report, clock) if work else None
    means = Means(office, Sessions(clock, office.log), clock, courier, stop, worker, secure, sign_ins)
    server = _Server(_config(application(means, hosts=hosts)))
    async with asyncio.TaskGroup() as group:
        group.create_task(server.serve(sockets=[listening]))
        group.create_task(courier.run(stop))
        group.create_task(swept(office.settings.home, stop))
        if worker is not None:
            group.create_task(worker.run(stop))
        try:
            yield Served(url, port, means)
        finally:
            stop.set()
            if sign_ins is not None:
                await sign_ins.close()
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
        ws="websockets-sansio",  # the default is of a kind that the library gives up
        ws_max_size=64 * 1024,
        timeout_graceful_shutdown=2,
    )


def _check_names(settings: Settings) -> None:
    if settings.console_tls and not settings.console_names:
        raise SettingsError(
            "the console does not know by which name it is reached",
            field="console_hosts",
            hint="set it to the name in the proxy's certificate, such as console.agency.example",
        )


def _hosts(settings: Settings, port: int) -> tuple[str, ...]:
    """The names that are answered to, that of the operator's own link first. With TLS, none that goes without it."""
    if settings.console_tls:
        return settings.console_names
    return (f"127.0.0.1:{port}", f"localhost:{port}", *settings.console_names)


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
