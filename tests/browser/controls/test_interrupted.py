"""What interrupts: a pop-up over a control in use, and a link that leads away from where one is."""

from __future__ import annotations

from tests.browser.controls.conftest import Bench
from tests.browser.controls.packs import element

FACT = {"source": "assumed"}


async def test_a_pop_up_that_closes_a_list_as_it_opens_does_not_stop_the_choice(bench: Bench) -> None:
    page = """<button class=field>请选择</button><div class=list hidden><p class=option>虚假信息</p></div>
    <div role=dialog hidden>新功能<button>跳过</button></div><script>
    const [field, list, guide] = [".field", ".list", "[role=dialog]"].map((css) => document.querySelector(css));
    let came = false;
    field.onclick = () => { if (came) list.hidden = false; else guide.hidden = false; came = true; };
    guide.querySelector("button").onclick = () => { guide.hidden = true; };
    </script>"""
    parts = {"select": ".field", "popup": ".list", "option": ".option"}
    guide = {**FACT, "find": [{"role": "dialog", "has_text": "新功能"}], "close": [{"role": "button", "name": "跳过"}]}
    elements = {"reason": {**element("select", {"css": ".field"}), "parts": parts}}
    tab = await bench.plain(page, {"elements": elements, "popups": {"guide": guide}}, seconds=1)
    assert await tab.options("reason") == ("虚假信息",)


PICK = """<button class=field><b class=chosen>恶意骚扰</b></button>
  <div class=list hidden><p class=option>虚假信息</p><p class=option>恶意骚扰</p></div><script>
  const [field, list, chosen] = [".field", ".list", ".chosen"].map((css) => document.querySelector(css));
  let times = 0;
  field.onclick = () => { list.hidden = false; times += 1; opened(); };
  list.onclick = (event) => { list.hidden = true; choose(event.target.textContent); };
  let opened = () => {}, choose = (text) => { chosen.textContent = text; };</script>"""
PICKED = {"select": ".field", "select_value": ".chosen", "popup": ".list", "option": ".option"}


async def test_a_choice_whose_press_was_lost_is_made_once_more(bench: Bench) -> None:
    elements = {"reason": {**element("select", {"css": ".field"}), "parts": PICKED}}
    tab = await bench.plain(PICK, {"elements": elements}, seconds=1)
    await tab.page.evaluate("choose = (text) => { if (times > 1) chosen.textContent = text; }; 0")
    await tab.set("reason", "虚假信息")
    await tab.page.evaluate(
        "let lost = 0; choose = (text) => { if (lost++) chosen.textContent = text; else list.hidden = false; }; 0"
    )
    await tab.set("reason", "恶意骚扰")  # this time the list is still open
    assert await tab.read("reason") == "恶意骚扰"
    await tab.set("reason", "虚假信息")
    assert await tab.read("reason") == "虚假信息"


async def test_a_list_that_closes_while_it_is_read_is_opened_once_more(bench: Bench) -> None:
    elements = {"reason": {**element("select", {"css": ".field"}), "parts": PICKED}}
    tab = await bench.plain(PICK, {"elements": elements}, seconds=1)
    await tab.page.evaluate("opened = () => { if (times < 2) setTimeout(() => { list.hidden = true; }, 40); }; 0")
    assert await tab.options("reason") == ("虚假信息", "恶意骚扰")


async def test_a_link_of_a_packet_is_followed_anew_each_time(bench: Bench) -> None:
    pages = {"gone": {**FACT, "here_when": ["gone"]}}
    tab = await bench.plain("<p>x", {"elements": {"gone": element("display", {"css": ".gone"})}, "pages": pages})
    await tab.open("start")
    link = tab.page.url
    await tab.page.evaluate("document.body.dataset.old = 'yes'")
    assert await tab.follow(link, "gone", "start") == "start"
    assert await tab.page.evaluate("document.body.dataset.old") is None
