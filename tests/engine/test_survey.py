"""A pack held against a store's pages: every element is judged, and nothing is changed there."""

from __future__ import annotations

from pathlib import Path

import pytest

from automation.engine.jobs import JobKind
from automation.engine.survey import Verdict, survey
from tests.engine.conftest import Scenes
from tests.engine.errands import errand

PLATFORM = "douyin_shop"


def test_a_check_judges_every_element_and_changes_nothing(scenes: Scenes, tmp_path: Path) -> None:
    stage = scenes(step_seconds=4.0, here_before=True)
    stage.site.control.switch("popups", False)  # closing one is told to the server
    stage.site.control.add_review("s1", hours_ago=1)
    folder = tmp_path / "pictures"
    folder.mkdir()
    found = errand(stage, JobKind.CHECK, lambda visit: survey(visit, folder))
    by_key = {one.key: one for one in found.elements}
    assert list(by_key) == list(stage.packs.pack(PLATFORM).elements)
    for key in ("header.store", "review_appeal.open", "review_appeal.submit", "review_appeal.evidence"):
        assert by_key[key].verdict is Verdict.FOUND, key
    assert not [one for one in found.elements if one.verdict is Verdict.MISSING], found
    assert by_key["review_appeal.confirm"].verdict is Verdict.UNREACHED
    assert {path.name for path in folder.iterdir()} >= {"reviews.png", "review_appeal.form.png", "messages.png"}
    counts = stage.site.control.counts()
    assert (counts.submits, counts.upload_posts, counts.stored, counts.sign_ins) == (0, 0, 0, 1)
    assert [path for path in counts.posts if not path.startswith("/api/login")] == []


@pytest.mark.whole
@pytest.mark.parametrize("platform", ["meituan_dianping", "taobao"])  # with frames, and with forms of two steps
def test_a_check_opens_forms_in_frames_and_of_several_steps(scenes: Scenes, tmp_path: Path, platform: str) -> None:
    stage = scenes(platform=platform, step_seconds=4.0, here_before=True)
    control = stage.site.control
    control.switch("popups", False)
    control.switch("arrivals_every", 0)
    control.add_review("s1", hours_ago=1)
    folder = tmp_path / "pictures"
    folder.mkdir()
    found = errand(stage, JobKind.CHECK, lambda visit: survey(visit, folder))
    assert found.notes == ()
    assert [one for one in found.elements if one.verdict in (Verdict.MISSING, Verdict.AMBIGUOUS)] == []
    by_key = {one.key: one for one in found.elements}
    for name, channel in stage.packs.pack(platform).channels.items():
        two_steps = name == "review_complaint"  # its second comes only once a type is chosen
        assert by_key[f"{name}.open"].verdict is Verdict.FOUND
        assert by_key[channel.submit.press].verdict is (Verdict.UNREACHED if two_steps else Verdict.FOUND)
    counts = control.counts()
    assert (counts.submits, counts.upload_posts, counts.stored, counts.sign_ins) == (0, 0, 0, 1)
    assert [path for path in counts.posts if not path.startswith("/api/login")] == []
