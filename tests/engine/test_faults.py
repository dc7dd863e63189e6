"""What the engine does with everything that can go wrong on a site: one table, one run, a store of its own a fault.

The state is what a careful person would choose, and the server never holds two appeals for a case.
"""

from __future__ import annotations

import pytest

from fixtures.qa.expected import NONE, TABLE, Expected
from fixtures.qa.run import faults_of
from fixtures.qa.scene import keep_failures
from fixtures.qa.verdict import Verdict


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> dict[str, Verdict]:
    """Every fault at once, each at a store of its own; then all of them off, and another look."""
    home = tmp_path_factory.mktemp("faults")
    found = faults_of("douyin_shop", "review_appeal", home, step_seconds=10, flows_at_once=2)
    if any(verdict.wrong for verdict in found):
        keep_failures(home, pytestconfig.rootpath / "test-results" / "test_faults")
    return {verdict.name: verdict for verdict in found}


@pytest.mark.parametrize("expected", [NONE, *TABLE], ids=lambda expected: expected.name)
def test_case_ends_where_a_careful_person_would_put_it(verdicts: dict[str, Verdict], expected: Expected) -> None:
    assert verdicts[expected.name].wrong == ()
