"""Rows of lists that move while one reads them and while one points at them."""

from __future__ import annotations

from typing import Any

import pytest

from automation.errors import ElementMissing, ReviewMissing, SiteFault
from tests.browser.controls.conftest import Bench
from tests.browser.controls.packs import cells, element

ACT = element("button", {"role": "button", "name": "申诉"}, in_row=True)


def table(**more: Any) -> dict[str, Any]:
    shape = {"rows": [{"css": "tbody tr"}], "cells": cells(), **more}
    return element("table", {"css": "table"}, table=shape)


def rows(*orders: int) -> str:
    body = "".join(
        f"<tr><td>69{order}</td><td>评价{order}</td><td>可申诉</td>"
        "<td><button onclick='hit(this)'>申诉</button></td></tr>"
        for order in orders
    )
    head = "<thead><tr><th>订单号</th><th>评价内容</th><th>状态</th><th>操作</th></tr></thead>"
    script = "<script>const hit = (b) => { document.title += b.closest('tr').cells[0].textContent + ' '; }</script>"
    return f"<h1>a</h1><table>{head}<tbody>{body}</tbody></table>{script}"


async def test_a_row_that_changes_under_the_pointer_swallows_the_click(bench: Bench) -> None:
    # The worst case: the list moves exactly when the mouse comes to rest over the button.
    move = """<script>let moved = false;
      document.querySelector("tbody").addEventListener("mouseover", () => { if (moved) return; moved = true;
        const all = [...document.querySelectorAll("tbody tr")];
        const texts = all.map((one) => one.cells[0].textContent);
        all.forEach((one, at) => { one.cells[0].textContent = texts[(at + 1) % 3]; }); });</script>"""
    tab = await bench.plain(rows(1, 2, 3) + move, {"elements": {"orders": table(), "act": ACT}})
    row = await tab.find_row("orders", order="692")
    await tab.page.evaluate("document.title = ''")
    await tab.click("act", within=row)
    assert await tab.page.title() == "692"


async def test_a_row_that_is_gone_is_not_mistaken_for_its_neighbour(bench: Bench) -> None:
    tab = await bench.plain(rows(1, 2, 3), {"elements": {"orders": table(), "act": ACT}})
    row = await tab.find_row("orders", order="692")
    await tab.page.evaluate("document.querySelectorAll('tbody tr')[1].remove()")
    with pytest.raises(ReviewMissing, match="692"):
        await tab.click("act", within=row)
    assert not await tab.shows("act", within=row)
    assert "69" not in await tab.page.title()


async def test_a_row_is_known_by_all_cells_that_are_given(bench: Bench) -> None:
    tab = await bench.plain(rows(1, 2, 2), {"elements": {"orders": table(), "act": ACT}})
    for wanted in ({"order": "692"}, {"order": "691", "text": "评价2"}, {"order": "699"}):
        with pytest.raises(ReviewMissing):
            await tab.find_row("orders", **wanted)
    assert (await tab.find_row("orders", order="691", text="", status="可申诉")).cells["text"] == "评价1"


async def test_a_cell_that_the_page_cuts_matches_by_its_beginning(bench: Bench) -> None:
    page = rows(1, 2).replace("评价2", "质量太差了再也…")
    tab = await bench.plain(page, {"elements": {"orders": table(), "act": ACT}})
    assert (await tab.find_row("orders", text="质量太差了再也不买了")).cells["order"] == "692"


async def test_a_renamed_column_is_named_with_those_that_are_there(bench: Bench) -> None:
    tab = await bench.plain(rows(1).replace("订单号", "订单编号"), {"elements": {"orders": table(), "act": ACT}})
    with pytest.raises(ElementMissing, match=r"no column 订单号.*订单编号 \| 评价内容"):
        await tab.find_rows("orders")


async def test_a_pattern_reads_what_it_wants_of_a_cell(bench: Bench) -> None:
    page = rows(1, 2).replace("<td>691</td>", "<td>691 <b>已标记异常</b> <a>复制</a></td>")
    shape = {
        "order": [{"column": "订单号", "pattern": r"(\d{3,})"}],
        "text": [{"column": "评价内容", "pattern": "(无)"}],
    }
    tab = await bench.plain(page, {"elements": {"orders": table(cells=shape), "act": ACT}})
    found = [row.cells for row in (await tab.find_rows("orders")).rows]
    assert found == [{"order": "691", "text": ""}, {"order": "692", "text": ""}]
    assert (await tab.find_row("orders", order="691")).cells["order"] == "691"


