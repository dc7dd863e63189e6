"""Sites that are built with two component libraries at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from automation.browser.tab import Tab
from automation.pack import Library
from tests.browser.controls.conftest import Bench
from tests.browser.controls.packs import NoHand
from tests.browser.controls.test_libraries import evidence


@pytest.mark.parametrize(("main", "built"), [("arco", "semi"), ("semi", "arco"), ("semi", "element")])
async def test_a_widget_is_taken_as_of_the_library_that_it_is_built_with(
    bench: Bench, main: str, built: str, tmp_path: Path
) -> None:
    whole = await bench.tab(built)
    mixed = whole.pack.model_copy(update={"library": Library(main), "also": (Library(built),)})
    tab = Tab(whole.page, mixed, hand=NoHand(), step_seconds=4)
    await tab.set("text", "说明")
    assert await tab.unfilled("form") == ("申诉原因",)
    await tab.set("reason", "同行恶意竞争")
    await tab.set("kind", "视频")
    files = [evidence(tmp_path, f"{number}.png", bytes([number]) * 500) for number in range(2)]
    await tab.upload("many", files)
    assert (await tab.read("reason"), await tab.read("kind")) == ("同行恶意竞争", "视频")
    assert [one.accepted for one in await tab.uploaded("many")] == [True, True]
    assert len((await tab.find_rows("orders")).rows) == 45
