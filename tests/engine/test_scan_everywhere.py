"""Every platform whose back-office lists reviews: the new bad ones become drafts once, as the list shows them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from automation.engine.jobs import JobKind
from automation.engine.scan import Scanned, _is_known, scan
from automation.model import EvidenceKind, State
from automation.model import Review as Meant
from fixtures.backoffice.filings import Review
from fixtures.qa.scene import Scene
from tests.engine.conftest import Scenes
from tests.engine.errands import errand

pytestmark = pytest.mark.whole

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
    stage = scenes(platform=platform, here_before=True)
    quiet(stage)
    control = stage.site.control
    known = stage.case()
    for number, stream in enumerate(STREAMS.get(platform, ("",)), start=1):
        how: dict[str, Any] = {"hours_ago": number, "stream": stream}
        control.add_review("s1", text="东西还行。加我微信退款一百元，否则追评。", stars=number, **how)
        control.add_review("s1", text="很满意，还会再来。", stars=5, **how)

    found = read(stage)

    first = control.now() - timedelta(days=DAYS)
    bad = [one for one in control.reviews("s1") if one.stars <= 3 and one.posted_at >= first]
    new = [one for one in bad if one.review_id != known.packet.review.review_id]
    assert found.unread == ()
    entered = [case.packet.review for case in found.entered]
    read_as = [(one.text, one.posted_at, one.stars) for one in entered]
    assert sorted(read_as) == sorted(shown(one, platform) for one in new)
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


@pytest.mark.parametrize(
    ("changed", "known"),
    [
        ({}, True),
        ({"buyer": "", "product": ""}, True),  # a person left them out
        ({"product": "双人套餐 周末通用"}, True),  # with its variant
        ({"review_id": "7", "order_no": "8"}, True),
        ({"posted_at": datetime(2026, 11, 20, 8, 0, 40, tzinfo=UTC)}, True),
        ({"posted_at": datetime(2026, 11, 20, 8, 1, tzinfo=UTC)}, False),
        ({"text": "另一条评价"}, False),
        ({"buyer": "小**饭"}, False),
        ({"buyer": "", "product": "四人套餐"}, False),
    ],
)
def test_without_any_number_a_review_is_known_by_text_and_minute(changed: dict[str, Any], known: bool) -> None:
    at = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    listed = Meant("", "", "根本没来过。", at, 1, "吃货**儿", "双人套餐")
    assert _is_known(listed, [replace(listed, **changed)]) is known
    numbered = replace(listed, order_no="900")
    assert not _is_known(numbered, [replace(listed, order_no="901")])
