"""Widgets of a library that nobody knows: a pack says where their parts are, and the page says which input is meant."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from automation.browser.tab import Tab
from automation.errors import UploadFailed
from automation.model import Evidence, EvidenceKind
from tests.browser.controls.conftest import Bench
from tests.browser.controls.packs import element

PARTS = {
    "upload": ".up",
    "upload_item": ".item",
    "upload_busy": ".busy",
    "upload_open": ':text-is("上传图片")',
    "upload_menu": ':text-is("本地上传")',
    "select": ".sel",
    "select_value": ".sel input",
    "popup": ".list",
    "option": "b",
}


async def opened(bench: Bench, mode: str = "ok") -> Tab:
    elements = {"proof": element("upload", {"css": ".up"}), "reason": element("select", {"placeholder": "请选择"})}
    tab = await bench.plain("", {"library": "plain", "parts": PARTS, "elements": elements})
    await tab.page.goto(f"{bench.origin}/unknown.html?mode={mode}")
    return tab


def picture(folder: Path, name: str) -> Evidence:
    content = name.encode() * 900
    (folder / name).write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    return Evidence(sha256, name, len(content), "image/png", EvidenceKind.CHAT, folder / name)


async def test_the_input_is_the_one_that_the_page_opens(bench: Bench, tmp_path: Path) -> None:
    tab = await opened(bench)
    for name in ("a.png", "b.png"):
        await tab.upload("proof", [picture(tmp_path, name)])
        assert await tab.page.title() == "kept"
    assert [(one.accepted, len(one.sha256)) for one in await tab.uploaded("proof")] == [(True, 64)] * 2


async def test_a_file_that_is_only_shown_is_waited_for(bench: Bench, tmp_path: Path) -> None:
    tab = await opened(bench, "fail")
    with pytest.raises(UploadFailed, match="dropped a file"):
        await tab.upload("proof", [picture(tmp_path, "a.png")])


async def test_a_file_that_is_never_sent_to_its_end_stalls(bench: Bench, tmp_path: Path) -> None:
    tab = await opened(bench, "held")
    bench.switches.release.clear()
    try:
        with pytest.raises(UploadFailed, match="did not finish"):
            await tab.upload("proof", [picture(tmp_path, "a.png")])
    finally:
        bench.switches.release.set()


async def test_a_select_whose_value_lies_in_an_input_is_read_and_set(bench: Bench) -> None:
    tab = await opened(bench)
    assert await tab.read("reason") == ""
    assert await tab.options("reason") == ("恶意薅羊毛", "敲诈")
    await tab.set("reason", "敲诈")
    assert await tab.read("reason") == "敲诈"
