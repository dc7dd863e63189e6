"""Stores and accounts on their page."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from automation.model import Account, FormPolicy, SessionMode, SignIn, Store
from automation.office import Office
from automation.packs import Packs
from automation.person import Role
from fixtures.qa.scene import scene
from tests.console.room import Room, room

SECRET = "made-up s3cret"
STORE = {"store": "s9", "account": "a1", "name": "九号店", "client": "North", "form": "never"}
ACCOUNT = {
    "account": "a9",
    "platform": "douyin_shop",
    "login": "13900000009",
    "sign_in": "sms",
    "session": "managed",
    "endpoint": "",
}


def ended(client: httpx.Client, account: str) -> str:
    """The page's own part about a sign-in, once it no longer asks for news; it asks as the page does."""
    until = time.monotonic() + 60
    while True:
        part = client.get("/stores/sign-in", params={"account": account}).text
        if "every 1s" not in part:
            return part
        assert time.monotonic() < until, part


def test_a_store_and_an_account_are_added_and_changed(console: Room) -> None:
    with console.client() as client:
        assert client.post("/stores/accounts", data=ACCOUNT).status_code == 303
        assert client.post("/stores", data={**STORE, "account": "a9"}).status_code == 303
        changed = {"store": "s9", "name": "九号旗舰店", "client": "South", "form": "when_new"}
        assert client.post("/stores/change", data=changed).status_code == 303
        new = {**ACCOUNT, "login": "13900000010", "session": "profile"}
        assert client.post("/stores/accounts/change", data=new).status_code == 303
        page = client.get("/stores?done=store").text
    assert "九号旗舰店" in page
    assert console.log.store("s9") == Store("s9", "douyin_shop", "九号旗舰店", "a9", "South", FormPolicy.WHEN_NEW)
    assert console.log.account("a9") == Account(
        "a9", "douyin_shop", "13900000010", SignIn.SMS, session=SessionMode.PROFILE
    )
    assert {event.by for event in console.log.events() if event.data.get("id") in ("s9", "a9")} == {"Li Na"}


REFUSED: list[tuple[str, dict[str, str], str]] = [
    ("/stores", {**STORE, "store": "s1"}, "already"),
    ("/stores", {**STORE, "name": " "}, "name"),
    ("/stores", {**STORE, "account": "nobody"}, "nobody"),
    ("/stores/accounts", {**ACCOUNT, "account": "a1"}, "already"),
    ("/stores/accounts", {**ACCOUNT, "platform": "no_such_shop"}, "no_such_shop"),
    ("/stores/accounts", {**ACCOUNT, "endpoint": "http://127.0.0.1:9222"}, "attach"),
    ("/stores/accounts", {**ACCOUNT, "account": "a\n9"}, "short name"),
    ("/stores/accounts/change", {**ACCOUNT, "account": "a1", "login": ""}, "login"),
    ("/stores/accounts/secret", {"account": "a1", "name": "totp", "value": "no seed!"}, "seed"),
]


def test_what_the_command_line_refuses_the_page_refuses(console: Room) -> None:
    before = (console.log.stores(), console.log.accounts())
    with console.client() as client:
        for path, sent, said in REFUSED:
            answer = client.post(path, data=sent, headers={"accept-language": "en"})
            assert (answer.status_code, said in answer.text) == (422, True), said
    assert (console.log.stores(), console.log.accounts()) == before


def test_a_secret_is_set_and_taken_out_and_in_no_answer(console: Room) -> None:
    with console.client() as client:
        sent = {"account": "a1", "name": "password", "value": SECRET}
        answers = [client.post("/stores/accounts/secret", data=sent), client.get("/stores"), client.get("/stores?x=1")]
        assert console.office.vault.secret("a1", "password").get_secret_value() == SECRET
        answers.append(client.post("/stores/accounts/secret", data={**sent, "value": ""}))
        assert console.office.vault.names("a1") == set()
    assert all(SECRET not in answer.text for answer in answers)
    told = [(event.kind, event.by, dict(event.data)) for event in console.log.events()[-2:]]
    named = {"account": "a1", "name": "password"}
    assert told == [("secret_kept", "Li Na", named), ("secret_removed", "Li Na", named)]


