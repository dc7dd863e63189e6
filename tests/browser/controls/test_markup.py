"""Markup that differs within one site: several class prefixes, and tooltips that come in a frame."""

from __future__ import annotations

import pytest

from automation.errors import Ineligible
from tests.browser.controls.conftest import Bench
from tests.browser.controls.packs import element

BUTTON = element("button", {"role": "button", "name": "申诉"})


async def test_a_site_may_use_several_class_prefixes(bench: Bench) -> None:
    pack = {"prefix": "new old", "elements": {"go": element("button", {"css": ".{prefix}-go:not(.{prefix}-off)"})}}
    for made in ("new", "old"):
        tab = await bench.plain(f"<h1>a</h1><button class={made}-go onclick='document.title=1'>b</button>", pack)
        await tab.click("go")
        assert await tab.page.title() == "1"
    tab = await bench.plain("<h1>a</h1><button class=other-go>b</button>", pack)
    assert not await tab.shows("go")


async def test_the_tooltip_of_what_lies_in_a_frame_comes_in_the_frame(bench: Bench) -> None:
    inner = """<span id=s><button disabled>申诉</button></span><script>
      s.onpointerenter = () => { const tip = document.createElement('div'); tip.role = 'tooltip';
        tip.textContent = '一单一报'; document.body.append(tip); };</script>"""
    elements = {"frame": element("frame", {"css": "iframe"}), "appeal": {**BUTTON, "frame": "frame"}}
    tab = await bench.plain(f"""<h1>a</h1><iframe srcdoc="{inner}"></iframe>""", {"elements": elements})
    with pytest.raises(Ineligible, match="一单一报"):
        await tab.heed("appeal")
