"""A store's bad reviews read into drafts: with what the page showed, once, and nothing made up."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from automation.box import BoxKind
from automation.engine.framing import RED
from automation.engine.jobs import JobKind
from automation.engine.scan import Scanned, scan
from automation.errors import InputError
from automation.flow import scans
from automation.model import EvidenceKind, State
from fixtures.qa.scene import Scene
from tests.engine.conftest import Scenes
from tests.engine.errands import errand

PLATFORM = "douyin_shop"
DAYS = 5


def read(stage: Scene) -> Scanned:
    return errand(
        stage,
        JobKind.SCAN,
        lambda visit: scan(visit, days=DAYS, stars=3, channel="", by="ann", language="zh"),
    )


def frame(picture: Path) -> tuple[int, int, int, int]:
    """The box of all that is red as the frame is, in pixels."""
    with Image.open(picture) as opened:
        bands = opened.convert("RGB").split()
    exact = [
        band.point([255 * (value == wanted) for value in range(256)]) for band, wanted in zip(bands, RED, strict=True)
    ]
    box = ImageChops.multiply(ImageChops.multiply(exact[0], exact[1]), exact[2]).getbbox()
    assert box is not None
    return box


def test_new_bad_reviews_become_drafts_with_a_picture_once(scenes: Scenes) -> None:
    stage = scenes(here_before=True)
    control = stage.site.control
    control.switch("popups", False)
    control.switch("arrivals_every", 0)
    known = stage.case()
    demand = control.add_review(
        "s1", hours_ago=2, text="东西还行。加我微信退款一百元，否则追评。打138 0013 8000", stars=2
    )
    taste = control.add_review("s1", hours_ago=3, text="没有想象中那样，就这样吧。", stars=1)
    control.add_review("s1", hours_ago=4, stars=5)

    found = read(stage)

    first = control.now() - timedelta(days=DAYS)
    bad = {one.review_id for one in control.reviews("s1") if one.stars <= 3 and one.posted_at >= first}
    entered = {case.packet.review.review_id for case in found.entered}
    missed = [one for one in control.reviews("s1") if one.review_id in bad - entered]
    assert (found.unread, [one for one in missed if one.review_id != known.packet.review.review_id]) == ((), [])
    assert entered == bad - {known.packet.review.review_id}
    assert found.known == 1

    by_review = {case.packet.review.review_id: case for case in found.entered}
    case = by_review[demand.review_id]
    review = case.packet.review
    assert (review.text, review.order_no, review.stars) == (demand.text, demand.order_no, 2)
    assert (review.posted_at, review.buyer) == (demand.posted_at, demand.buyer)
    assert (case.state, case.packet.reason, case.packet.description) == (State.DRAFT, "", "")
    assert [one.code for one in case.findings if one.blocks][:2] == ["reason_missing", "description_empty"]
    (picture,) = case.packet.evidence
    assert (picture.kind, picture.shows_at) == (EvidenceKind.REVIEW, demand.posted_at)
    assert stage.site.url in picture.caption
    stage.log.check_evidence(picture)

    left, top, right, bottom = frame(picture.path)
    of_all = frame(by_review[taste.review_id].packet.evidence[0].path)  # no word is marked: the whole text is framed
    assert 0 < left < right
    assert bottom - top > 0
    assert left > of_all[0]  # 东西还行 stands before what is marked

    numbers = picture.suggested  # one, on one line or two; those of orders and reviews are nobody's secret
    assert {one.kind for one in numbers} == {BoxKind.PHONE}
    assert 4 < sum(one.width for one in numbers) / numbers[0].height < 9  # thirteen characters, no more
    with Image.open(picture.path) as shown:
        for one in numbers:
            inked = shown.convert("L").crop((one.left, one.top, one.right, one.bottom)).getcolors() or ()
            assert len(inked) > 20  # there is writing in it: letters have soft edges
    others = [case for case in found.entered if case.packet.review.review_id != demand.review_id]
    assert not any(case.packet.evidence[0].suggested for case in others)

    again = read(stage)
    assert (again.entered, again.known) == ((), len(bad))
    counts = control.counts()
    assert [path for path in counts.posts if not path.startswith("/api/login")] == []
    stage.log.verify()


def test_a_flow_that_reads_no_reviews_says_so() -> None:
    with pytest.raises(InputError, match="does not read reviews"):
        scans("elsewhere", object())  # type: ignore[arg-type]
