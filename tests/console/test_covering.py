"""Parts of a picture are covered at the console: drawn, typed, or as suggested; the approver sees both."""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from automation.box import Box, BoxKind
from automation.casework import cover, foresee
from automation.console.access import Role
from automation.model import Case, State
from tests.console.room import Room

PHONE, FACE = Box(40, 20, 200, 30, BoxKind.PHONE), Box(100, 100, 60, 80, BoxKind.FACE)
EN = {"accept-language": "en"}


def noted(room: Room, store: str = "s1", suggested: tuple[Box, ...] = ()) -> Case:
    """A case whose picture says where it was taken."""
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    photo = room.office.settings.home / "incoming" / "photo.jpg"
    photo.parent.mkdir(exist_ok=True)
    Image.new("RGB", (320, 240), "#cde").save(photo, exif=exif)
    case = room.case(store, evidence=f"chat:{photo}")
    piece = replace(case.packet.evidence[0], suggested=suggested)
    return room.log.change_packet(case.id, replace(case.packet, evidence=(piece,)), by="ann") if suggested else case


def sent(case: Case, boxes: Sequence[Box], **other: Any) -> dict[str, Any]:
    names = ("left", "top", "width", "height", "kind")
    return {"digest": case.digest} | {name: [str(getattr(box, name)) for box in boxes] for name in names} | other


def shown(page: httpx.Response) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def test_what_is_covered_is_sent_and_the_approver_sees_both(shared: Room) -> None:
    case = noted(shared)
    place = f"/cases/{case.id}/evidence/1"
    with shared.client() as client:
        client.post(f"/cases/{case.id}/decision", data={"decision": "approved", "digest": case.digest})
        assert f'href="{place}/cover"' in client.get(f"/cases/{case.id}/edit").text
        answer = client.post(f"{place}/cover", data=sent(case, [PHONE, FACE]))
        assert (answer.status_code, answer.headers["location"]) == (303, f"/cases/{case.id}?done=edited")
        page = client.get(f"/cases/{case.id}", headers=EN)
        after, before = client.get(place), client.get(f"{place}/original")
        batch = client.get(f"/batch/review?case={case.id}", headers=EN)
    for told in ("covered: 2 (face, phone)", "What is sent", "Before (not sent)", "covered anew photo.jpg"):
        assert told in shown(page)
    assert "covered: photo.jpg: face 1, phone 1" in shown(page)
    assert "covered: 2 (face, phone)" in shown(batch)
    assert before.content == (shared.office.settings.home / "incoming" / "photo.jpg").read_bytes()
    assert "sandbox" in before.headers["content-security-policy"]
    with Image.open(io.BytesIO(after.content)) as picture:
        assert picture.convert("L").crop((48, 24, 232, 46)).getextrema() in ((0, 0), (0, 1))
    now = shared.log.case(case.id)
    assert (now.state, now.packet.evidence[0].boxes) == (State.READY, (PHONE, FACE))
    assert shared.log.approvals(case.id)[0].voided


def test_a_case_says_when_only_notes_were_taken_out(shared: Room) -> None:
    case = noted(shared)
    with shared.client() as client:
        page = client.get(f"/cases/{case.id}", headers=EN)
        told = client.get(f"/api/cases/{case.id}", headers={"accept": "application/json"}).json()
    assert "place, device and other notes taken out" in shown(page)
    assert "Before (not sent)" not in shown(page)
    (piece,) = told["packet"]["evidence"]
    assert (len(piece["original"]), piece["boxes"]) == (64, [])


def test_a_file_that_comes_again_is_foreseen_as_the_same(shared: Room) -> None:
    case = noted(shared)
    packet = case.packet
    row = {
        "store": "s1",
        "channel": packet.channel,
        "order_no": packet.review.order_no,
        "review_text": packet.review.text,
        "posted_at": packet.review.posted_at.isoformat(),
        "stars": 1,
        "buyer": packet.review.buyer,
        "reason": packet.reason,
        "description": packet.description,
        "evidence": "chat:photo.jpg",
    }
    file = shared.office.settings.home / "incoming" / "again.json"
    file.write_text(json.dumps([row]), "utf-8")
    found = foresee(shared.office, file, by="ann", language="zh", sees=lambda _: True)
    assert [(one.case.id, one.new, one.differs) for one in found.rows] == [(case.id, False, False)], found.problems


@pytest.mark.parametrize(
    ("boxes", "told"),
    [
        ([Box(300, 0, 50, 10)], "leaves the picture"),
        ([PHONE, Box(1, 1, 0, 5)], "is empty"),
    ],
)
def test_what_cannot_be_covered_comes_back_as_it_was_drawn(shared: Room, boxes: list[Box], told: str) -> None:
    case = noted(shared)
    with shared.client() as client:
        answer = client.post(f"/cases/{case.id}/evidence/1/cover", data=sent(case, boxes), headers=EN)
    assert (answer.status_code, told in shown(answer)) == (422, True)
    assert answer.text.count('<fieldset class="box">') == len(boxes) + 1  # and the one that new ones are made of
    assert shared.log.case(case.id) == case


