"""The one click that cannot be taken back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from automation.browser.submit import press_submit
from automation.browser.tab import Tab
from automation.errors import ElementAmbiguous, ElementMissing, Ineligible, PackError
from automation.model import Intent
from tests.browser.controls.conftest import Bench
from tests.browser.controls.packs import element

INTENT = Intent(id=1, case=1, round=1, digest="ab" * 32, at=datetime(2026, 3, 1, tzinfo=UTC))

FORM = """<h1>a</h1><button id=send onclick="count('send')">提交</button><div id=more></div>
  <script>const count = (what) => { document.title += what + "."; after(what); };
  document.title = ""; let after = () => {};</script>"""


def pack(**submit: Any) -> dict[str, Any]:
    elements = {
        "send": element("button", {"role": "button", "name": "提交"}, irreversible=True),
        "sure": element("button", {"role": "button", "name": "确定"}),
        "took": element("toast", {"text": "提交成功"}),
        "error": element("toast", {"css": ".error"}),
    }
    refusals = [{"source": "assumed", "says": ["已经申诉过*"], "means": "already_appealed"}]
    return {"elements": elements, "messages": ["error"], "refusals": refusals, "submit": submit}


async def submit(tab: Tab) -> Any:
    return await press_submit(tab, INTENT, tab.pack.channels["appeal"])


async def test_the_button_and_its_confirmation_are_clicked_once_each(bench: Bench) -> None:
    tab = await bench.plain(FORM, pack(confirm=["sure"], took="took"))
    ask = "more.innerHTML = `<button onclick=\"count('sure')\">确 定</button>`"
    await tab.page.evaluate(
        "void (after = (what) => setTimeout(() => {"
        f"  if (what === 'send') {ask}; else more.innerHTML = '提交成功';"
        "}, 100))"
    )
    assert await submit(tab) is None
    assert await tab.page.title() == "send.sure."


async def test_a_site_that_does_not_ask_again_is_content_with_one_click(bench: Bench) -> None:
    tab = await bench.plain(FORM, pack(confirm=["sure"], took="took"))
    await tab.page.evaluate("void (after = () => { more.innerHTML = '<p>提交成功</p>'; })")
    assert await submit(tab) is None
    assert await tab.page.title() == "send."


async def test_what_the_site_says_against_it_is_returned_not_raised(bench: Bench) -> None:
    tab = await bench.plain(FORM, pack(confirm=["sure"], took="took"))
    await tab.page.evaluate("void (after = () => { more.innerHTML = '<p class=error>已经申诉过，请勿重复</p>'; })")
    said = await submit(tab)
    assert isinstance(said, Ineligible)
    assert said.seen == "已经申诉过，请勿重复"


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        ("send.textContent = '立即提交'", ElementMissing),
        ("more.innerHTML = '<button>提 交</button>'", ElementAmbiguous),
        ("send.disabled = true", ElementMissing),
    ],
)
async def test_what_is_raised_is_raised_before_the_click(bench: Bench, spoil: str, error: type[Exception]) -> None:
    tab = await bench.plain(FORM, pack(took="took"), seconds=0.5)
    await tab.page.evaluate(spoil)
    with pytest.raises(error):
        await submit(tab)
    assert await tab.page.title() == ""


async def test_a_click_that_hangs_the_page_is_not_given_twice(bench: Bench) -> None:
    tab = await bench.plain(FORM, pack(), seconds=1)
    await tab.page.evaluate(
        "void (after = () => { const end = performance.now() + 2500; while (performance.now() < end); })"
    )
    await submit(tab)
    assert await tab.page.title() == "send."


async def test_a_submit_button_must_be_marked(bench: Bench) -> None:
    parts = pack(press="sure")
    tab = await bench.plain(FORM, parts)
    with pytest.raises(PackError, match="must be marked"):
        await submit(tab)
