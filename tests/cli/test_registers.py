"""`account`, `store`, `packs`, `settings`."""

from __future__ import annotations

from pathlib import Path

from tests.cli.desk import Desk


def test_an_account_and_a_store_are_listed_after_they_were_added(shop: Desk) -> None:
    account = shop("account", "list", "--json").data[0]
    assert (account["id"], account["login"], account["sign_in"], account["secrets"]) == (
        "shop-a",
        "13800000000",
        "sms",
        [],
    )
    store = shop("store", "list", "--json").data[0]
    assert (store["id"], store["account"], store["name"], store["form_policy"]) == (
        "my-store",
        "shop-a",
        "星河数码旗舰店",
        "always",
    )
    assert "星河数码旗舰店" in shop("store", "list").out


def test_an_unknown_platform_is_refused_with_the_known_ones(desk: Desk) -> None:
    said = desk("account", "add", "a", "--platform", "no_such_shop", "--login", "x")
    assert said.code == 3
    assert "no_such_shop" in said.err
    assert "douyin_shop" in said.err
    assert desk("account", "list", "--json").data == []


def test_an_endpoint_without_attach_is_refused(desk: Desk) -> None:
    said = desk(
        "account", "add", "a", "--platform", "douyin_shop", "--login", "x", "--endpoint", "http://127.0.0.1:9222"
    )
    assert (said.code, "--endpoint" in said.err) == (3, True)


def test_a_store_of_an_unknown_account_is_refused(desk: Desk) -> None:
    said = desk("store", "add", "s", "--account", "nobody", "--name", "x")
    assert (said.code, "nobody" in said.err) == (3, True)


def test_a_secret_is_asked_for_and_never_shown(shop: Desk) -> None:
    said = shop("account", "secret", "shop-a", "password", typed="correct horse\n")
    assert said.code == 0
    assert "correct horse" not in said.out + said.err
    assert shop("account", "list", "--json").data[0]["secrets"] == ["password"]
    everything = b"".join(file.read_bytes() for file in shop.home.rglob("*") if file.is_file())
    assert b"correct horse" not in everything


def test_a_secret_can_come_from_standard_input_and_be_removed(shop: Desk) -> None:
    assert shop("account", "secret", "shop-a", "totp", "--stdin", typed="JBSW Y3DP EHPK 3PXP\n").code == 0
    assert shop("account", "list", "--json").data[0]["secrets"] == ["totp"]
    assert shop("account", "secret", "shop-a", "totp", "--remove").code == 0
    assert shop("account", "list", "--json").data[0]["secrets"] == []


def test_an_empty_secret_and_one_for_nobody_are_refused(shop: Desk) -> None:
    assert shop("account", "secret", "shop-a", "password", "--stdin", typed="\n").code == 3
    assert shop("account", "secret", "nobody", "password", "--stdin", typed="long enough\n").code == 3


def test_packs_say_where_their_facts_come_from(desk: Desk) -> None:
    listed = {pack["platform"]: pack for pack in desk("packs", "list", "--json").data}["douyin_shop"]
    assert "review_appeal" in listed["channels"]
    assert listed["facts"]["seed"] > 0
    shown = desk("packs", "show", "douyin_shop").out
    assert "利用评价要挟/勒索" in shown
    assert "30 days after the review" in shown


def test_an_override_pack_with_a_fault_is_named_with_its_line(desk: Desk) -> None:
    assert desk("packs", "validate").code == 0
    layer = desk.home / "packs" / "douyin_shop.yaml"
    layer.parent.mkdir(parents=True)
    layer.write_text("format: 1\nplatform: douyin_shop\npause_second: 3\n", encoding="utf-8")
    said = desk("packs", "validate")
    assert said.code == 3
    assert f"{layer}:3" in said.err
    assert "pause_seconds" in said.err
    assert desk("packs", "validate", layer).code == 3
    assert desk("packs", "validate", desk.folder / "missing.yaml").code == 3


def test_a_setting_that_does_not_exist_is_named(desk: Desk) -> None:
    desk.env["APPEALDESK_STEP_SECOND"] = "3"
    said = desk("queue")
    assert said.code == 3
    assert "APPEALDESK_STEP_SECOND" in said.err


def test_settings_are_shown_as_they_are(desk: Desk, tmp_path: Path) -> None:
    assert desk("settings", "--json").data["operator"] == "Li Na"
    assert str(tmp_path / "home") in desk("settings").out
