"""Every control on every library."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from automation.errors import ElementMissing, PackError, PacketUnfit, Throttled, UploadFailed
from automation.model import Evidence, EvidenceKind
from tests.browser.controls import packs
from tests.browser.controls.conftest import Bench

REASONS = ("利用评价要挟/勒索", "同行恶意竞争", "无实际含义的评价", "消费者虚假评价")

pytestmark = pytest.mark.parametrize("library", packs.LIBRARIES)


def evidence(folder: Path, name: str, content: bytes) -> Evidence:
    digest = hashlib.sha256(content).hexdigest()
    path = folder / digest
    path.write_bytes(content)
    return Evidence(
        sha256=digest, name=name, size=len(content), media_type="image/png", kind=EvidenceKind.CHAT, path=path
    )


async def test_text_is_set_and_read_back_and_its_limit_is_known(bench: Bench, library: str) -> None:
    tab = await bench.tab(library)
    await tab.set("text", "第一行\n第二行 with 😀")
    assert await tab.read("text") == "第一行\n第二行 with 😀"
    assert await tab.limit("text") == 200
    assert await tab.limit("goods") == 20
    await tab.set("amount", "12.50")
    assert float(await tab.read("amount")) == 12.5


async def test_a_text_that_would_be_cut_is_refused_with_the_limit(bench: Bench, library: str) -> None:
    tab = await bench.tab(library)
    with pytest.raises(PacketUnfit) as caught:
        await tab.set("goods", "😀" * 11)
    assert (caught.value.field, caught.value.limit) == ("goods", "20")


async def test_a_select_is_set_by_the_text_of_its_option(bench: Bench, library: str) -> None:
    tab = await bench.tab(library)
    assert await tab.read("reason") == ""
    assert await tab.options("reason") == REASONS
    assert await tab.read("reason") == ""
    await tab.set("reason", "同行恶意竞争")
    assert await tab.read("reason") == "同行恶意竞争"
    await tab.set("reason", "消费者虚假评价")
    assert await tab.read("reason") == "消费者虚假评价"
    for unknown in ("广告评价", "没有的原因"):
        with pytest.raises(ElementMissing, match="reason"):
            await tab.set("reason", unknown)
    assert await tab.read("reason") == "消费者虚假评价"


async def test_a_long_list_is_read_and_set_beyond_what_is_drawn(bench: Bench, library: str) -> None:
    tab = await bench.tab(library)
    offered = await tab.options("item")
    assert offered == tuple(f"商品 {number:03}" for number in range(1, 201))
    await tab.set("item", "商品 177")
    assert await tab.read("item") == "商品 177"
    await tab.set("item", "商品 002")
    assert await tab.read("item") == "商品 002"


async def test_a_select_of_several_takes_exactly_these(bench: Bench, library: str) -> None:
    tab = await bench.tab(library)
    await tab.set("tags", ["同行恶意竞争", "消费者虚假评价"])
    await tab.set("tags", ["消费者虚假评价", "无实际含义的评价"])
    assert sorted((await tab.read("tags")).split(", ")) == ["无实际含义的评价", "消费者虚假评价"]


async def test_radio_buttons_and_boxes_are_ticked_by_their_text(bench: Bench, library: str) -> None:
    tab = await bench.tab(library)
    assert await tab.options("kind") == ("文字", "视频")
    await tab.set("kind", "视频")
    assert await tab.read("kind") == "视频"
    await tab.set("proof", ["文字", "视频"])
    await tab.set("proof", ["视频"])
    assert await tab.read("proof") == "视频"


async def test_an_agreement_is_ticked_beside_its_link(bench: Bench, library: str) -> None:
    tab = await bench.tab(library)
    await tab.set("agree", True)
    await tab.set("agree", True)
    assert await tab.page.evaluate("window.done") == ["agree true"]
    assert "#rules" not in tab.page.url


async def test_uploads_are_listed_in_order_with_proof_of_their_bytes(
    bench: Bench, library: str, tmp_path: Path
) -> None:
    tab = await bench.tab(library)
    files = [evidence(tmp_path, f"证据 {number}.png", bytes([number]) * 5000) for number in range(3)]
    assert await tab.limit("many") == 5
    await tab.upload("many", files)
    found = await tab.uploaded("many")
    assert [(one.name, one.sha256, one.accepted) for one in found] == [(one.name, one.sha256, True) for one in files]


async def test_files_go_one_by_one_where_the_input_takes_one(bench: Bench, library: str, tmp_path: Path) -> None:
    tab = await bench.tab(library)
    files = [evidence(tmp_path, f"{number}.png", bytes([number]) * 500) for number in range(2)]
    await tab.upload("single", files)
    assert [one.sha256 for one in await tab.uploaded("single")] == [one.sha256 for one in files]
    await tab.open("widgets")
    assert await tab.uploaded("single") == ()


async def test_an_upload_that_the_server_refuses_fails(bench: Bench, library: str, tmp_path: Path) -> None:
    tab = await bench.tab(library, upload="fail")
    with pytest.raises(UploadFailed, match="many"):
        await tab.upload("many", [evidence(tmp_path, "a.png", b"a")])


async def test_an_upload_that_stalls_fails_and_is_not_taken_for_done(
    bench: Bench, library: str, tmp_path: Path
) -> None:
    bench.switches.release.clear()
    tab = await bench.tab(library, upload="held", seconds=0.5)
    with pytest.raises(UploadFailed, match="did not finish"):
        await tab.upload("many", [evidence(tmp_path, "a.png", b"a")])
    assert [one.accepted for one in await tab.uploaded("many")] == [False]


async def test_rows_are_read_over_all_pages(bench: Bench, library: str) -> None:
    tab = await bench.tab(library)
    listing = await tab.find_rows("orders")
    assert [row.cells["order"] for row in listing.rows] == [f"69{10000 + number}" for number in range(45)]
    assert listing.complete
    assert listing.rows[3].cells == {"order": "6910003", "text": "评价内容 3", "status": "可申诉"}


async def test_a_row_on_another_page_is_acted_on(bench: Bench, library: str) -> None:
    tab = await bench.tab(library)
    row = await tab.find_row("orders", order="6910033", text="")
    await tab.click("orders.appeal", within=row)
    assert await tab.read("dialog.about") == "订单号 6910033"
    await tab.set("dialog.reason", "同行恶意竞争")
    assert await tab.read("dialog.reason") == "同行恶意竞争"
    await tab.click("dialog.cancel")
    assert await tab.page.evaluate("window.done") == ["row 6910033"]


async def test_an_irreversible_button_is_refused_under_any_key(bench: Bench, library: str) -> None:
    tab = await bench.tab(library)
    row = await tab.find_row("orders", order="6910001")
    await tab.click("orders.appeal", within=row)
    for key in ("dialog.ok", "dialog.ok_again"):
        with pytest.raises(PackError, match="irreversible"):
            await tab.click(key)
    assert await tab.page.evaluate("window.done") == ["row 6910001"]


async def test_a_refusal_of_the_site_is_raised_in_place_of_what_is_missing(bench: Bench, library: str) -> None:
    tab = await bench.tab(library, seconds=1.5)
    await tab.click("remind")
    with pytest.raises(Throttled) as caught:
        await tab.click("missing")
    assert caught.value.wait == 5


async def test_a_button_that_is_not_there_is_named_with_what_is(bench: Bench, library: str) -> None:
    tab = await bench.tab(library, seconds=0.3)
    with pytest.raises(ElementMissing, match=r"missing is not there.*申诉中心") as caught:
        await tab.click("missing")
    assert caught.value.key == "missing"


async def test_required_fields_that_are_empty_are_named(bench: Bench, library: str) -> None:
    tab = await bench.tab(library)
    assert await tab.unfilled("form") == ("申诉说明", "申诉原因")
    await tab.set("text", "说明")
    await tab.set("reason", "同行恶意竞争")
    assert await tab.unfilled("form") == ()
