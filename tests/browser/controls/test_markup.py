"""Markup that differs within one site: several class prefixes, and tooltips that come in a frame."""

from __future__ import annotations

from pathlib import Path

import pytest

from automation.errors import Ineligible, PacketUnfit
from tests.browser.controls.conftest import Bench
from tests.browser.controls.packs import element
from tests.browser.controls.test_libraries import evidence

BUTTON = element("button", {"role": "button", "name": "申诉"})


async def test_a_site_may_use_several_class_prefixes(bench: Bench) -> None:
    pack = {"prefix": "new old", "elements": {"go": element("button", {"css": ".{prefix}-go:not(.{prefix}-off)"})}}
    for made in ("new", "old"):
        tab = await bench.plain(f"<h1>a</h1><button class={made}-go onclick='document.title=1'>b</button>", pack)
        await tab.click("go")
        assert await tab.page.title() == "1"
    tab = await bench.plain("<h1>a</h1><button class=other-go>b</button>", pack)
    assert not await tab.shows("go")


async def test_a_file_input_of_plain_html_lists_its_own_files(bench: Bench, tmp_path: Path) -> None:
    page = """<h1>a</h1><form><label class=required>凭证<input type=file name=proof multiple></label></form>"""
    elements = {"form": element("display", {"css": "form"}), "proof": element("upload", {"css": "input"})}
    tab = await bench.plain(page, {"elements": elements}, seconds=4)
    files = [evidence(tmp_path, f"{name}.png", name.encode()) for name in ("one", "two")]
    await tab.upload("proof", files)
    found = await tab.uploaded("proof")
    assert [(one.name, one.sha256, one.accepted) for one in found] == [(one.name, one.sha256, True) for one in files]
    await tab.page.set_content(page)  # the page writes itself anew
    await tab.upload("proof", files[:1])
    assert [one.sha256 for one in await tab.uploaded("proof")] == [files[0].sha256]


async def test_a_field_that_breaks_lines_when_it_is_sent_is_told_before(bench: Bench) -> None:
    page = "<h1>a</h1><form><textarea name=why cols=20 wrap=hard></textarea></form>"
    tab = await bench.plain(page, {"elements": {"why": element("text", {"css": "textarea"})}})
    await tab.set("why", "short enough")
    assert await tab.read("why") == "short enough"
    with pytest.raises(PacketUnfit, match="breaks lines of more than 20 characters") as caught:
        await tab.set("why", "he asked for money, and then for more of it")
    assert caught.value.limit == "20"


async def test_the_tooltip_of_what_lies_in_a_frame_comes_in_the_frame(bench: Bench) -> None:
    inner = """<span id=s><button disabled>申诉</button></span><script>
      s.onpointerenter = () => { const tip = document.createElement('div'); tip.role = 'tooltip';
        tip.textContent = '一单一报'; document.body.append(tip); };</script>"""
    elements = {"frame": element("frame", {"css": "iframe"}), "appeal": {**BUTTON, "frame": "frame"}}
    tab = await bench.plain(f"""<h1>a</h1><iframe srcdoc="{inner}"></iframe>""", {"elements": elements})
    with pytest.raises(Ineligible, match="一单一报"):
        await tab.heed("appeal")
