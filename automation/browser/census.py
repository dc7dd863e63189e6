"""Which elements of a pack the page shows now, and how often. Does nothing to it."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from playwright.async_api import Error

from automation.browser.controls.table import first_rows
from automation.browser.find import Finder, Scope
from automation.browser.tab import Tab
from automation.errors import FlowError
from automation.pack import Control

_DOUBLED: Final = (Control.SELECT, Control.RADIO, Control.CHECKBOX)  # two locators for each way, see `Finder`


@dataclass(frozen=True, slots=True)
class Sight:
    """How often an element was seen, and by which of its ways (from 1; 0: by none). `why`: what is wrong or special."""

    count: int
    way: int = 0
    why: str = ""


async def census(tab: Tab, keys: Collection[str], tables: Collection[str]) -> Mapping[str, Sight]:
    """Look for these elements. Those in rows are judged in the first row of each of the `tables` that are here; one of
    which no table here has a row is left out.
    """
    elements = tab.pack.elements
    matched: dict[str, int] = {}
    finder = Finder(tab.page, tab.pack, matched=matched)

    async def look(key: str, scope: Scope | None = None) -> Sight:
        try:
            found = await finder.look(key, scope=scope)
        except (Error, FlowError) as error:
            return Sight(0, why=str(error).splitlines()[0][:160])
        if found is None:
            return Sight(0)
        doubled = elements[key].control in _DOUBLED
        return Sight(found[1], matched.get(key, 0) // (2 if doubled else 1) + 1)

    plain = [key for key in keys if not elements[key].in_row]
    seen = dict(zip(plain, await asyncio.gather(*map(look, plain)), strict=True))
    in_rows = [key for key in keys if elements[key].in_row]
    for table in [key for key in tables if (await look(key)).count == 1]:
        try:
            rows = await first_rows(tab.reach, table)
        except (Error, FlowError) as error:
            if table in seen:
                seen[table] = Sight(0, seen[table].way, str(error).splitlines()[0][:200])
            continue
        for key in in_rows if rows else ():
            there = await look(key, rows[0].place)
            if key not in seen or there.count:
                seen[key] = Sight(there.count, there.way, there.why or f"in the first row of {table}")
    return seen