@pytest.mark.parametrize(
    "wrong", [{"left": "", "kind": "phone"}, {"width": "1e3"}, {"kind": "nose"}, {"top": "9" * 5000}]
)
def test_what_is_no_box_is_refused(shared: Room, wrong: dict[str, str]) -> None:
    case = noted(shared)
    with shared.client() as client:
        answer = client.post(f"/cases/{case.id}/evidence/1/cover", data=sent(case, [PHONE], **wrong))
    assert answer.status_code == 422
    assert shared.log.case(case.id) == case


def test_a_change_behind_ones_back_is_shown_and_nothing_is_lost(shared: Room) -> None:
    case = noted(shared)
    cover(shared.office, case, 1, [FACE], by="Wang", language="zh")
    with shared.client() as client:
        answer = client.post(f"/cases/{case.id}/evidence/1/cover", data=sent(case, [PHONE]), headers=EN)
        assert (answer.status_code, "Wang changed the packet" in shown(answer)) == (409, True)
        assert 'name="left" min="0" max="319" step="1" required value="40"' in answer.text
        assert shared.log.case(case.id).packet.evidence[0].boxes == (FACE,)
        again = client.post(f"/cases/{case.id}/evidence/1/cover", data=sent(shared.log.case(case.id), [PHONE]))
        assert again.status_code == 303
    assert shared.log.case(case.id).packet.evidence[0].boxes == (PHONE,)


def test_only_who_may_sees_the_original_and_covers(shared: Room) -> None:
    case = noted(shared, "s2")
    place = f"/cases/{case.id}/evidence/1"
    with shared.client("Wu", Role.VIEWER) as viewer, shared.client("Zhao", Role.ENTRY, frozenset({"North"})) as other:
        assert viewer.get(f"{place}/original").status_code == 200
        assert other.get(f"{place}/original").status_code == 404
        for client, status in ((viewer, 403), (other, 404)):
            assert client.get(f"{place}/cover").status_code == status
            assert client.post(f"{place}/cover", data=sent(case, [PHONE])).status_code == status
        assert f"{place}/cover" not in viewer.get(f"/cases/{case.id}").text
    with shared.client() as client:
        assert client.get(f"/cases/{case.id}/evidence/2/cover").status_code == 404
    assert shared.log.case(case.id) == case


def test_what_is_in_work_is_not_covered(shared: Room) -> None:
    case = noted(shared)
    with shared.client() as client:
        client.post(f"/cases/{case.id}/decision", data={"decision": "approved", "digest": case.digest})
        shared.log.move(case.id, State.PREPARING, by="worker")
        answer = client.post(f"/cases/{case.id}/evidence/1/cover", data=sent(case, [PHONE]))
    assert answer.status_code == 409
    assert shared.log.case(case.id).packet.evidence[0].boxes == ()


@pytest.fixture
def page(shared: Room, browser: Browser) -> Iterator[Page]:
    with browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900}) as context:
        opened = context.new_page()
        opened.goto(shared.served.invite())
        yield opened


def drag(page: Page, *points: tuple[int, int]) -> None:
    """Over the picture, points in its pixels."""
    whole = page.locator("#stage img").bounding_box()
    assert whole is not None
    at = [(whole["x"] + x * whole["width"] / 320, whole["y"] + y * whole["height"] / 240) for x, y in points]
    page.mouse.move(*at[0])
    page.mouse.down()
    for one in at[1:]:
        page.mouse.move(*one)
    page.mouse.up()


def test_parts_are_drawn_moved_resized_typed_and_taken_from_what_is_suggested(shared: Room, page: Page) -> None:
    case = noted(shared, suggested=(PHONE,))
    page.goto(f"{shared.url}/cases/{case.id}/evidence/1/cover")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    drag(page, (100, 100), (120, 130), (160, 180))
    drag(page, (300, 200), (301, 201))  # a slip of the hand
    drag(page, (130, 140), (150, 130))  # moved by 20, -10
    drag(page, (180, 170), (200, 200))  # its corner
    page.get_by_label("What it is").select_option("face")
    expect(page.locator(".part")).to_have_count(1)
    page.get_by_role("button", name="Cover it").click()
    expect(page.locator("#boxes > .box")).to_have_count(2)
    expect(page.get_by_text("Cover it")).to_have_count(0)
    page.get_by_role("button", name="Add a part").press("Enter")
    third = page.get_by_role("group", name="Part 3")
    for name, typed_in in (("Left", "0"), ("Top", "200"), ("Width", "30"), ("Height", "40")):
        third.get_by_label(name).fill(typed_in)
    page.get_by_role("button", name="Add a part").press("Enter")
    page.get_by_role("button", name="Remove Part 4").press("Enter")
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_text("covered: 3").first).to_be_visible()
    drawn, suggested, typed = shared.log.case(case.id).packet.evidence[0].boxes
    assert (drawn.kind, suggested, typed) == (BoxKind.FACE, PHONE, Box(0, 200, 30, 40, BoxKind.PHONE))
    for number, wanted in zip((drawn.left, drawn.top, drawn.right, drawn.bottom), (120, 90, 200, 200), strict=True):
        assert abs(number - wanted) <= 2
    assert said == []
