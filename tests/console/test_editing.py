"""A packet is changed in the browser: kept, judged, shown as a difference, refused where somebody else was faster."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, Dialog, Page, expect

from automation.console.access import Role
from automation.model import Case, Decision, State
from tests.console.room import DESCRIPTION, Room

LONGER = DESCRIPTION.replace("当日拒绝", "次日书面拒绝")


def picture(colour: int = 9) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (300, 200), (colour, 90, 30)).save(made, "PNG")
    return made.getvalue()


def form(case: Case, **changed: Any) -> dict[str, Any]:
    """What the browser sends of a form that was not touched, but for what was changed."""
    packet = case.packet
    whole = {
        "digest": case.digest,
        "channel": packet.channel,
        "reason": packet.reason,
        "description": packet.description,
        "review_url": packet.review.url,
    }
    return whole | {f"answer.{term}": text for term, text in packet.answers.items()} | changed


def shown(page: httpx.Response) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", page.text))


def test_a_change_is_kept_and_shown_as_a_difference(shared: Room) -> None:
    case = shared.case()
    with shared.client() as client:
        digest = {"decision": "approved", "digest": case.digest}
        client.post(f"/cases/{case.id}/decision", data=digest)
        page = client.get(f"/cases/{case.id}/edit").text
        assert DESCRIPTION in page
        assert 'data-most="' in page
        answer = client.post(f"/cases/{case.id}/edit", data=form(case, description=LONGER), files={"file": ("", b"")})
        assert (answer.status_code, answer.headers["location"]) == (303, f"/cases/{case.id}?done=edited")
        page = client.get(f"/cases/{case.id}").text
    assert "<del>当</del><ins>次</ins>日<ins>书面</ins>拒绝" in page
    now = shared.log.case(case.id)
    assert (now.packet.description, now.state) == (LONGER, State.READY)
    assert shared.log.approvals(case.id)[0].voided
    assert shared.log.events(case.id)[-1].by == "Li Na"


def test_the_difference_reaches_back_to_what_was_approved(shared: Room) -> None:
    case = shared.case()
    with shared.client() as client:
        client.post(f"/cases/{case.id}/decision", data={"decision": "approved", "digest": case.digest})
        for text in (LONGER, LONGER + "商家保留了全部聊天记录。"):
            case = shared.log.case(case.id)
            client.post(f"/cases/{case.id}/edit", data=form(case, description=text))
        page = client.get(f"/cases/{case.id}", headers={"accept-language": "en"}).text
    assert page.count("<ins>商家保留了全部聊天记录。</ins>") == 2
    assert page.count("<ins>书面</ins>") == 1
    assert "approved it last" in page


def test_files_are_added_in_the_order_of_time_and_taken_out(shared: Room) -> None:
    case = shared.case()
    old = case.packet.evidence[0].name
    said = {
        "file_kind": ["chat", "order"],
        "file_caption": ["晚", "早"],
        "file_time": ["2025-03-06T10:00", "2025-03-05T10:00"],
    }
    files = [("file", ("晚.png", picture(1))), ("file", (r"C:\图\早.png", picture(2)))]
    with shared.client() as client:
        answer = client.post(f"/cases/{case.id}/edit", data=form(case, drop=old, **said), files=files)
        assert answer.status_code == 303, answer.text
        page = shown(client.get(f"/cases/{case.id}", headers={"accept-language": "en"}))
    evidence = shared.log.case(case.id).packet.evidence
    assert [(one.name, one.kind, one.caption) for one in evidence] == [
        ("早.png", "order", "早"),
        ("晚.png", "chat", "晚"),
    ]
    assert "added 早.png" in page
    assert f"taken out {old}" in page
    assert not list((shared.office.settings.home / "uploads").iterdir())


def test_what_is_wrong_comes_back_with_what_was_typed(shared: Room) -> None:
    case = shared.case()
    sent = form(case, description=LONGER, file_kind="chat", file_caption="", file_time="")
    with shared.client() as client:
        answer = client.post(
            f"/cases/{case.id}/edit",
            data=sent,
            files={"file": ("病毒.png", b"MZ not a picture")},
            headers={"accept-language": "en"},
        )
        assert answer.status_code == 422
        assert LONGER in answer.text
        assert "病毒.png" in answer.text
        assert "pick the files again" in answer.text
        unknown = client.post(f"/cases/{case.id}/edit", data=form(case, reason="no_such"))
        assert unknown.status_code == 422
    assert shared.log.case(case.id) == case
    assert not list((shared.office.settings.home / "uploads").iterdir())


@pytest.mark.parametrize(("language", "told"), [("en", "emotional"), ("zh", "情绪")])
def test_the_lint_speaks_the_language_of_whoever_edits(shared: Room, language: str, told: str) -> None:
    case = shared.case()
    with shared.client() as client:
        sent = form(case, description=DESCRIPTION + "简直太无耻了！！！")
        client.post(f"/cases/{case.id}/edit", data=sent, headers={"accept-language": language})
    assert told in " ".join(one.message for one in shared.log.case(case.id).findings).lower()


def test_a_change_behind_ones_back_is_refused_and_shown(shared: Room) -> None:
    case = shared.case()
    with shared.client("Wang") as other, shared.client() as client:
        assert other.post(f"/cases/{case.id}/edit", data=form(case, description=LONGER)).status_code == 303
        mine = DESCRIPTION + "（我的改动）"
        answer = client.post(
            f"/cases/{case.id}/edit", data=form(case, description=mine), headers={"accept-language": "en"}
        )
        assert answer.status_code == 409
        assert "Wang changed the packet" in answer.text
        assert "<del>次</del><ins>当</ins>日<del>书面</del>" in answer.text
        assert f">{mine}</textarea>" in answer.text
        assert shared.log.case(case.id).packet.description == LONGER
        newest = re.search(r'name="digest" value="(\w+)"', answer.text)
        assert newest is not None
        again = client.post(f"/cases/{case.id}/edit", data=form(case, description=mine, digest=newest[1]))
        assert again.status_code == 303
    assert shared.log.case(case.id).packet.description == mine


def test_what_was_sent_or_is_in_work_is_not_edited(shared: Room) -> None:
    case = shared.case()
    digest = {"decision": "approved", "digest": case.digest}
    with shared.client() as client:
        client.post(f"/cases/{case.id}/decision", data=digest)
        shared.log.move(case.id, State.PREPARING, by="worker")
        answer = client.post(f"/cases/{case.id}/edit", data=form(case, description=LONGER))
        assert answer.status_code == 409
        assert LONGER in answer.text
    assert shared.log.approvals(case.id)[-1].decision is Decision.APPROVED


def test_a_form_that_was_not_touched_voids_nothing(shared: Room) -> None:
    case = shared.case()
    with shared.client() as client:
        client.post(f"/cases/{case.id}/decision", data={"decision": "approved", "digest": case.digest})
        assert client.post(f"/cases/{case.id}/edit", data=form(case)).status_code == 303
    assert shared.log.case(case.id).state is State.APPROVED


def test_another_channel_brings_its_own_fields(shared: Room) -> None:
    case = shared.case()
    others = [name for name in shared.office.packs.pack("douyin_shop").channels if name != case.packet.channel]
    with shared.client() as client:
        for channel in others:
            answer = client.post(
                f"/cases/{case.id}/edit/fields", data=form(case, channel=channel, description="打了一半")
            )
            assert answer.status_code == 200
            assert ">打了一半</textarea>" in answer.text
            assert "<html" not in answer.text


def test_a_viewer_and_another_clients_clerk_do_not_edit(shared: Room) -> None:
    case = shared.case("s2")
    with shared.client("Wu", Role.VIEWER) as viewer, shared.client("Zhao", Role.ENTRY, frozenset({"North"})) as other:
        for client, status in ((viewer, 403), (other, 404)):
            assert client.get(f"/cases/{case.id}/edit").status_code == status
            assert client.post(f"/cases/{case.id}/edit", data=form(case, description=LONGER)).status_code == status
    assert shared.log.case(case.id) == case


@pytest.fixture
def page(shared: Room, browser: Browser) -> Iterator[Page]:
    with browser.new_context(locale="en-GB") as context:
        opened = context.new_page()
        opened.goto(shared.served.invite())
        yield opened


def test_what_was_typed_is_not_left_without_a_word(shared: Room, page: Page) -> None:
    case, asked = shared.case(), list[str]()

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.goto(f"{shared.url}/cases/{case.id}/edit")
    page.get_by_role("link", name="Leave as it is").click()  # nothing was typed: nothing is asked
    page.wait_for_url(f"**/cases/{case.id}")
    page.goto(f"{shared.url}/cases/{case.id}/edit")
    page.get_by_label("Description").fill(LONGER)
    page.get_by_role("button", name="中文").click()  # goes by script
    expect(page.get_by_label("Description")).to_have_value(LONGER)
    assert asked == ["confirm"]
    with page.expect_event("dialog"):
        page.get_by_role("link", name="Leave as it is").click(no_wait_after=True)
    expect(page.get_by_label("Description")).to_have_value(LONGER)
    assert asked == ["confirm", "beforeunload"]


def test_what_was_typed_is_kept_before_a_picture_is_covered(shared: Room, page: Page) -> None:
    case, asked = shared.case(), list[str]()

    def go_on(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", go_on)
    page.goto(f"{shared.url}/cases/{case.id}/edit")
    page.get_by_label("Description").fill(LONGER)
    page.get_by_role("link", name="Cover parts").first.click()
    page.wait_for_url(f"**/cases/{case.id}/evidence/1/cover")
    assert shared.log.case(case.id).packet.description == LONGER
    page.get_by_role("link", name="Inbox").click()
    page.wait_for_url(f"{shared.url}/")
    assert asked == []  # what is kept is not asked about
    page.goto(f"{shared.url}/cases/{case.id}/edit")
    page.get_by_label("Description").fill(DESCRIPTION)
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_label("申诉说明")).to_have_value(LONGER)
    assert asked == ["confirm"]  # once


def test_whoever_covers_next_goes_there_wherever_the_picture_stands_by_then(shared: Room) -> None:
    case = shared.case()
    kept = case.packet.evidence[0].name
    with shared.client() as client:
        address = f"/cases/{case.id}/edit"
        answer = client.post(address, data=form(case, then=kept), files={"file": ("", b"")})
        assert answer.headers["location"] == f"/cases/{case.id}/evidence/1/cover"
        sent = form(case, then=kept, drop=kept, description=LONGER)
        more = {"file_kind": "chat", "file_caption": "", "file_time": ""}
        answer = client.post(address, data=sent | more, files={"file": ("new.png", picture())})
        assert answer.headers["location"] == f"/cases/{case.id}?done=edited"
