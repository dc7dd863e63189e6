"""大众点评/美团: frames, two streams, the line of business, the store's panel, and the page that Flutter draws."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from automation.errors import Barrier, ChallengeUnanswered, FlowError, HandOver, Ineligible, ReviewMissing
from automation.model import Medium, ReadBack, SignIn
from fixtures.backoffice import MockSite
from tests.flows.visit import Bureau, Person, Visit, visit

pytestmark = pytest.mark.whole

PLATFORM = "meituan_dianping"
CHANNEL = "review_appeal"


async def fill(at: Visit, seen: Any) -> ReadBack:
    """Open the form of one review, fill it, and read it back."""
    packet = at.packet(seen)
    _, shown = await at.fill(packet)
    return shown


@pytest.mark.parametrize("stream", ["meituan", "dianping"])
def test_a_review_is_found_in_its_stream_with_an_order_or_without(bureau: Bureau, leave: Path, stream: str) -> None:
    seen = bureau.site.control.add_review("s1", stream=stream, text="根本没来过，全是编的。")
    shown = bureau.work(lambda at: fill(at, seen), leave=leave)
    assert seen.review_id in shown.review
    assert (seen.order_no in shown.review) is (stream == "meituan")


def test_without_any_number_the_text_and_the_time_tell_the_review(bureau: Bureau, leave: Path) -> None:
    there = bureau.site.control.add_review("s1", stream="dianping", text="根本没来过，全是编的。")
    unknown = replace(there, review_id="", order_no="")

    async def form_of(at: Visit, seen: Any) -> str:
        return (await at.flow.open_form(at.site, CHANNEL, at.packet(seen).review)).review

    assert there.review_id in bureau.work(lambda at: form_of(at, unknown), leave=leave)
    another = replace(unknown, posted_at=there.posted_at - timedelta(hours=3))
    with pytest.raises(ReviewMissing):
        bureau.work(lambda at: form_of(at, another), leave=leave)


def test_the_frame_is_looked_up_anew_after_every_click_in_the_menu(bureau: Bureau, leave: Path) -> None:
    seen = bureau.site.control.add_review("s1")

    async def act(at: Visit) -> ReadBack:
        since = bureau.site.control.now() - timedelta(days=400)
        for _ in range(2):
            read = await at.flow.records(at.site, CHANNEL, since)
            assert read.complete
            assert all(row.record_id and row.review_id and row.status and row.filed_at for row in read.rows)
            await at.flow.open_form(at.site, CHANNEL, at.packet(seen).review)
        return await fill(at, seen)

    assert [one.accepted for one in bureau.work(act, leave=leave).uploads] == [True, True]


def test_a_row_in_the_frame_says_why_it_takes_no_appeal(bureau: Bureau, leave: Path) -> None:
    seen = bureau.site.control.add_review("s1", refuses="评价已超过30天，无法投诉")
    with pytest.raises(Ineligible) as caught:
        bureau.work(lambda at: fill(at, seen), leave=leave)
    assert (caught.value.barrier, caught.value.seen) == (Barrier.WINDOW_CLOSED, "评价已超过30天，无法投诉")


def test_a_page_that_flutter_draws_is_for_a_person(bureau: Bureau, leave: Path) -> None:
    bureau.site.control.fault("takeaway_store")
    seen = bureau.site.control.add_review("s1")
    with pytest.raises(HandOver, match="Flutter"):
        bureau.work(lambda at: fill(at, seen), leave=leave)


async def enter(at: Visit, person: Person) -> tuple[str, list[Medium]]:
    await at.sign_in()
    return await at.flow.store_shown(at.site), [medium for medium, _ in person.asked]


@pytest.mark.parametrize("last", [False, True])
def test_the_line_of_business_is_chosen_before_the_qr_code_or_after_it(
    site: MockSite, tmp_path: Path, leave: Path, last: bool
) -> None:
    if last:
        site.control.fault("line_asked_last")
    shown, asked = visit(site, tmp_path / "home", enter, sign_in=SignIn.QR, leave=leave)
    assert (shown, asked) == (site.control.stores()[0].name, [Medium.QR])


def test_a_slider_at_the_sign_in_is_for_a_person(site: MockSite, tmp_path: Path, leave: Path) -> None:
    site.control.fault("slider_at_sign_in")
    desk: list[Person] = []

    async def try_it(at: Visit, person: Person) -> None:
        desk.append(person)
        await at.sign_in()

    with pytest.raises((ChallengeUnanswered, FlowError)):
        visit(site, tmp_path / "home", try_it, leave=leave)
    assert [medium for medium, _ in desk[0].asked] == [Medium.SLIDER]
    assert site.control.counts().sign_ins == 0


def test_one_login_goes_from_store_to_store_in_the_panel(site: MockSite, tmp_path: Path, leave: Path) -> None:
    names = {store.id: store.name for store in site.control.stores()}

    async def change(at: Visit, person: Person) -> list[str]:
        seen = []
        for store in ("s3", "s1", "s2"):
            at.store = replace(at.store, id=store, name=names[store])
            await at.sign_in()
            seen.append(await at.flow.store_shown(at.site))
        await fill(at, site.control.add_review("s2"))
        return seen

    agency = site.control.accounts()[2]
    assert visit(site, tmp_path / "home", change, who=agency, leave=leave) == [names["s3"], names["s1"], names["s2"]]
