"""Elements in frames: sites replace them under one's hands, nest them, or show the same page without one."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Locator

from automation.browser.hand import Arrived
from automation.errors import (
    HandOver,
    PackError,
)
from automation.model import Medium
from tests.browser.controls.conftest import Bench
from tests.browser.controls.packs import BUTTON, FACT, NoHand, element, popup


async def test_a_frame_for_people_is_handed_over_untouched(bench: Bench) -> None:
    page = """<h1>a</h1><div role=dialog><button onclick="document.title='pressed'">申诉</button></div>
      <div style="position:fixed;inset:0"><iframe class=slider srcdoc="<p>安全验证"></iframe></div>"""
    elements = {"appeal": BUTTON, "slider": element("display", {"css": ".slider"})}
    tab = await bench.plain(page, {"elements": elements, "for_people": ["slider"]}, seconds=4)
    with pytest.raises(HandOver, match="slider"):
        await tab.click("appeal")
    assert await tab.page.title() != "pressed"


async def test_a_frame_that_is_replaced_is_found_again(bench: Bench) -> None:
    enter = "parent.document.title = document.querySelector(`input`).value"
    inner = f"<input placeholder=账号><button onclick='{enter}'>登录</button>"
    page = f"""<h1>a</h1><iframe srcdoc="{inner}"></iframe>"""
    again = f"""() => {{ const old = document.querySelector("iframe"), next = old.cloneNode();
      next.srcdoc = "{inner}<p>来了</p>"; old.replaceWith(next); }}"""
    elements = {
        "frame": element("frame", {"css": "iframe"}),
        "account": element("text", {"placeholder": "账号"}, frame="frame"),
        "enter": element("button", {"role": "button", "name": "登录"}, frame="frame"),
        "late": element("display", {"text": "来了"}, frame="frame"),
    }
    tab = await bench.plain(page, {"elements": elements})
    await tab.set("account", "old")
    _, said = await asyncio.gather(tab.page.evaluate(again), tab.read("late"))
    assert said == "来了"
    await tab.set("account", "new")
    await tab.click("enter")
    assert await tab.page.title() == "new"


@pytest.mark.parametrize("late", [0, 1500])
async def test_what_is_done_in_a_frame_that_is_replaced_meanwhile_is_done_in_the_new_one(
    bench: Bench, late: int
) -> None:
    button = "<button onclick='parent.document.title=this.textContent'>登录</button>"
    lid = "<p style='position:fixed;inset:0;background:white'>loading</p>"
    page = f"""<h1>a</h1><iframe srcdoc="{button}{lid}"></iframe>"""
    again = f"""(late) => setTimeout(() => {{ const old = document.querySelector("iframe"), next = old.cloneNode();
      next.srcdoc = "{button}"; old.replaceWith(next); }}, late)"""
    elements = {
        "frame": element("frame", {"css": "iframe"}),
        "enter": element("button", {"role": "button", "name": "登录"}, frame="frame"),
    }
    tab = await bench.plain(page, {"elements": elements}, seconds=4)
    await tab.page.evaluate(again, late)
    await tab.click("enter")
    assert await tab.page.title() == "登录"


class EagerHand(NoHand):
    """Looks at once and again whether the person is done."""

    async def hand_over(self, medium: Medium, picture: Locator | None, prompt: str, arrived: Arrived) -> str:
        while not (came := await arrived()):
            pass
        return came


async def test_looking_into_a_frame_that_is_replaced_all_the_time_ends_no_job(bench: Bench) -> None:
    page = """<h1>a</h1><iframe srcdoc="<p>登录"></iframe>"""
    again = """() => { let left = 150; const next = () => {
      const old = document.querySelector("iframe"), one = old.cloneNode();
      if (!left--) one.srcdoc = "<p>来了";
      old.replaceWith(one);
      if (left >= 0) setTimeout(next, 15); }; setTimeout(next, 0); }"""
    elements = {
        "frame": element("frame", {"css": "iframe"}),
        "enter": element("display", {"text": "登录"}, frame="frame"),
        "late": element("display", {"text": "来了"}, frame="frame"),
    }
    pages = {"there": {**FACT, "here_when": ["late"]}, "sms": {**FACT, "here_when": ["enter"]}}
    pack = {"elements": elements, "pages": pages}
    tab = await bench.plain(page, pack, hand=EagerHand())
    await tab.page.evaluate(again)
    assert await tab.hand_over(Medium.QR, "there") == "there"
    await tab.page.evaluate(again)
    for _ in range(40):
        assert await tab.shows("late") in {False, True}
        assert await tab.number("late") is None
        assert await tab.here("sms", "there") in {"", "sms", "there"}


async def test_what_lies_in_a_frame_is_found_without_one_where_the_site_shows_none(bench: Bench) -> None:
    elements = {
        "frame": element("frame", {"css": "iframe"}, {"css": "html"}),
        "inner": element("frame", {"css": "iframe.none"}, {"css": "body"}, frame="frame"),
        "appeal": element("button", {"role": "button", "name": "申诉"}, frame="inner"),
    }
    button = "<button onclick='parent.document.title=1'>申诉</button>"
    for page in (f"<h1>a</h1>{button}", f"""<h1>a</h1><iframe srcdoc="{button}"></iframe>"""):
        tab = await bench.plain(page, {"elements": elements})
        await tab.click("appeal")
        assert await tab.page.title() == "1"
    tab = await bench.plain(
        "<h1>a</h1><iframe src='about:blank'></iframe><button>申诉</button>", {"elements": elements}
    )
    assert not await tab.shows("appeal")  # where there is a frame, it is not looked for around it


@pytest.mark.parametrize("framed", [True, False])
async def test_the_submit_button_is_known_by_any_frame_that_leads_to_it(bench: Bench, framed: bool) -> None:
    button = "<button onclick='parent.document.title=1'>提交</button>"
    page = f"""<h1>a</h1><iframe srcdoc="{button}"></iframe>""" if framed else f"<h1>a</h1>{button}"
    elements = {
        "app": element("frame", {"css": "iframe"}, {"css": "html"}),
        "other": element("frame", {"css": "iframe"}) if framed else element("frame", {"css": "body"}),
        "send": element("button", {"text": "提交"}, frame="other"),
        "submit": element("button", {"role": "button", "name": "提交"}, frame="app", irreversible=True),
    }
    tab = await bench.plain(page, {"elements": elements})
    with pytest.raises(PackError, match="finds the button of submit"):
        await tab.click("send")
    assert await tab.page.title() != "1"


async def test_popups_are_closed_in_a_frame_and_over_it_but_not_around_it(bench: Bench) -> None:
    inner = """<button onclick='parent.document.title=1'>申诉</button>
      <p class=news style='position:fixed;inset:0;background:white'>内
        <button onclick='this.parentNode.remove()'>知道了</button></p>"""
    page = f"""<h1>a</h1><div class=news>框<button onclick="document.title='gone'">知道了</button>
      <iframe srcdoc="{inner}"></iframe></div>
      <p class=news style="position:fixed;inset:0;background:white">外
        <button onclick='this.parentNode.remove()'>知道了</button></p>"""
    pack = {
        "elements": {
            "frame": element("frame", {"css": "iframe"}),
            "appeal": element("button", {"role": "button", "name": "申诉"}, frame="frame"),
        },
        "popups": {"news": popup({"css": ".news"}, {"role": "button", "name": "知道了"})},
    }
    tab = await bench.plain(page, pack, seconds=4)
    await tab.click("appeal")
    assert await tab.page.title() == "1"


async def test_a_dialog_for_people_in_a_frame_is_seen(bench: Bench) -> None:
    page = """<h1>a</h1><iframe srcdoc="<div role='dialog'>安全验证</div><button>取消</button>"></iframe>"""
    elements = {"frame": element("frame", {"css": "iframe"}), "appeal": {**BUTTON, "frame": "frame"}}
    tab = await bench.plain(page, {"elements": elements, "never_close": ["安全验证"]}, seconds=0.5)
    with pytest.raises(HandOver, match="安全验证"):
        await tab.click("appeal")
    assert "buttons 取消" in str(await tab.reach.signs.missing("appeal"))


async def test_a_frame_in_a_frame_is_reached(bench: Bench) -> None:
    page = """<h1>a</h1><iframe srcdoc="<iframe srcdoc='<p class=deep>在里面</p>'></iframe>"></iframe>"""
    elements = {
        "outer": element("frame", {"css": "iframe"}),
        "inner": element("frame", {"css": "iframe"}, frame="outer"),
        "deep": element("display", {"css": ".deep"}, frame="inner"),
    }
    tab = await bench.plain(page, {"elements": elements})
    assert await tab.read("deep") == "在里面"
