"""`reason`: a person chooses among the options that a form offered."""

from __future__ import annotations

from automation.model import State
from tests.cli.desk import Desk

OFFERED = ("恶意骚扰", "同行恶意竞争", "其他原因")


def stopped(shop: Desk) -> Desk:
    """An approved case, for whose reason the form had no option."""
    shop.add_case()
    shop("approve", 1, "--yes", "--digest", shop.digest())
    with shop.log() as log:
        log.keep_offered(1, OFFERED, by="worker")
        log.move(1, State.DRAFT, by="worker", note="the form does not offer the reason")
    return shop


def test_options_are_listed_by_show_and_by_reason(shop: Desk) -> None:
    stopped(shop)
    for said in (shop("show", 1), shop("reason", 1)):
        assert said.code == 0
        assert all(option in said.out for option in OFFERED)
    assert "rival" in shop("reason", 1).out  # what the pack knows of them
    assert tuple(shop("show", 1, "--json").data["offered"]) == OFFERED


def test_the_choice_changes_what_is_approved(shop: Desk) -> None:
    stopped(shop)
    before = shop.digest()
    assert shop("reason", 1, 1).code == 0
    case = shop("show", 1, "--json").data["case"]
    assert (case["packet"]["reason"], case["state"]) == ("extortion=恶意骚扰", "ready")
    assert case["digest"] != before
    assert shop("approve", 1, "--yes", "--digest", before).code != 0
    assert "恶意骚扰" in shop("show", 1).out
    assert not (shop.home / "packs").exists()


def test_a_choice_can_be_kept_for_all_cases(shop: Desk) -> None:
    stopped(shop)
    said = shop("reason", 1, "恶意骚扰", "--keep")
    assert said.code == 0, said.err
    shown = shop("packs", "show", "douyin_shop", "--json").data["channels"]["review_appeal"]["reasons"]["extortion"]
    assert shown["labels"][0] == "恶意骚扰"
    assert shown["source"] == "assumed"


def test_an_option_that_the_pack_knows_as_another_reason_makes_it_that_reason(shop: Desk) -> None:
    stopped(shop)
    said = shop("reason", 1, 2, "--keep")
    assert said.code == 0, said.err
    assert shop("show", 1, "--json").data["case"]["packet"]["reason"] == "rival=同行恶意竞争"
    assert not (shop.home / "packs").exists()


def test_what_the_form_did_not_offer_cannot_be_chosen(shop: Desk) -> None:
    shop.add_case()
    assert "no form has shown options" in shop("reason", 1, 1).err
    stopped(shop)
    for choice in ("0", "4", "别的"):
        said = shop("reason", 1, choice)
        assert said.code == 3
        assert "其他原因" in said.err
