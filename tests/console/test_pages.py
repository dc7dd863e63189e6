"""Every page in a real browser, in both languages: nobody is shut out, nothing is refused, a phone is wide enough."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from automation.model import Medium, State
from fixtures import vendor
from tests.console.room import Room

SERIOUS = ("serious", "critical")
PAGES = (
    "/",
    "/?view=all",
    "/cases/1",
    "/cases/2",
    "/cases/1/edit",
    "/cases/1/evidence/1/cover",
    "/batch",
    "/import",
    "/stores",
    "/dashboard",
    "/people",
    "/notices",
    "/challenges",
    "/challenges/1",
    "/nothing/here",
)


@pytest.fixture
def house(console: Room) -> Room:
    """A console with something on every page."""
    ready, draft = console.case("s1"), console.case("s2", evidence="")
    assert [(one.id, one.state) for one in (ready, draft)] == [(1, State.READY), (2, State.DRAFT)]
    console.log.open_challenge("a1", "s1", Medium.SMS, destination="139****0001", seconds=600)
    return console


@pytest.fixture(params=["zh-CN", "en-GB"])
def page(house: Room, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Somebody who is in, whose browser speaks this language."""
    with browser.new_context(locale=request.param, bypass_csp=False) as context:
        opened = context.new_page()
        opened.goto(house.served.invite())
        yield opened


def test_no_page_shuts_anybody_out(page: Page, house: Room) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    axe = (Path(vendor.ensure()) / "axe.js").read_text("utf-8")
    wrong: dict[str, Any] = {}
    for path in PAGES:
        page.goto(f"{house.url}{path}")
        page.evaluate(axe + "; 0")
        found = page.evaluate("() => axe.run().then(({violations}) => violations)")
        bad = [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found if one["impact"] in SERIOUS]
        wrong |= {path: bad} if bad else {}
    assert wrong == {}
    assert [text for text in said if "404" not in text] == []


def test_no_page_is_wider_than_a_phone(page: Page, house: Room) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    wide = {}
    for path in PAGES:
        page.goto(f"{house.url}{path}")
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 390:
            wide[path] = width
    assert wide == {}
