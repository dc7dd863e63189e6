"""小红书's notes: opened by their link, checked, reported in steps; and what an answer that says nothing means."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from automation.browser.signs import refused
from automation.engine.wording import meaning, verdict
from automation.errors import Barrier, Drift, Ineligible, OriginRefused, PacketUnfit, ReviewMissing
from automation.model import Medium, Outcome, ReadBack, SignIn
from automation.packs import Packs
from fixtures.backoffice import MockSite
from fixtures.backoffice.xiaohongshu_note.rules import SAME
from tests.flows.visit import Bureau, Person, Visit, visit

PLATFORM = "xiaohongshu_note"
CHANNEL = "note_report"


def fill(bureau: Bureau, leave: Path, seen: Any, **changed: Any) -> ReadBack:
    """Report one note, as far as the last step, and read it back there; `changed` of the review."""

    async def act(at: Visit) -> ReadBack:
        packet = at.packet(seen, channel=CHANNEL)
        packet = replace(packet, review=replace(packet.review, **changed))
        _, shown = await at.fill(packet)
        assert await at.site.shows("note_report.submit")
        return shown

    return bureau.work(act, leave=leave)


def test_a_note_is_opened_by_its_link_and_reported_as_far_as_the_last_step(bureau: Bureau, leave: Path) -> None:
    seen = bureau.site.control.add_review("s1")
    shown = fill(bureau, leave, seen)
    assert seen.review_id in shown.review
    assert [one.accepted for one in shown.uploads] == [True, True]
    counts = bureau.site.control.counts()
    assert (counts.submits, counts.upload_posts) == (0, 2)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"url": ""}, PacketUnfit),
        ({"text": "包装破了，但是客服处理得很好。"}, ReviewMissing),
        ({"buyer": "别人"}, ReviewMissing),
        ({"url": "https://elsewhere.example/explore/7"}, OriginRefused),
    ],
)
def test_another_note_than_the_one_meant_is_not_reported(
    bureau: Bureau, leave: Path, changed: dict[str, str], error: type[Exception]
) -> None:
    with pytest.raises(error):
        fill(bureau, leave, bureau.site.control.add_review("s1"), **changed)
    assert bureau.site.control.counts().upload_posts == 0


def test_a_note_that_is_gone_is_not_reported(bureau: Bureau, leave: Path) -> None:
    seen = bureau.site.control.add_review("s1")
    with pytest.raises(ReviewMissing, match="gone"):
        fill(bureau, leave, seen, url=seen.more["url"][:-4] + "0000")


def test_a_field_of_a_later_step_that_the_pack_does_not_know_stops_the_work(bureau: Bureau, leave: Path) -> None:
    bureau.site.control.fault("new_mandatory_field")
    with pytest.raises(Drift, match="联系电话"):
        fill(bureau, leave, bureau.site.control.add_review("s1"))


def test_the_code_stands_beside_the_phone_number(site: MockSite, tmp_path: Path, leave: Path) -> None:
    async def enter(at: Visit, person: Person) -> list[tuple[Medium, str]]:
        await at.sign_in()
        return person.asked

    assert visit(site, tmp_path / "home", enter, sign_in=SignIn.QR, leave=leave) == [(Medium.QR, "")]


def test_the_same_content_is_refused_and_the_refusal_is_known(bureau: Bureau, leave: Path) -> None:
    seen = bureau.site.control.add_review("s1")
    with httpx.Client(base_url=bureau.site.url, trust_env=False) as client:
        who = bureau.site.control.accounts()[0]
        client.post("/api/login/password", json={"login": who.email, "password": who.password})
        sent = client.post("/api/upload", files={"file": ("a.png", b"\x89PNG\r\n\x1a\n")}).json()["data"]["id"]
        body = {"review_id": seen.review_id, "reason": "虚假信息", "description": "内容不实。", "files": [sent]}
        assert client.post("/api/note_report/submit", json=body).json()["code"] == 0
        again = client.post("/api/note_report/submit", json={**body, "description": "换了说法。"}).json()
    assert again["msg"] == SAME
    known = refused(Packs().pack(PLATFORM), SAME)
    assert isinstance(known, Ineligible)
    assert known.barrier is Barrier.ALREADY_APPEALED
    assert len(bureau.site.control.received()) == 1


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("举报已处理", Outcome.UNKNOWN),
        ("举报已处理 经核实，该笔记违反社区规范，已作下架处理。", Outcome.UPHELD),
        ("举报已处理 经核实，未发现该笔记存在违规。", Outcome.REJECTED),
        ("举报已处理 感谢您的反馈。", Outcome.UNKNOWN),
        ("处理中", Outcome.PENDING),
    ],
)
def test_handled_alone_is_read_by_a_person(said: str, means: Outcome) -> None:
    channel = Packs().pack(PLATFORM).channels[CHANNEL]
    assert meaning(said, channel) is means
    assert verdict([said, "处理中"], channel) is means


def test_what_stands_beside_handled_is_read_with_it(bureau: Bureau, leave: Path) -> None:
    async def act(at: Visit) -> set[str]:
        since = bureau.site.control.now() - timedelta(days=400)
        listed = await at.flow.records(at.site, CHANNEL, since)
        assert listed.complete
        return {row.status for row in listed.rows}

    assert any("举报已处理 经核实" in status for status in bureau.work(act, leave=leave))
