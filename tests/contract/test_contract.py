"""What every flow does: the job itself on every channel, to the platform's answer; a renamed button on one.

The whole table, with every fault and every look, takes longer: `make qa`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from automation.flow import flows
from fixtures.backoffice.sites import platforms, site_of
from fixtures.qa.run import faults_of
from fixtures.qa.scene import keep_failures
from fixtures.qa.verdict import Verdict

CHANNELS = [(platform, channel) for platform in platforms() for channel in site_of(platform).channels]
RENAMED = {("jd", "dispute_appeal")}


def verdict_on(found: list[Verdict], home: Path, root: Path) -> list[str]:
    """What is wrong; a run with anything wrong leaves its pictures under `test-results/`."""
    wrong = [f"{one.name}: {'; '.join(one.wrong)}" for one in found if one.wrong]
    if wrong:
        first = found[0]
        keep_failures(home, root / "test-results" / "contract" / f"{first.platform}-{first.channel}-{home.name}")
    return wrong


def test_every_platform_with_a_flow_has_a_mock() -> None:
    assert list(flows()) == list(platforms())


@pytest.mark.parametrize(("platform", "channel"), CHANNELS)
def test_the_job_is_done_once_whatever_goes_wrong(
    platform: str, channel: str, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    home = tmp_path / "faults"
    known = ["", "renamed_button"] if (platform, channel) in RENAMED else [""]
    found = faults_of(platform, channel, home, only=known, step_seconds=10, traces="off")
    assert {one.name for one in found} == {fault or "none" for fault in known}
    assert verdict_on(found, home, pytestconfig.rootpath) == []
