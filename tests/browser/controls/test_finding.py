"""What a key means on the page, what lies in the way, and what the page says in place of it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from playwright.async_api import Locator

from automation.browser.hand import Arrived
from automation.errors import (
    Barrier,
    ElementAmbiguous,
    ElementMissing,
    HandOver,
    Ineligible,
    OriginRefused,
    PackError,
    PageUnknown,
    SessionDead,
    SiteFault,
)
from automation.model import Medium
from tests.browser.controls.conftest import Bench
from tests.browser.controls.packs import NoHand, element

BUTTON = element("button", {"role": "button", "name": "申诉"})
FACT = {"source": "assumed"}


def popup(find: dict[str, Any], close: dict[str, Any]) -> dict[str, Any]:
    return {**FACT, "find": [find], "close": [close]}


async def test_two_buttons_alike_are_not_guessed_between(bench: Bench) -> None:
    page = "<h1>a</h1><button>申诉</button><p>x</p><button onclick='document.title=1'>申 诉</button>"
    tab = await bench.plain(page, {"elements": {"appeal": BUTTON}})
    with pytest.raises(ElementAmbiguous, match="appeal matches 2") as caught:
        await tab.click("appeal")
    assert caught.value.key == "appeal"
    assert "申 诉" in caught.value.seen
    assert await tab.shows("appeal")


async def test_a_second_button_that_is_on_its_way_out_is_waited_for(bench: Bench) -> None:
    page = """<h1>a</h1><button onclick="document.title='kept'">申诉</button><button id=old>申诉</button>
      <script>setTimeout(() => old.remove(), 200)</script>"""
    tab = await bench.plain(page, {"elements": {"appeal": BUTTON}})
    await tab.click("appeal")
    assert await tab.page.title() == "kept"


async def test_names_match_whole_and_with_a_space_between_two_characters(bench: Bench) -> None:
    page = "<h1>a</h1><button onclick=\"document.title='ok'\">申 诉</button><button>申诉记录</button>"
    tab = await bench.plain(page, {"elements": {"appeal": BUTTON}})
    await tab.click("appeal")
    assert await tab.page.title() == "ok"
    assert await tab.read("appeal") == "申诉"


async def test_the_first_way_that_matches_counts(bench: Bench) -> None:
    ways = element("display", {"css": ".gone"}, {"css": ".hidden"}, {"css": "p"}, {"css": "i"})
    tab = await bench.plain(
        "<h1>a</h1><i>3</i><p>还剩 1,203 次</p><b class=hidden hidden>2</b>", {"elements": {"left": ways}}
    )
    assert await tab.read("left") == "还剩 1,203 次"
    assert await tab.number("left") == 1203


async def test_an_error_shows_neither_numbers_nor_what_was_typed(bench: Bench) -> None:
    page = "<h1>订单 6912345678</h1><input value=hunter2><button>店铺 13800001111</button>"
    tab = await bench.plain(page, {"elements": {"appeal": BUTTON}}, seconds=0.2)
    with pytest.raises(ElementMissing) as caught:
        await tab.click("appeal")
    said = str(caught.value)
    assert "订单 #" in said
    assert not any(secret in said for secret in ("6912345678", "13800001111", "hunter2"))


async def test_an_element_that_is_covered_is_never_pressed_through_its_cover(bench: Bench) -> None:
    page = """<h1>a</h1><button onclick="document.title='pressed'">申诉</button>
      <div style="position:fixed;inset:0" id=cover></div>"""
    tab = await bench.plain(page, {"elements": {"appeal": BUTTON}}, seconds=0.5)
    with pytest.raises(ElementMissing, match="intercepts pointer events"):
        await tab.click("appeal")
    assert await tab.page.title() != "pressed"


async def test_a_chain_of_popups_is_closed_when_it_is_in_the_way(bench: Bench) -> None:
    page = """<h1>a</h1><button onclick="document.title='pressed'">申诉</button><script>
      const show = (left) => { if (!left) return; const box = document.createElement("div");
        box.className = "news"; box.style.cssText = "position:fixed;inset:0;background:#fff";
        box.innerHTML = "重要消息 " + left + "<button>知道了</button>"; document.body.append(box);
        box.lastChild.onclick = () => { box.remove(); show(left - 1); }; };
      show(4);</script>"""
    popups = {"news": popup({"css": ".news"}, {"role": "button", "name": "知道了"})}
    tab = await bench.plain(page, {"elements": {"appeal": BUTTON}, "popups": popups}, seconds=3)
    await tab.click("appeal")
    assert await tab.page.title() == "pressed"


async def test_what_the_flow_uses_is_no_popup(bench: Bench) -> None:
    page = """<h1>a</h1><div class=news><button onclick="document.title='used'">申诉</button><button>知道了</button>
      <div id=cover style="position:fixed;inset:0"></div></div>
      <script>setTimeout(() => cover.remove(), 700)</script>"""
    popups = {"news": popup({"css": ".news"}, {"role": "button", "name": "知道了"})}
    tab = await bench.plain(page, {"elements": {"appeal": BUTTON}, "popups": popups}, seconds=4)
    await tab.click("appeal")
    assert await tab.page.title() == "used"
    assert await tab.page.locator(".news").count() == 1


async def test_a_form_that_says_what_a_popup_says_is_none(bench: Bench) -> None:
    page = """<h1>a</h1><button onclick="document.title='pressed'">申诉</button><div class=news>重要消息
      <textarea></textarea><button>知道了</button></div><div id=cover style="position:fixed;inset:0"></div>
      <script>setTimeout(() => cover.remove(), 700)</script>"""
    popups = {"news": popup({"css": ".news"}, {"role": "button", "name": "知道了"})}
    tab = await bench.plain(page, {"elements": {"appeal": BUTTON}, "popups": popups}, seconds=4)
    await tab.click("appeal")
    assert await tab.page.title() == "pressed"
    assert await tab.page.locator(".news").count() == 1


async def test_a_dialog_for_people_is_handed_over_untouched(bench: Bench) -> None:
    page = """<h1>a</h1><button onclick="document.title='pressed'">申诉</button>
      <div role=dialog style="position:fixed;inset:0;background:#fff">请完成安全验证
      <button onclick="document.title='touched'">知道了</button></div>"""
    popups = {"any": popup({"role": "dialog"}, {"role": "button", "name": "知道了"})}
    pack = {"elements": {"appeal": BUTTON}, "popups": popups, "never_close": ["安全验证"]}
    tab = await bench.plain(page, pack, seconds=1)
    with pytest.raises(HandOver, match="安全验证"):
        await tab.click("appeal")
    assert await tab.page.title() not in ("pressed", "touched")


async def test_a_frame_for_people_is_handed_over_untouched(bench: Bench) -> None:
    page = """<h1>a</h1><div role=dialog><button onclick="document.title='pressed'">申诉</button></div>
      <div style="position:fixed;inset:0"><iframe class=slider srcdoc="<p>安全验证"></iframe></div>"""
    elements = {"appeal": BUTTON, "slider": element("display", {"css": ".slider"})}
    tab = await bench.plain(page, {"elements": elements, "for_people": ["slider"]}, seconds=4)
    with pytest.raises(HandOver, match="slider"):
        await tab.click("appeal")
    assert await tab.page.title() != "pressed"


async def test_a_disabled_button_is_heeded_with_its_cause(bench: Bench) -> None:
    page = """<h1>a</h1><button disabled title="本月申诉次数已用完">申诉</button>"""
    refusal = {**FACT, "says": ["本月申诉次数已用*"], "means": "no_attempts"}
    pack = {"elements": {"appeal": BUTTON, "gone": element("button", {"text": "x"})}, "refusals": [refusal]}
    tab = await bench.plain(page, pack, seconds=0.3)
    await tab.heed("gone")
    with pytest.raises(Ineligible) as caught:
        await tab.heed("appeal")
    assert (caught.value.barrier, caught.value.seen) == (Barrier.NO_ATTEMPTS, "本月申诉次数已用完")


async def test_the_tooltip_of_a_disabled_button_says_why(bench: Bench) -> None:
    page = """<h1>a</h1><span id=s><button disabled>申诉</button></span><script>
      s.onpointerenter = () => { const tip = document.createElement("div"); tip.role = "tooltip";
        tip.textContent = "一单一报"; document.body.append(tip); };</script>"""
    tab = await bench.plain(page, {"elements": {"appeal": BUTTON}})
    with pytest.raises(Ineligible, match="一单一报") as caught:
        await tab.heed("appeal")
    assert caught.value.barrier is Barrier.OTHER


async def test_a_dead_session_is_told_from_a_missing_element(bench: Bench) -> None:
    tab = await bench.plain("<h1>a</h1><p>请登录</p>", {"elements": {"appeal": BUTTON}}, seconds=0.3)
    with pytest.raises(SessionDead):
        await tab.click("appeal")
    assert await tab.arrive("login") == "login"
    with pytest.raises(ElementMissing):  # one is there to sign in: what is missing now is missing
        await tab.click("appeal")


async def test_arriving_says_which_page_came(bench: Bench) -> None:
    page = """<p id=p></p><script>setTimeout(() => { p.innerHTML = "<b class=one>1</b>"; }, 50);
      setTimeout(() => { p.innerHTML += "<b class=two>2</b>"; history.pushState(0, 0, "?two"); }, 300);</script>"""
    pages = {
        "both": {**FACT, "here_when": ["one", "two"], "url_has": "?two"},
        "never": {**FACT, "here_when": ["three"]},
    }
    elements = {name: element("display", {"css": f".{name}"}) for name in ("one", "two", "three")}
    tab = await bench.plain(page, {"elements": elements, "pages": pages})
    assert await tab.arrive("never", "both") == "both"
    with pytest.raises(PageUnknown):
        await tab.arrive("never", timeout=0.2)


async def test_only_the_packs_addresses_are_opened(bench: Bench) -> None:
    pages = {
        "broken": {**FACT, "url": "/broken", "here_when": ["title"]},
        "away": {**FACT, "url": "http://localhost:1/", "here_when": ["title"]},
        "nowhere": {**FACT, "here_when": ["title"]},
    }
    tab = await bench.plain("<p>x", {"elements": {}, "pages": pages}, seconds=1)
    await tab.open("start")
    with pytest.raises(SiteFault, match="503"):
        await tab.open("broken")
    with pytest.raises(OriginRefused):
        await tab.open("away")
    with pytest.raises(PackError, match="url"):
        await tab.open("nowhere")
    with pytest.raises(OriginRefused):
        await tab.follow("http://localhost:1/note/7", "start")
    with pytest.raises(PackError, match="elements\\.unknown"):
        await tab.click("unknown")


async def test_opening_a_page_takes_along_what_the_pack_says(bench: Bench) -> None:
    pages = {"next": {**FACT, "url": "/blank.html?tab=2", "keeps": ["groupid"], "here_when": ["title"]}}
    tab = await bench.plain("<p>x", {"elements": {}, "pages": pages})
    await tab.open("next")
    assert tab.page.url.endswith("/blank.html?tab=2")
    await tab.page.evaluate("history.replaceState(0, 0, '?groupid=18&token=x')")
    await tab.open("next")
    assert tab.page.url.endswith("/blank.html?tab=2&groupid=18")


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


async def test_what_signs_in_is_left_to_the_hand(bench: Bench) -> None:
    tab = await bench.plain(
        "<h1>a</h1><input placeholder=密码>", {"elements": {"password": element("text", {"placeholder": "密码"})}}
    )
    for step in (tab.type_secret("password", "password"), tab.type_totp("password"), tab.ask("password", Medium.SMS)):
        with pytest.raises(NotImplementedError):
            await step


@pytest.mark.parametrize(
    ("library", "prefix"), [("antd5", "auxo"), ("antd6", "auxo"), ("arco", "byted"), ("element", "shop")]
)
async def test_a_library_under_another_prefix_is_known(bench: Bench, library: str, prefix: str) -> None:
    tab = await bench.tab(library, prefix=prefix)
    await tab.set("item", "商品 012")
    assert await tab.read("item") == "商品 012"
    await tab.set("kind", "视频")
    row = await tab.find_row("orders", order="6910013")
    await tab.click("orders.appeal", within=row)
    await tab.click("dialog.cancel")
    assert await tab.page.evaluate("window.done") == ["row 6910013"]


async def test_a_popup_is_never_closed_by_the_button_that_sends(bench: Bench) -> None:
    page = """<h1>a</h1><button style="position:absolute;top:9px;left:9px">申诉</button>
      <div class=news style="position:fixed;inset:0;background:#fff">
      <button onclick="document.title='sent'">提交</button></div>"""
    popups = {"news": popup({"css": ".news"}, {"css": "button"})}
    tab = await bench.plain(page, {"elements": {"appeal": BUTTON}, "popups": popups}, seconds=3)
    with pytest.raises(PackError, match=r"popups\.news finds the button of submit") as caught:
        await tab.click("appeal")
    assert caught.value.field == "popups.news"
    assert await tab.page.title() != "sent"


@pytest.mark.parametrize(("control", "value"), [("checkbox", True), ("radio", "一")])
async def test_no_control_is_set_by_the_button_that_sends(bench: Bench, control: str, value: str | bool) -> None:
    page = "<h1>a</h1><button onclick=\"document.title='sent'\"><input type=checkbox>提交</button>"
    tab = await bench.plain(page, {"elements": {"reason": element(control, {"css": "button"})}}, seconds=2)
    with pytest.raises(PackError, match="finds the button of submit"):
        await tab.set("reason", value)
    assert await tab.page.title() != "sent"
