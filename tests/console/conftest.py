"""A console for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.console.room import Room, room


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Room]:
    """Two stores, no case yet, no worker."""
    with room(tmp_path / "home") as made:
        yield made


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """The same, one for all tests of a file: each makes cases of its own."""
    with room(tmp_path_factory.mktemp("shared") / "home") as made:
        yield made