def test_only_managers_change_anything(console: Room) -> None:
    with console.client("Wang", Role.APPROVER) as client:
        assert client.get("/stores").status_code == 200
        for path, sent in (
            ("/stores", STORE),
            ("/stores/accounts", ACCOUNT),
            ("/stores/accounts/secret", {"account": "a1", "name": "password", "value": SECRET}),
        ):
            assert client.post(path, data=sent).status_code == 403
    with console.client("Zhao", Role.VIEWER) as client:
        assert client.post("/stores/sign-in", data={"store": "s1"}).status_code == 403


def test_other_clients_stores_are_neither_seen_nor_touched(console: Room) -> None:
    console.case("s2")
    with console.client("Zhao", Role.ADMIN, frozenset({"North"})) as client:
        page = client.get("/stores").text
        assert "1号测试店" in page
        assert "2号测试店" not in page
        assert "13900000002" not in page
        for path, sent in (
            ("/stores/change", {"store": "s2", "name": "x", "client": "North", "form": "never"}),
            ("/stores/change", {"store": "s1", "name": "x", "client": "South", "form": "never"}),
            ("/stores", {**STORE, "account": "a2"}),
            ("/stores", {**STORE, "client": "South"}),
            ("/stores/accounts/change", {**ACCOUNT, "account": "a2"}),
            ("/stores/accounts/secret", {"account": "a2", "name": "password", "value": SECRET}),
            ("/stores/sign-in", {"store": "s2"}),
        ):
            assert client.post(path, data=sent).status_code == 422, path
        assert client.get("/stores/sign-in?account=a2").status_code == 422
    assert console.log.store("s2").name == "2号测试店"
    assert console.office.vault.names("a2") == set()


def test_the_page_says_how_each_account_fares(console: Room) -> None:
    console.case("s1")
    console.log.put_account(Account("a1", "douyin_shop", "13900000001", SignIn.PASSWORD), by="ann")
    console.office.vault.set_state("a2", {"cookies": [], "origins": []})
    data = {"error": "the page is not what it should be", "account": "a2", "store": "s2", "files": []}
    console.log.add_event("failure", by="worker", data=data)
    with console.client(name="Li Na") as client:
        client.headers["accept-language"] = "en"
        page = client.get("/stores").text
    assert "no password kept" in page
    assert "never signed in yet" in page
    assert "session kept (" in page
    assert "the page is not what it should be" in page
    assert "1 waiting" in page
    assert "pack reads well" in page


def test_a_pack_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    layer = tmp_path / "packs" / "douyin_shop.yaml"
    layer.parent.mkdir()
    layer.write_text("format: 1\nplatform: douyin_shop\npause_second: 3\n", encoding="utf-8")
    with room(tmp_path / "home") as made:
        here = made.office
        office = Office.of(here.settings, here.log, here.vault, Packs(layer.parent))
        with room(tmp_path / "home", office=office) as console, console.client() as client:
            assert "pause_second" in client.get("/stores").text


def test_nobody_signs_in_where_no_work_runs(console: Room) -> None:
    with console.client() as client:
        assert client.post("/stores/sign-in", data={"store": "s1"}).status_code == 422


@pytest.fixture
def working(tmp_path: Path) -> Iterator[Room]:
    """A console with a worker beside it, and a back-office that lets its account in by password."""
    with scene(tmp_path / "home", stores=1, traces="off") as made:
        office = Office.of(made.settings, made.log, made.vault, made.packs)
        with room(tmp_path / "home", work=True, office=office) as console:
            yield console


def test_somebody_signs_in_now_and_the_session_is_kept(working: Room) -> None:
    log, vault = working.log, working.office.vault
    with working.client() as client:
        other = log.take_lease("account:a1", worker="another machine", seconds=600)
        assert other is not None
        assert client.post("/stores/sign-in", data={"store": "s1"}).status_code == 303
        assert "账号 a1 正在被任务使用" in ended(client, "a1")
        log.drop(other)
        assert vault.state("a1") is None
        assert client.post("/stores/sign-in", data={"store": "s1"}).status_code == 303
        second = client.post("/stores/sign-in", data={"store": "s1"})
        assert (second.status_code, "正在登录账号" in second.text) == (409, True)
        assert 'class="told"' in ended(client, "a1")
    assert vault.state("a1") is not None
    (event,) = [one for one in log.events() if one.kind == "signed_in"]
    assert (event.by, event.data["store"]) == ("Li Na", "s1")
