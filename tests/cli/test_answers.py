"""The further fields of a form at the terminal: given, changed, shown, and compared with the page."""

from __future__ import annotations

import pytest

from automation.model import ReadBack, State
from automation.packet import read_back_digest
from tests.cli.desk import Desk

OVERRIDE = """\
format: 1
platform: douyin_shop
channels:
  review_appeal:
    answers:
      amount: { source: assumed, title: 申诉金额, kind: number, most: 100, example: "12.50" }
      parts: { source: assumed, title: 申诉项, kind: choices, choices: [货款, 运费], required: false, example: 货款 }
"""


@pytest.fixture
def asking(shop: Desk) -> Desk:
    folder = shop.home / "packs"
    folder.mkdir(exist_ok=True)
    (folder / "douyin_shop.yaml").write_text(OVERRIDE, "utf-8")
    return shop


def test_a_case_is_entered_with_answers_and_shown_with_them(asking: Desk) -> None:
    said = asking.add_case(answer="amount=12.50", review_url="https://shop.example/r1")
    assert (said.code, "case 1: ready" in said.out) == (0, True), said.err
    packet = asking("show", 1, "--json").data["case"]["packet"]
    assert packet["answers"] == {"amount": "12.50"}
    assert packet["review"]["url"] == "https://shop.example/r1"
    out = asking("show", 1).out
    for part in ("申诉金额 (amount)", "12.50", "https://shop.example/r1"):
        assert part in out


def test_without_a_needed_answer_it_stays_a_draft_until_it_is_given(asking: Desk) -> None:
    said = asking.add_case()
    assert "case 1: draft" in said.out
    assert "申诉金额" in said.err
    assert "case 1: ready" in asking("case", "edit", 1, "--answer", "amount=12.50", "--answer", "parts=运费、货款").out
    assert asking("show", 1, "--json").data["case"]["packet"]["answers"] == {"amount": "12.50", "parts": "货款, 运费"}
    assert "case 1: ready" in asking("case", "edit", 1, "--answer", "parts=").out
    assert asking("show", 1, "--json").data["case"]["packet"]["answers"] == {"amount": "12.50"}


def test_a_changed_answer_or_address_voids_the_approval(asking: Desk) -> None:
    asking.add_case(answer="amount=12.50", review_url="https://shop.example/r1")
    for change in (("--answer", "amount=12.51"), ("--review-url", "")):
        seen = asking.digest()
        assert asking("approve", 1, "--yes", "--digest", seen[:12]).code == 0
        assert "case 1: ready" in asking("case", "edit", 1, *change).out
        assert asking.digest() != seen
        assert all(one["voided"] for one in asking("show", 1, "--json").data["approvals"])
    assert asking("show", 1, "--json").data["case"]["packet"]["review"]["url"] == ""


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--answer", "amount"), "NAME=VALUE"),
        (("--answer", "amount=1", "--answer", "amount=2"), "twice"),
        (("--answer", "colour=red"), "amount (申诉金额)"),
        (("--answer", "amount=ten"), "ten"),
        (("--answer", "parts=税"), "货款、运费"),
    ],
)
def test_a_bad_answer_is_refused_and_changes_nothing(asking: Desk, words: tuple[str, ...], says: str) -> None:
    asking.add_case(answer="amount=12.50")
    before = asking.digest()
    said = asking("case", "edit", 1, *words)
    assert said.code == 3
    assert says in said.err
    assert asking.digest() == before


def test_a_bad_address_is_refused_at_once(asking: Desk) -> None:
    said = asking.add_case(answer="amount=1", review_url="shop.example/r1")
    assert (said.code, "shop.example/r1" in said.err) == (3, True)


def test_the_form_shows_each_answer_beside_the_pages(asking: Desk) -> None:
    asking.add_case(answer="amount=12.50")
    asking("approve", 1, "--yes", "--digest", asking.digest()[:12])
    with asking.log() as log:
        lease = log.take_lease("account:shop-a", worker="w", seconds=60)
        assert lease is not None
        log.move(1, State.PREPARING, by="w", lease=lease)
        shown = ReadBack("星河数码旗舰店", "", "利用评价要挟/勒索", "", answers={"amount": "12.5", "parts": ""})
        digest = read_back_digest(shown)
        log.keep_read_back(1, shown, digest=digest, screenshot=None, pack_digest="p", lease=lease)
    (line,) = [one for one in asking("show", 1).out.splitlines() if one.strip().startswith("amount")]
    assert line.split() == ["amount", "12.50", "12.5"]


def test_a_pack_is_shown_with_what_else_its_forms_ask(asking: Desk) -> None:
    out = asking("packs", "show", "douyin_shop").out
    for part in ("申诉金额", "number, at most 100", "choices, 货款 / 运费"):
        assert part in out


def test_a_template_has_the_answers_of_the_stores_platform(asking: Desk) -> None:
    file = asking.folder / "cases.csv"
    assert asking("template", file).code == 0
    assert "answer:amount" in file.read_text("utf-8-sig")