async def test_cells_come_from_patterns_attributes_and_css_too(bench: Bench) -> None:
    page = "<h1>a</h1><ul><li data-id=r7>订单编号：691 <b>差评</b></li><li data-id=r8>无</li></ul>"
    shape = {
        "rows": [{"css": "tr"}, {"css": "li"}],
        "cells": {
            "order": [{"column": "订单号"}, {"pattern": "订单编号：(\\d+)"}],
            "mark": [{"css": "b"}],
            "id": [{"attribute": "data-id"}],
        },
    }
    tab = await bench.plain(page, {"elements": {"orders": element("table", {"css": "ul"}, table=shape)}})
    found = await tab.find_rows("orders")
    assert [dict(row.cells) for row in found.rows] == [
        {"order": "691", "mark": "差评", "id": "r7"},
        {"order": "", "mark": "", "id": "r8"},
    ]


async def test_icons_are_counted_where_they_stand_side_by_side(bench: Bench) -> None:
    def stars(full: int) -> str:
        return "<span>" + "<i class=full>*</i>" * full + "<i>*</i>" * (5 - full) + "<i class=full hidden>*</i></span>"

    items = "".join(f"<li>{inner}</li>" for inner in (stars(2), stars(5), stars(0), stars(1) + stars(1)))
    shape = {"rows": [{"css": "li"}], "cells": {"stars": [{"count": ".full"}, {"pattern": "(none)"}]}}
    orders = element("table", {"css": "ul"}, table=shape)
    tab = await bench.plain(f"<h1>a</h1><ul>{items}</ul>", {"elements": {"orders": orders}})
    assert [row.cells["stars"] for row in (await tab.find_rows("orders")).rows] == ["2", "5", "", ""]


PAGED = """<h1>a</h1><table><thead><tr><th>订单号</th><th>评价内容</th><th>状态</th><th>time</th></tr></thead>
  <tbody></tbody></table>
  <span id=now aria-current=page>1</span><a id=one href="#">1</a><button id=next>下一页</button><script>
  let all = Array.from({length: 12}, (_, i) => 100 + i), at = 0, turned = () => {};
  const draw = () => { now.textContent = at + 1; next.disabled = at >= 3;
    document.querySelector("tbody").innerHTML = all.slice(at * 3, at * 3 + 3).map((o, i) =>
      `<tr><td>69${o}</td><td>评价${o}</td><td>可申诉</td><td>2026-03-${28 - at * 3 - i} 10:00</td></tr>`).join(""); };
  next.onclick = () => setTimeout(() => { at += 1; turned(); draw(); }, 30);
  one.onclick = () => setTimeout(() => { at = 0; draw(); }, 30); draw();</script>"""


def paged() -> dict[str, Any]:
    orders = table(next="next")
    orders["table"]["cells"]["time"] = [{"column": "time"}]
    orders["parts"] = {"page_item": "#one", "page_now": "#now"}
    return {"elements": {"orders": orders, "next": element("button", {"css": "#next"})}}


async def test_a_search_that_is_answered_late_and_without_a_sign_is_waited_for(bench: Bench) -> None:
    tab = await bench.plain(rows(1, 2), {"elements": {"orders": table(), "act": ACT}})
    await tab.page.evaluate("setTimeout(() => { document.querySelector('td').textContent = '693'; }, 200)")
    assert (await tab.find_row("orders", order="693")).cells["text"] == "评价1"


async def test_a_list_that_shrinks_to_one_page_as_it_is_turned_is_read_again(bench: Bench) -> None:
    late = """<script>let asked = 0;
      Object.defineProperty(next, "disabled", { get: () => { // it is asked whether there is a page more
        if (!asked++) { all = [693]; document.querySelector("td").textContent = "693"; }
        return asked > 1; } });
      next.onclick = () => {};
      document.querySelectorAll("tbody tr").forEach((one, at) => at && one.remove());</script>"""
    tab = await bench.plain(PAGED + late, paged(), seconds=1)
    assert (await tab.find_row("orders", order="693")).cells["text"] == "评价100"


async def test_a_list_that_moved_once_is_read_again(bench: Bench) -> None:
    tab = await bench.plain(PAGED, paged())
    await tab.page.evaluate("turned = () => { if (at === 1) { all.unshift(99); turned = () => {}; } }")
    found = await tab.find_rows("orders")
    assert found.complete
    assert [row.cells["order"] for row in found.rows] == [f"69{order}" for order in range(99, 111)]


async def test_a_list_that_is_known_by_what_only_some_of_its_pages_show_is_read_whole(bench: Bench) -> None:
    pack = paged()
    pack["elements"]["orders"]["find"] = [{"css": "table", "has_text": "69100"}, {"css": "table"}]
    tab = await bench.plain(PAGED, pack)
    found = await tab.find_rows("orders")
    assert found.complete
    assert [row.cells["order"] for row in found.rows] == [f"69{order}" for order in range(100, 112)]


