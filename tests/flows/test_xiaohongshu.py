"""小红书 for merchants: two codes on the way in, and a form that wants an account and a link or a screenshot."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from automation.errors import Barrier, Ineligible, PacketUnfit
from automation.model import EvidenceKind, Medium, Packet, ReadBack, SignIn
from fixtures.backoffice import MockSite
from tests.flows.visit import Bureau, Person, Visit, visit

pytestmark = pytest.mark.whole

PLATFORM = "xiaohongshu"


def fill(bureau: Bureau, leave: Path, seen: Any, *kinds: EvidenceKind, linked: bool = True) -> tuple[Packet, ReadBack]:
    """Fill the form about one review with a piece of evidence of each kind, and read it back."""

    async def act(at: Visit) -> tuple[Packet, ReadBack]:
        packet = at.packet(seen, files=len(kinds) or 1)
        evidence = tuple(replace(one, kind=kind) for one, kind in zip(packet.evidence, kinds, strict=False))
        review = packet.review if linked else replace(packet.review, url="")
        packet = replace(packet, review=review, evidence=evidence or packet.evidence)
        _, shown = await at.fill(packet)
        return packet, shown

    return bureau.work(act, leave=leave)


async def enter(at: Visit, person: Person) -> tuple[str, Person]:
    await at.sign_in()
    return await at.flow.store_shown(at.site), person


def test_a_picture_without_words_leads_to_two_codes_and_each_is_shown(
    site: MockSite, tmp_path: Path, leave: Path
) -> None:
    shown, person = visit(site, tmp_path / "home", enter, sign_in=SignIn.QR, leave=leave)
    assert shown == site.control.stores()[0].name
    assert [medium for medium, _ in person.asked] == [Medium.QR, Medium.QR]
    assert person.pictures[0] != person.pictures[-1]


def test_the_code_by_sms_is_what_the_page_begins_with(site: MockSite, tmp_path: Path, leave: Path) -> None:
    shown, person = visit(site, tmp_path / "home", enter, sign_in=SignIn.SMS, leave=leave)
    assert shown == site.control.stores()[0].name
    assert person.asked == [(Medium.SMS, "139****0001")]


def test_the_row_leads_to_the_form_with_the_reviews_link(bureau: Bureau, leave: Path) -> None:
    seen = bureau.site.control.add_review("s1")
    packet, shown = fill(bureau, leave, seen)
    assert shown.answers == packet.answers
    assert shown.fields["review_appeal.link"] == seen.more["url"]
    assert seen.order_no in shown.review
    assert bureau.site.control.counts().submits == 0


def test_without_a_button_in_the_row_the_form_is_told_the_link(bureau: Bureau, leave: Path) -> None:
    bureau.site.control.fault("no_row_button")
    seen = bureau.site.control.add_review("s1")
    _, shown = fill(bureau, leave, seen)
    assert shown.fields["review_appeal.link"] == seen.more["url"]
    assert seen.order_no in shown.review


def test_without_a_link_the_first_pictures_of_the_review_stand_in_for_it(bureau: Bureau, leave: Path) -> None:
    bureau.site.control.fault("no_row_button")
    seen = bureau.site.control.add_review("s1")
    packet, _ = fill(bureau, leave, seen, EvidenceKind.REVIEW, EvidenceKind.CHAT, EvidenceKind.ORDER, linked=False)
    kept = {upload.sha256: upload.group for upload in bureau.site.control.uploads()}
    assert [kept[one.sha256] for one in packet.evidence] == ["shot", "proof", "proof"]


def test_neither_a_link_nor_a_picture_of_the_review_is_a_packet_that_does_not_fit(bureau: Bureau, leave: Path) -> None:
    bureau.site.control.fault("no_row_button")
    with pytest.raises(PacketUnfit, match="link or a screenshot"):
        fill(bureau, leave, bureau.site.control.add_review("s1"), EvidenceKind.CHAT, linked=False)


def test_what_the_form_says_about_a_link_counts(bureau: Bureau, leave: Path) -> None:
    bureau.site.control.fault("no_row_button")
    bureau.site.control.fault("already_appealed")
    with pytest.raises(Ineligible) as caught:
        fill(bureau, leave, bureau.site.control.add_review("s1"))
    assert caught.value.barrier is Barrier.ALREADY_APPEALED


def test_the_guide_is_skipped(bureau: Bureau, leave: Path) -> None:
    bureau.site.control.switch("popups", True)
    bureau.site.control.fault("popup_chain_over_form")
    fill(bureau, leave, bureau.site.control.add_review("s1"))
