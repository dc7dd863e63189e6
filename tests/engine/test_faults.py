"""What the engine does with what goes wrong where an appeal is sent: one run, a store of its own a fault.

The state is what a careful person would choose, and the server never holds two appeals for a case. These five leave in
doubt whether the appeal arrived; the whole table, on every channel, is `make qa`.
"""

from __future__ import annotations

import pytest

from fixtures.qa.expected import NONE, TABLE, Expected
from fixtures.qa.run import faults_of
from fixtures.qa.scene import keep_failures
from fixtures.qa.verdict import Verdict

SENDING = {
    "success_toast_500",
    "accepted_response_lost",
    "silently_dropped",
    "records_incomplete",
    "http_500_on_records",
}
TRIED = [NONE, *(one for one in TABLE if one.fault in SENDING)]


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> dict[str, Verdict]:
    """Every fault at once, each at a store of its own; then all of them off, and another look."""
    home = tmp_path_factory.mktemp("faults")
    only = {one.fault for one in TRIED}
    found = faults_of("douyin_shop", "review_appeal", home, only=only, step_seconds=10, traces="off")
    if any(verdict.wrong for verdict in found):
        keep_failures(home, pytestconfig.rootpath / "test-results" / "test_faults")
    return {verdict.name: verdict for verdict in found}


@pytest.mark.parametrize("expected", TRIED, ids=lambda expected: expected.name)
def test_case_ends_where_a_careful_person_would_put_it(verdicts: dict[str, Verdict], expected: Expected) -> None:
    assert verdicts[expected.name].wrong == ()