@pytest.mark.parametrize("back", [True, False])
async def test_behind_a_pager_without_numbers_a_list_is_whole_only_where_one_can_go_back(
    bench: Bench, back: bool
) -> None:
    pack = paged()
    del pack["elements"]["orders"]["parts"]
    pack["elements"]["back"] = element("button", {"css": "#back"})
    pack["elements"]["orders"]["table"]["previous"] = "back" if back else None
    page = PAGED.replace("<button id=next", "<button id=back>上一页</button><button id=next").replace(
        "next.disabled =",
        "back.disabled = at < 1; back.onclick = () => setTimeout(() => { at -= 1; draw(); }, 30); next.disabled =",
    )
    tab = await bench.plain(page, pack)
    for _ in range(2):  # the second time one begins where the first ended
        found = await tab.find_rows("orders")
        assert found.complete is back
    if back:
        assert [row.cells["order"] for row in found.rows] == [f"69{order}" for order in range(100, 112)]


async def test_rows_that_stand_in_another_order_at_each_look_are_all_read(bench: Bench) -> None:
    tab = await bench.plain(PAGED, paged())
    await tab.page.evaluate(
        "turned = () => all.splice(0, 3, ...all.slice(0, 3).reverse()); one.addEventListener('click', turned)"
    )
    found = await tab.find_rows("orders")
    assert found.complete
    assert sorted(row.cells["order"] for row in found.rows) == [f"69{order}" for order in range(100, 112)]


async def test_a_list_that_never_holds_still_is_not_called_complete(bench: Bench) -> None:
    tab = await bench.plain(PAGED, paged())
    await tab.page.evaluate("turned = () => { all.unshift(all[0] - 1); }")
    assert not (await tab.find_rows("orders")).complete
    with pytest.raises(SiteFault, match="kept moving"):
        await tab.find_row("orders", order="69105")


async def test_reading_stops_where_rows_are_older(bench: Bench) -> None:
    tab = await bench.plain(PAGED, paged())
    found = await tab.find_rows("orders", until="2026-03-25T09:00:00+08:00")
    assert found.complete
    assert len(found.rows) == 6


async def test_a_virtual_list_is_read_to_its_end(bench: Bench) -> None:
    page = """<style>#list { height: 120px; overflow: auto } #tall { height: 3000px; position: relative }
      p { position: absolute; margin: 0 }</style><h1>a</h1><div id=list><div id=tall></div></div>
      <script>const draw = () => { const first = Math.floor(list.scrollTop / 30); let html = "";
        for (let i = first; i < Math.min(first + 6, 100); i++) html += `<p data-id=${i} style="top:${i * 30}px">
          <b>${i % 7}</b><button onclick="document.title = ${i}">申诉</button></p>`;
        tall.innerHTML = html; };
      list.onscroll = () => requestAnimationFrame(draw); draw();</script>"""
    shape = {
        "rows": [{"css": "p"}],
        "cells": {"id": [{"attribute": "data-id"}], "text": [{"css": "b"}]},
        "scroll": "list",
    }
    elements = {
        "orders": element("table", {"css": "#list"}, table=shape),
        "list": element("display", {"css": "#list"}),
        "act": ACT,
    }
    tab = await bench.plain(page, {"elements": elements}, seconds=6)
    found = await tab.find_rows("orders")
    assert [row.cells["id"] for row in found.rows] == [str(number) for number in range(100)]
    assert found.complete
    await tab.click("act", within=found.rows[41])
    assert await tab.page.title() == "41"


async def test_a_list_that_scrolls_with_the_page_and_has_pages_is_read_to_its_end(bench: Bench) -> None:
    page = """<style>#list { position: relative; height: 3600px } p { position: absolute; margin: 0 }</style><h1>a</h1>
      <div id=list></div><button id=next onclick="page += 1; scrollTo(0, 0); draw()">下一页</button>
      <script>let page = 0;
      const row = (i, id) => `<p data-id=${id} style="top:${i * 90}px">${id}
        <button onclick="document.title = ${id}">申诉</button></p>`;
      const draw = () => { const first = Math.max(0, Math.floor((scrollY - 80) / 90)); let html = "";
        for (let i = first; i < Math.min(first + 14, 40); i++) html += row(i, page * 40 + i);
        list.innerHTML = html; next.disabled = page > 1; };
      onscroll = () => requestAnimationFrame(draw); draw();</script>"""
    shape = {"rows": [{"css": "p"}], "cells": {"id": [{"attribute": "data-id"}]}, "scroll": "orders", "next": "next"}
    elements = {
        "orders": element("table", {"css": "#list"}, table=shape),
        "next": element("button", {"css": "#next"}),
        "act": ACT,
    }
    tab = await bench.plain(page, {"elements": elements}, seconds=4)
    found = await tab.find_rows("orders")
    assert [row.cells["id"] for row in found.rows] == [str(number) for number in range(120)]
    assert found.complete
    await tab.click("act", within=found.rows[117])
    assert await tab.page.title() == "117"


