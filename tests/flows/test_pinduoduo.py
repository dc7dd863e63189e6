"""拼多多: boxes ticked beforehand, two kinds of proof, rows with heads, reasons that ask for more, the slider."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from automation.errors import Barrier, Ineligible, PacketUnfit, Throttled
from automation.model import Evidence, Medium, ReadBack
from automation.packs import Packs
from fixtures.backoffice import MockSite
from tests.flows.visit import Bureau, Person, Visit, visit

pytestmark = pytest.mark.whole

PLATFORM = "pinduoduo"
DISPUTE, REPORT = "dispute_appeal", "review_report"
RATE = {"items": "纠纷退款率", "amount": "0"}


def files_of(at: Visit, names: Sequence[str]) -> tuple[Evidence, ...]:
    """Made-up files; those that end in `.mp4` are videos."""
    return tuple(
        replace(at.evidence(n), media_type="video/mp4") if n.endswith("mp4") else at.evidence(n) for n in names
    )


def fill(
    bureau: Bureau,
    leave: Path,
    seen: Any,
    channel: str,
    *,
    answers: Mapping[str, str] | None = None,
    files: Sequence[str] = ("chat.png",),
    **changed: Any,
) -> ReadBack:
    """Open the form of one review, fill it, and read it back."""

    async def act(at: Visit) -> ReadBack:
        packet = replace(
            at.packet(seen, channel=channel), answers=answers or {}, evidence=files_of(at, files), **changed
        )
        _, shown = await at.fill(packet)
        assert bureau.site.control.counts().submits == 0
        return shown

    return bureau.work(act, leave=leave)


def test_of_the_boxes_exactly_the_approved_ones_stay_ticked(bureau: Bureau, leave: Path) -> None:
    seen = bureau.site.control.add_review("s1")
    answers = {"items": "货款, 纠纷退款率", "amount": seen.more["goods"]}
    assert fill(bureau, leave, seen, DISPUTE, answers=answers).answers == answers


def test_where_no_money_is_claimed_there_is_no_amount(bureau: Bureau, leave: Path) -> None:
    seen = bureau.site.control.add_review("s1")
    shown = fill(bureau, leave, seen, DISPUTE, answers=RATE)
    assert shown.answers == RATE


def test_no_more_is_claimed_than_the_ticked_boxes_allow(bureau: Bureau, leave: Path) -> None:
    seen = bureau.site.control.add_review("s1")
    with pytest.raises(PacketUnfit) as caught:  # with the freight it would be allowed
        fill(bureau, leave, seen, DISPUTE, answers={"items": "货款", "amount": seen.more["total"]})
    assert (caught.value.field, caught.value.limit) == ("answers.amount", seen.more["goods"])


@pytest.mark.parametrize("look", ["usual", "new_prefix"])
def test_the_first_files_are_required_proof_and_the_others_optional(bureau: Bureau, leave: Path, look: str) -> None:
    bureau.site.control.drift(look)
    seen = bureau.site.control.add_review("s1")
    names = ("1.png", "2.png", "3.png", "4.png", "5.png")
    shown = fill(bureau, leave, seen, DISPUTE, answers=RATE, files=names)
    assert shown.fields[f"{DISPUTE}.required"] == "1.png, 2.png, 3.png"
    assert shown.fields[f"{DISPUTE}.optional"] == "4.png, 5.png"
    kept = [(one.name, one.group) for one in bureau.site.control.uploads()]
    assert kept == [(name, "required") for name in names[:3]] + [(name, "optional") for name in names[3:]]


@pytest.mark.parametrize("files", [[f"{n}.png" for n in range(7)], [*"abcd", "a.mp4", "e", "f"], ["a.mp4"] * 5])
def test_files_that_do_not_fit_are_left_to_the_operator(bureau: Bureau, leave: Path, files: Sequence[str]) -> None:
    seen = bureau.site.control.add_review("s1")
    with pytest.raises(PacketUnfit, match="does not take all files"):
        fill(bureau, leave, seen, DISPUTE, answers=RATE, files=files)
    assert bureau.site.control.counts().upload_posts == 0


def test_an_order_that_left_the_list_was_appealed(bureau: Bureau, leave: Path) -> None:
    async def act(at: Visit) -> None:
        since = bureau.site.control.now() - timedelta(days=400)
        filed = (await at.flow.records(at.site, DISPUTE, since)).rows[0]
        review = replace(at.packet(bureau.site.control.add_review("s1"), channel=DISPUTE).review, posted_at=since)
        await at.flow.open_form(at.site, DISPUTE, replace(review, order_no=filed.order_no))

    with pytest.raises(Ineligible) as caught:
        bureau.work(act, leave=leave)
    assert caught.value.barrier is Barrier.ALREADY_APPEALED


def test_of_reviews_that_say_the_same_the_head_of_the_row_tells_which(bureau: Bureau, leave: Path) -> None:
    one, other = (bureau.site.control.add_review("s1", text="不给五十块钱补偿就不删差评。") for _ in range(2))
    for seen in (one, other):
        shown = fill(bureau, leave, replace(seen, review_id=""), REPORT)
        assert seen.order_no in shown.review


def test_a_reason_that_asks_for_nothing_more_gets_nothing_more(bureau: Bureau, leave: Path) -> None:
    seen = bureau.site.control.add_review("s1")
    shown = fill(bureau, leave, seen, REPORT, reason="advert", description="", files=())
    assert (shown.description, shown.uploads) == ("", ())
    with pytest.raises(PacketUnfit, match="takes no more than itself"):
        fill(bureau, leave, seen, REPORT, reason="advert")


def test_too_fast_is_told_from_a_fault_of_the_site(bureau: Bureau, leave: Path) -> None:
    bureau.site.control.fault("too_fast", channel=REPORT, at="form")
    with pytest.raises(Throttled, match="系统异常"):
        fill(bureau, leave, bureau.site.control.add_review("s1"), REPORT)
    assert Packs().pack(PLATFORM).pause_seconds >= 1.2


def test_the_slider_is_left_to_a_person(site: MockSite, tmp_path: Path, leave: Path) -> None:
    site.control.fault("slider_at_sign_in")

    async def act(at: Visit, person: Person) -> list[tuple[Medium, str]]:
        signing_in = asyncio.create_task(at.sign_in())
        for _ in range(400):
            if person.asked or signing_in.done():
                break
            await asyncio.sleep(0.02)
        await asyncio.to_thread(site.control.fault_off, "slider_at_sign_in")
        await signing_in
        return person.asked

    assert visit(site, tmp_path / "home", act, leave=leave) == [(Medium.SLIDER, "")]
