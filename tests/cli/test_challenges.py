"""`challenge list` and `challenge answer`."""

from __future__ import annotations

from automation.model import Medium
from tests.cli.desk import Desk


def ask(desk: Desk, medium: Medium = Medium.SMS) -> int:
    with desk.log() as log:
        return log.open_challenge("shop-a", "my-store", medium, destination="138****0000", seconds=300).id


def test_an_answer_reaches_the_worker_sealed(shop: Desk) -> None:
    number = ask(shop)
    listed = shop("challenge", "list", "--json").data
    assert [(one["id"], one["medium"], one["destination"]) for one in listed] == [(number, "sms", "138****0000")]
    assert shop("challenge", "answer", number, "--store", "my-store", typed="482913\n").code == 0
    with shop.log() as log:
        sealed = log.take_answer(number)
    assert sealed is not None
    assert "482913" not in sealed


def test_the_answer_for_another_store_is_refused(shop: Desk) -> None:
    number = ask(shop)
    shop("store", "add", "other", "--account", "shop-a", "--name", "云朵家居专营店")
    said = shop("challenge", "answer", number, "--store", "other", "--code", "482913")
    assert said.code in (3, 4)
    with shop.log() as log:
        assert log.take_answer(number) is None


def test_what_is_not_typed_cannot_be_answered_by_typing(shop: Desk) -> None:
    number = ask(shop, Medium.QR)
    said = shop("challenge", "answer", number, "--store", "my-store", "--code", "1")
    assert (said.code, "phone" in said.err) == (3, True)
    assert shop("challenge", "answer", 99, "--store", "my-store", "--code", "1").code == 3
