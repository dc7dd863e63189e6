"""Every platform whose back-office lists reviews: the new bad ones become drafts once, as the list shows them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import pytest

from automation.engine.jobs import JobKind
from automation.engine.scan import Scanned, scan
from automation.model import EvidenceKind, State
from fixtures.backoffice.filings import Review
from fixtures.qa.scene import Scene
from tests.engine.conftest import Scenes
from tests.engine.errands import errand

DAYS: Final = 5
GRADED: Final = {1: 1, 2: 1, 3: 3}  # 淘宝 knows three grades
CHANNELS: Final = {  # that are begun from the list of reviews
    "douyin_life": "review_appeal",
    "meituan_dianping": "review_appeal",
    "pinduoduo": "review_report",
    "taobao": "review_complaint",
    "xiaohongshu": "review_appeal",
}
STREAMS: Final = {"meituan_dianping": ("dianping", "meituan")}


def read(stage: Scene) -> Scanned:
    return errand(
        stage, JobKind.SCAN, lambda visit: scan(visit, days=DAYS, stars=3, channel="", by="ann", language="zh")
    )


def shown(review: Review, platform: str) -> tuple[str, datetime, int]:
    return review.text, review.posted_at, GRADED[review.stars] if platform == "taobao" else review.stars


def quiet(stage: Scene) -> None:
    stage.site.control.switch("popups", False)
    stage.site.control.switch("arrivals_every", 0)


@pytest.mark.parametrize("platform", CHANNELS)
def test_new_bad_reviews_become_drafts_once_and_good_ones_do_not(scenes: Scenes, platform: str) -> None:
    stage = scenes(platform=platform)
    quiet(stage)
    control = stage.site.control
    known = stage.case()
    for hours, stream in enumerate(STREAMS.get(platform, ("",)), start=2):
        control.add_review("s1", hours_ago=hours, text="东西还行。加我微信退款一百元，否则追评。", stars=hours, stream=stream)
        control.add_review("s1", hours_ago=hours, text="很满意，还会再来。", stars=5, stream=stream)

    found = read(stage)

    first = control.now() - timedelta(days=DAYS)
    bad = [one for one in control.reviews("s1") if one.stars <= 3 and one.posted_at >= first]
    new = [one for one in bad if one.review_id != known.packet.review.review_id]
    assert found.unread == ()
    entered = [case.packet.review for case in found.entered]
    assert sorted((one.text, one.posted_at, one.stars) for one in entered) == sorted(shown(one, platform) for one in new)
    assert (found.known, len(new) > 1) == (1, True)
    for case in found.entered:
        assert (case.state, case.packet.channel) == (State.DRAFT, CHANNELS[platform])
        assert (case.packet.reason, case.packet.description) == ("", "")
        assert case.packet.review.buyer
        (picture,) = case.packet.evidence
        assert (picture.kind, picture.shows_at) == (EvidenceKind.REVIEW, case.packet.review.posted_at)
        stage.log.check_evidence(picture)
    assert len({case.packet.evidence[0].path for case in found.entered}) == len(new)

    again = read(stage)
    assert (again.entered, again.unread, again.known) == ((), (), len(bad))
    assert [path for path in control.counts().posts if not path.startswith("/api/login")] == []
    stage.log.verify()
