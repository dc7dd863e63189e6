"""The mock back-office that flows are tried on, and what a failing test leaves behind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.backoffice import MockSite, serve
from tests.flows.visit import Bureau

RESULTS = Path("test-results")


@pytest.fixture(scope="module")
def served(request: pytest.FixtureRequest) -> Iterator[MockSite]:
    """The mock of the platform that the module names."""
    with serve(request.module.PLATFORM) as site:
        yield site


@pytest.fixture
def site(served: MockSite) -> MockSite:
    """Seeded anew for every test; no faults, no pop-ups."""
    served.control.seed(reviews=40)
    served.control.switch("popups", False)
    return served


@pytest.fixture(scope="module")
def _bureau(served: MockSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    with Bureau(served, tmp_path_factory.mktemp("bureau") / "home") as bureau:
        yield bureau


@pytest.fixture
def bureau(_bureau: Bureau) -> Bureau:
    """Somebody at work at a site that is seeded anew for every test, and where he stays signed in."""
    _bureau.site.control.refill(reviews=40)
    _bureau.site.control.switch("popups", False)
    return _bureau


@pytest.fixture
def leave(request: pytest.FixtureRequest) -> Path:
    """Where a failing test leaves its trace and screenshot."""
    return RESULTS / re.sub(r"[^\w.-]+", "_", request.node.name)
