"""What a key means on the page, what lies in the way, and what the page says in place of it."""

from __future__ import annotations

import pytest

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
from tests.browser.controls.packs import BUTTON, FACT, element, popup


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
