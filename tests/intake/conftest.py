"""The office of the intake's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.intake.office import Office, office


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Office]:
    """A case log with three stores, one pack for both platforms, and a folder with two pictures."""
    with office(tmp_path) as open_office:
        yield open_office
