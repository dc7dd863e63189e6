"""Flow and pack fit together, for every platform; and what does not fit is found."""

from __future__ import annotations

import inspect
import re
from datetime import datetime
from pathlib import Path

import pytest

from automation.flow import Flow, flow_for, flows
from automation.flowkeys import Used, misfits, used_by
from automation.model import Account, Notice, Store
from automation.packs import Packs
from automation.site import Site
from flows.common.lists import Lists
from flows.common.sign_in import StoreSignIn

PLATFORMS = list(flows())


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_key_of_the_flow_is_in_the_pack_and_every_key_of_the_pack_is_used(platform: str) -> None:
    pack = Packs().pack(platform)
    assert misfits(pack, used_by(type(flow_for(platform)), pack.channels)) == []


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_flow_has_all_steps(platform: str) -> None:
    flow = type(flow_for(platform))
    for name, step in inspect.getmembers(Flow, inspect.isfunction):
        if not name.startswith("_"):
            theirs = inspect.signature(getattr(flow, name))
            assert list(theirs.parameters) == list(inspect.signature(step).parameters), name


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_flow_is_short_and_knows_no_selector_and_no_clock(platform: str) -> None:
    source = inspect.getsource(inspect.getmodule(type(flow_for(platform))) or pytest.fail("a flow of no module"))
    assert source.count("\n") <= 150
    assert not re.search(r"sleep|wait_for|playwright|css|querySelector|\[class", source)


class Careless:
    """Breaks the rule in every way."""

    async def sign_in(self, site: Site, account: Account, store: Store) -> None:
        await site.open("nowhere")
        await site.open("stores")
        await site.click("login.entry")
        await site.read("login" + ".name")
        await site.read(f"{account.id}.name")
        await site.find_row("stores.list", name=store.name, colour="red")
        await site.arrive(*[store.name])


def test_a_flow_that_does_not_fit_is_told_every_misfit() -> None:
    pack = Packs().pack("douyin_shop")
    told = "\n".join(misfits(pack, used_by(Careless, pack.channels)))
    for said in (
        "the page `nowhere`, which the pack has not",
        "the page `stores`, which has no `url`",
        "`login.entry`, which the pack has not; did you mean `login.enter`?",
        "the key `'login' + '.name'` is not spelled out",
        "the key `f'{account.id}.name'` is not spelled out",
        "the cell `colour` of `stores.list`",
        "the starred tuple is not at the top of the file",
        "nothing uses the element `risk.code`"
        if "risk" not in pack.pages
        else "no step of the flow uses the page `risk`",
        "nothing uses the element `review_appeal.open`",
    ):
        assert said in told, f"{said}\n--\n{told}"
    assert str(Path(__file__)) in told


class Otherwise(StoreSignIn):
    """Does one step in its own way, and another as ever but for one more look."""

    async def store_shown(self, site: Site) -> str:
        return await site.read("own.store")

    async def choose_business(self, site: Site) -> None:
        await site.read("own.business")
        await super().choose_business(site)


def test_keys_of_a_step_that_a_flow_replaces_are_not_its_own() -> None:
    used = used_by(Otherwise, ())
    assert {"own.store", "own.business", "business.choose"} <= used.elements
    assert used_by(StoreSignIn, ()).elements - used.elements == set()  # the header's store is clicked elsewhere too


class Silent(Lists):
    """A site without messages."""

    async def notices(self, site: Site, since: datetime) -> tuple[Notice, ...]:
        return ()


def test_a_site_without_messages_needs_no_page_for_them() -> None:
    assert "messages" in used_by(Lists, ()).pages
    assert used_by(Silent, ()).pages == set()


def test_what_a_flow_stands_on_counts_as_its_own() -> None:
    used: Used = used_by(StoreSignIn, ())
    assert {"stores", "login", "inside", "totp"} <= used.pages
    assert {"stores.list", "totp.code", "header.store"} <= used.elements
    assert used.cells == {"stores.list": {"name"}, "header.store_menu": {"name"}}
    assert used.unclear == []
