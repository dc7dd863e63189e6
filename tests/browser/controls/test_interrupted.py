"""What comes up over a control while it is being used."""

from __future__ import annotations

from tests.browser.controls.conftest import Bench
from tests.browser.controls.packs import element


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
