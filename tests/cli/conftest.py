"""A desk of its own for every test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Nothing entered yet."""
    return Desk(tmp_path)


@pytest.fixture
def shop(desk: Desk) -> Desk:
    """One account, one store."""
    return desk.with_store()
