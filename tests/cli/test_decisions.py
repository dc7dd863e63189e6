"""`queue`, `show`, `approve` and `reject`: nobody approves what was not looked at."""

from __future__ import annotations

from datetime import timedelta

from automation.model import Medium, ReadBack, State, Uploaded
from automation.packet import read_back_digest
from tests.cli.desk import DESCRIPTION, Desk


def prepare(desk: Desk, case: int = 1) -> str:
    """Do what a worker does up to the form checkpoint; returns the form's digest."""
    with desk.log() as log:
        found = log.case(case)
        lease = log.take_lease("account:shop-a", worker="w", seconds=60)
        assert lease is not None
        log.move(case, State.PREPARING, by="w", lease=lease)
        shown = ReadBack(
            store="星河数码旗舰店",
            review=found.packet.review.order_no,
            reason="利用评价要挟/勒索",
            description=found.packet.description,
            uploads=tuple(Uploaded(one.name, one.sha256, accepted=True) for one in found.packet.evidence),
        )
        digest = read_back_digest(shown)
        shot = desk.picture("form.png", "grey")
        log.keep_read_back(case, shown, digest=digest, screenshot=shot, pack_digest="p", lease=lease)
        log.drop(lease)
    return digest


def test_the_packet_is_shown_with_everything_that_bears_on_the_decision(shop: Desk) -> None:
    shop.add_case()
    out = shop("show", 1).out
    for part in ("不给五十块钱就不删差评", DESCRIPTION, "extortion", "6920000000000000001.png", "chat", "window ends"):
        assert part in out
    assert f"packet digest {shop.digest()}" in out


def test_without_a_terminal_a_digest_must_be_given(shop: Desk) -> None:
    shop.add_case()
    said = shop("approve", 1)
    assert said.code == 3
    assert shop.digest()[:12] in said.err
    assert shop("approve", 1, "--yes").code == 3
    assert shop("approve", 1, "--yes", "--digest", "0" * 12).code == 3
    assert shop("approve", 1, "--yes", "--digest", shop.digest()[:4]).code == 3  # too short to mean anything
    assert shop("show", 1, "--json").data["approvals"] == []


def test_an_approval_says_who_what_and_how_long(shop: Desk) -> None:
    shop.add_case()
    said = shop("approve", 1, "--yes", "--digest", shop.digest()[:10])
    assert said.code == 0, said.err
    assert "approved by Li Na, for 3 d 0 h and one use" in said.out
    assert shop("show", 1, "--json").data["case"]["state"] == State.APPROVED
    assert shop("approve", 1, "--yes", "--digest", shop.digest()[:10]).code == 4  # nothing to decide any more


def test_an_edit_between_look_and_approval_stops_it(shop: Desk) -> None:
    shop.add_case()
    seen = shop.digest()
    shop("case", "edit", 1, "--description", DESCRIPTION + "。")
    said = shop("approve", 1, "--yes", "--digest", seen[:12])
    assert said.code == 3
    assert "look at it again" in said.err


def test_a_draft_cannot_be_approved_and_says_why(shop: Desk) -> None:
    shop.add_case(evidence="")
    said = shop("approve", 1, "--yes", "--digest", shop.digest()[:12])
    assert said.code == 4
    assert "draft" in said.err
    assert "case edit 1" in said.err


def test_the_author_can_be_barred_from_approving(shop: Desk) -> None:
    shop.add_case()
    shop.env["APPEALDESK_BAR_AUTHOR"] = "true"
    words = ("approve", 1, "--yes", "--digest", shop.digest()[:12])
    assert shop(*words).code == 4
    assert shop(*words, operator="Wang Wei").code == 0


def test_a_rejection_needs_a_comment_and_sends_the_packet_back(shop: Desk) -> None:
    shop.add_case()
    assert shop("reject", 1, "--comment", " ").code == 3
    assert shop("reject", 1).code == 2
    said = shop("reject", 1, "--comment", "the screenshot is cut off")
    assert (said.code, "draft" in said.out) == (0, True)
    assert "the screenshot is cut off" in shop("show", 1).out


def test_the_form_is_shown_beside_its_packet_and_approved_by_its_own_digest(shop: Desk) -> None:
    shop.add_case()
    shop("approve", 1, "--yes", "--digest", shop.digest()[:12])
    form = prepare(shop)
    out = shop("show", 1).out
    assert "The filled form, as the page shows it" in out
    assert form in out
    assert "accepted" in out
    assert shop("approve", 1, "--yes", "--digest", shop.digest()[:12]).code == 3  # that is the packet's
    assert shop("approve", 1, "--yes", "--digest", form[:12]).code == 0
    assert shop("show", 1, "--json").data["case"]["state"] == State.CONFIRMED


def test_a_rejected_form_voids_the_packets_approval(shop: Desk) -> None:
    shop.add_case()
    shop("approve", 1, "--yes", "--digest", shop.digest()[:12])
    prepare(shop)
    assert "ready" in shop("reject", 1, "--comment", "wrong option chosen").out


def test_the_queue_lists_the_most_urgent_first(shop: Desk) -> None:
    shop.add_case("1001")
    shop.add_case("1002", posted_at="2020-01-01 00:00")  # its window closed long ago
    with shop.log() as log:
        log.open_challenge("shop-a", "my-store", Medium.SMS, destination="138****0000", seconds=300)
    queue = shop("queue", "--json").data
    assert [(one["challenge"], one["case"], one["state"]) for one in queue] == [
        (1, None, "challenge"),
        (None, 2, "draft"),
        (None, 1, "ready"),
    ]
    out = shop("queue").out
    assert "overdue" in out
    assert "challenge answer 1" in out


def test_an_approval_expires_as_the_setting_says(shop: Desk) -> None:
    shop.add_case()
    shop.env["APPEALDESK_APPROVAL_HOURS"] = "2"
    shop("approve", 1, "--yes", "--digest", shop.digest()[:12])
    with shop.log() as log:
        made = log.approvals(1)[0]
    assert made.expires_at - made.at == timedelta(hours=2)
