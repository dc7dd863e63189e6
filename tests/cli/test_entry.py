"""`template`, `import`, `case add`, `case edit` and the other steps of one case."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from automation.model import State
from tests.cli.desk import DESCRIPTION, Desk


def test_a_case_added_with_all_it_needs_is_ready(shop: Desk) -> None:
    said = shop.add_case()
    assert said.code == 0, said.err
    assert "case 1: ready" in said.out
    listed = shop("case", "list", "--json").data
    assert [(one["id"], one["state"], one["store"]["id"]) for one in listed] == [(1, "ready", "my-store")]
    assert "6920000000000000001" in shop("case", "list").out


def test_what_blocks_is_said_at_once_and_the_case_stays_a_draft(shop: Desk) -> None:
    said = shop.add_case(evidence="")
    assert said.code == 0
    assert "case 1: draft" in said.out
    assert "blocks" in said.err


def test_a_case_added_twice_is_entered_once(shop: Desk) -> None:
    shop.add_case()
    said = shop.add_case()
    assert "case 1 already" in said.err
    assert len(shop("case", "list", "--json").data) == 1


def test_every_fault_of_a_case_is_named_and_nothing_is_kept(shop: Desk) -> None:
    said = shop.add_case(reason="no such reason", posted_at="yesterday-ish")
    assert said.code == 3
    assert "no such reason" in said.err
    assert "yesterday-ish" in said.err
    assert shop("case", "list", "--json").data == []


@pytest.mark.parametrize("name", ["cases.xlsx", "cases.csv", "cases.json"])
def test_a_template_can_be_imported_as_it_is(shop: Desk, name: str) -> None:
    file = shop.folder / name
    assert shop("template", file).code == 0
    said = shop("import", file)
    assert (said.code, "0 entered" in said.out) == (0, True)
    assert shop("template", file).code == 3  # it is there already
    assert shop("template", file, "--force").code == 0


def test_bad_rows_are_named_and_good_ones_enter(shop: Desk) -> None:
    shop.picture("chat.png")
    posted = f"{datetime.now(UTC) - timedelta(days=2):%Y-%m-%d %H:%M}"
    good = {
        "store": "my-store",
        "channel": "review_appeal",
        "order_no": "1001",
        "posted_at": posted,
        "reason": "extortion",
        "description": DESCRIPTION,
        "evidence": "chat:chat.png",
    }
    file = shop.batch([good, good | {"order_no": "1002", "store": "elsewhere"}, good | {"order_no": "1003"}])
    said = shop("import", file)
    assert said.code == 3
    assert "2 entered, 0 known already, 1 problems" in said.out
    assert f"{file}:3" in said.err
    again = shop("import", file, "--json")
    assert (again.data["entered"], again.data["known"]) == ([], [1, 2])


def test_an_edit_judges_the_packet_again(shop: Desk) -> None:
    shop.add_case(evidence="")
    more = f"chat:{shop.picture('new.png')}"
    said = shop("case", "edit", 1, "--evidence", more)
    assert said.code == 0, said.err
    assert "case 1: ready" in said.out
    said = shop("case", "edit", 1, "--drop", "new.png")
    assert "case 1: draft" in said.out
    assert shop("case", "edit", 1, "--drop", "new.png").code == 3
    assert shop("case", "edit", 1, "--reason", "no_such").code == 3


def test_a_description_can_come_from_a_file(shop: Desk) -> None:
    shop.add_case()
    text = shop.folder / "words.txt"
    text.write_text(DESCRIPTION + "订单截图见附件。\n", encoding="utf-8")
    assert shop("case", "edit", 1, "--description-file", text).code == 0
    assert shop("show", 1, "--json").data["case"]["packet"]["description"].endswith("订单截图见附件。")


def test_a_withdrawn_case_can_be_taken_up_again(shop: Desk) -> None:
    shop.add_case()
    assert "withdrawn" in shop("case", "withdraw", 1, "--comment", "the buyer took it back").out
    assert shop("queue", "--json").data == []
    assert "ready" in shop("case", "resume", 1).out


def test_what_the_state_does_not_allow_is_refused_with_what_it_does(shop: Desk) -> None:
    shop.add_case()
    said = shop("case", "outcome", 1, "upheld", "--comment", "saw it")
    assert said.code == 4
    assert shop("case", "next-round", 1).code == 4
    assert shop("release", 1, "--comment", "not there").code == 4
    assert shop("show", 1, "--json").data["case"]["state"] == State.READY


def test_an_unknown_case_is_named(shop: Desk) -> None:
    said = shop("show", 7)
    assert (said.code, "7" in said.err) == (3, True)