async def test_a_list_that_loads_more_below_has_the_time_that_it_says_it_needs(bench: Bench) -> None:
    page = """<style>#list { height: 120px; overflow: auto; position: relative } p { height: 40px; margin: 0 }
      #busy { position: sticky; bottom: 0 }</style><h1>a</h1><div id=list></div>
      <script>let size = 6, busy = false; const draw = () => { let html = "";
        for (let i = 0; i < size; i++) html += `<p data-id=${i}>${i}</p>`;
        list.innerHTML = html + (busy ? "<i id=busy aria-busy=true>…</i>" : ""); };
      list.onscroll = () => { const low = list.scrollTop + list.clientHeight > list.scrollHeight - 5;
        if (busy || size > 12 || !low) return;
        busy = true; draw(); setTimeout(() => { busy = false; size += 6; draw(); }, 900); };
      draw();</script>"""
    shape = {"rows": [{"css": "p"}], "cells": {"id": [{"attribute": "data-id"}]}, "scroll": "orders"}
    tab = await bench.plain(page, {"elements": {"orders": element("table", {"css": "#list"}, table=shape)}}, seconds=4)
    assert len((await tab.find_rows("orders")).rows) == 18


async def test_an_empty_table_is_read_at_once(bench: Bench) -> None:
    tab = await bench.tab("antd5")
    await tab.page.evaluate("window.changeRows(() => [])")
    found = await tab.find_rows("orders")
    assert (found.rows, found.complete) == ((), True)


@pytest.mark.parametrize("library", ["antd5", "antd6", "arco", "semi", "fusion", "element"])
async def test_a_row_that_was_pushed_to_another_page_is_found_there(bench: Bench, library: str) -> None:
    tab = await bench.tab(library)
    row = await tab.find_row("orders", order="6910009")
    await tab.page.evaluate("window.changeRows((now) => [order(99), ...now])")
    await tab.click("orders.appeal", within=row)
    assert await tab.read("dialog.about") == "订单号 6910009"


GROUPED = """<h1>a</h1><table><thead><tr><th>评价内容</th><th>操作</th></tr></thead><tbody>
  <tr class=g><td colspan=2>★ 订单号：691</td></tr>
  <tr><td>差评</td><td><button onclick="hit(this)">申诉</button></td></tr>
  <tr class=g><td colspan=2>★ 订单号：692</td></tr>
  <tr><td>差评</td><td><button onclick="hit(this)">申诉</button></td></tr>
  </tbody></table><script>
  const hit = (b) => { document.title = b.closest("tr").previousElementSibling.innerText; }</script>"""
GROUP_SHAPE = {
    "rows": [{"css": "tbody tr"}],
    "heads": ".g",
    "cells": {"order": [{"pattern": "订单号：(\\d+)"}], "text": [{"column": "评价内容"}]},
}


async def test_a_row_says_what_the_row_above_it_says_of_it(bench: Bench) -> None:
    orders = element("table", {"css": "table"}, table=GROUP_SHAPE)
    tab = await bench.plain(GROUPED, {"elements": {"orders": orders, "act": ACT}})
    found = await tab.find_rows("orders")
    assert [dict(row.cells) for row in found.rows] == [{"order": order, "text": "差评"} for order in ("691", "692")]
    row = await tab.find_row("orders", order="692")
    await tab.click("act", within=row)
    assert "692" in await tab.page.title()


async def test_a_row_whose_head_changes_under_the_pointer_swallows_the_click(bench: Bench) -> None:
    # Two rows that say the same, but for the orders above them: those move when the mouse comes to rest.
    move = """<script>let moved = false;
      document.querySelector("tbody").addEventListener("mouseover", () => { if (moved) return; moved = true;
        const [one, other] = document.querySelectorAll(".g td"), kept = one.textContent;
        one.textContent = other.textContent; other.textContent = kept; });</script>"""
    orders = element("table", {"css": "table"}, table=GROUP_SHAPE)
    tab = await bench.plain(GROUPED + move, {"elements": {"orders": orders, "act": ACT}})
    row = await tab.find_row("orders", order="692")
    await tab.click("act", within=row)
    assert "692" in await tab.page.title()
