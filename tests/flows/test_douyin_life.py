"""抖音来客: companies, a slider in a frame, cards without numbers in a virtual list, dialogs of two libraries."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from automation.errors import HandOver, ReviewMissing
from automation.model import Form, Medium, ReadBack, SignIn
from fixtures.backoffice import MockSite
from tests.flows.visit import Bureau, Person, Visit, visit

PLATFORM = "douyin_life"
TEXT = "不给退双倍团购款就天天来发差评。"


def fill(bureau: Bureau, leave: Path, seen: Any) -> tuple[Form, ReadBack]:
    """Open the form of one review, fill it, and read it back."""

    async def act(at: Visit) -> tuple[Form, ReadBack]:
        packet = at.packet(seen)
        return await at.fill(packet)

    return bureau.work(act, leave=leave)


# --- the way in


@pytest.mark.parametrize("how", [SignIn.PASSWORD, SignIn.SMS])
def test_the_agreement_is_ticked_and_the_company_chosen(
    site: MockSite, tmp_path: Path, leave: Path, how: SignIn
) -> None:
    async def enter(at: Visit, person: Person) -> tuple[str, str]:
        await at.sign_in()
        return await at.flow.store_shown(at.site), at.site.page.url

    shown, url = visit(site, tmp_path / "home", enter, sign_in=how, leave=leave)
    assert shown == site.control.stores()[0].name
    assert "/p/home?groupid=18" in url


def test_a_slider_in_a_frame_is_for_a_person(site: MockSite, tmp_path: Path, leave: Path) -> None:
    site.control.fault("slider_at_sign_in")

    async def slide(at: Visit, person: Person) -> None:
        knob = at.site.page.frame_locator("iframe").locator(".knob")
        await knob.wait_for(timeout=20_000)
        for _ in range(200):
            if person.asked:
                break
            await asyncio.sleep(0.05)
        box, mouse = await knob.bounding_box(), at.site.page.mouse
        assert box is not None
        assert site.control.counts().sign_ins == 0
        await mouse.move(box["x"] + 5, box["y"] + 5)
        await mouse.down()
        await mouse.move(box["x"] + 400, box["y"] + 5, steps=5)
        await mouse.up()

    async def enter(at: Visit, person: Person) -> list[tuple[Medium, str]]:
        await asyncio.gather(at.sign_in(), slide(at, person))
        return person.asked

    assert visit(site, tmp_path / "home", enter, leave=leave) == [(Medium.SLIDER, "")]
    assert site.control.counts().captchas_closed == 0


def test_one_login_goes_from_company_to_company(site: MockSite, tmp_path: Path, leave: Path) -> None:
    agency = site.control.accounts()[2]
    names = {store.id: store.name for store in site.control.stores()}

    async def change(at: Visit, person: Person) -> list[str]:
        seen = []
        for store in ("s2", "s3"):
            at.store = replace(at.store, id=store, name=names[store])
            await at.sign_in()
            seen.append(await at.flow.store_shown(at.site))
        return seen

    assert visit(site, tmp_path / "home", change, who=agency, leave=leave) == [names["s2"], names["s3"]]


# --- the review and its form


@pytest.mark.parametrize("look", ["usual", "other_dialogs"])
def test_the_form_is_filled_whichever_library_it_is_built_with(bureau: Bureau, leave: Path, look: str) -> None:
    bureau.site.control.drift(look)
    seen = bureau.site.control.add_review("s1", text=TEXT)
    form, shown = fill(bureau, leave, seen)
    assert (form.description_max, form.files_max, form.attempts_left) == (300, 9, 2)
    assert TEXT in shown.review
    assert [one.accepted for one in shown.uploads] == [True, True]
    assert bureau.site.control.counts().submits == 0


def test_a_review_far_down_the_list_is_found_by_text_and_time(bureau: Bureau, leave: Path) -> None:
    for hours in (1, 300, 301):
        seen = bureau.site.control.add_review("s1", text=TEXT, hours_ago=hours)
    _, shown = fill(bureau, leave, replace(seen, order_no=""))
    assert TEXT in shown.review


def test_of_equal_reviews_at_one_moment_the_product_tells_which_or_nothing_does(bureau: Bureau, leave: Path) -> None:
    add = bureau.site.control.add_review
    one = add("s1", text=TEXT, product="双人火锅套餐")
    add("s1", text=TEXT, product="单人洗剪吹", posted_at=one.posted_at)
    fill(bureau, leave, one)
    with pytest.raises(ReviewMissing, match="2 rows"):
        fill(bureau, leave, replace(one, product=""))


def test_a_review_that_the_buyer_edited_is_not_the_one_that_was_approved(bureau: Bureau, leave: Path) -> None:
    seen = bureau.site.control.add_review("s1", text="修改:已经退款了,店家态度可以。")
    with pytest.raises(ReviewMissing, match="no rows"):
        fill(bureau, leave, replace(seen, text=TEXT))


def test_a_slider_over_the_form_is_left_to_a_person(bureau: Bureau, leave: Path) -> None:
    bureau.site.control.fault("captcha_over_form")
    seen = bureau.site.control.add_review("s1")

    async def act(at: Visit) -> None:
        packet = at.packet(seen)
        form = await at.flow.open_form(at.site, packet.channel, packet.review)
        await at.site.page.locator("iframe").wait_for()
        for reason in (form.reasons[0], form.reasons[-1]):  # the list that was left open may lie over the slider
            await at.site.set("review_appeal.reason", reason)

    with pytest.raises(HandOver, match=r"check\.frame"):
        bureau.work(act, leave=leave)
    assert bureau.site.control.counts().captchas_closed == 0


# --- what comes of it


def test_records_name_the_review_by_what_it_says(bureau: Bureau, leave: Path) -> None:
    async def act(at: Visit) -> None:
        read = await at.flow.records(at.site, "review_appeal", bureau.site.control.now() - timedelta(days=400))
        assert read.complete
        assert len({row.record_id for row in read.rows}) == len(read.rows) > 10
        for row in read.rows:
            assert row.review_text
            assert row.status
            assert row.reason
            assert row.filed_at is not None
            assert (row.order_no, row.review_id) == ("", "")

    bureau.work(act, leave=leave)
