"""An approval is bound to every word and byte that will be sent, and to nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.errors import InputError
from automation.model import Packet, ReadBack, Review, Uploaded
from automation.packet import digest, mismatches, read_back_digest
from tests.packet.material import STORE, channel, evidence, packet, review

_texts = st.text(max_size=30)
_names = st.text(min_size=1, max_size=12)
_zones = st.timezones()
_FIRST, _LAST = (datetime.fromisoformat(day) for day in ("2003-01-02", "2099-01-01"))
_pieces = st.builds(lambda name, n: evidence(name, sha256=f"{n:064x}"), _names, st.integers(0, 2**256 - 1))
_reviews = st.builds(
    Review,
    review_id=_texts,
    order_no=_texts,
    text=_texts,
    posted_at=st.datetimes(_FIRST, _LAST, timezones=_zones),
    stars=st.none() | st.integers(1, 5),
    buyer=_texts,
    product=_texts,
)
_packets = st.builds(
    Packet,
    platform=_names,
    channel=_names,
    store=_names,
    review=_reviews,
    round=st.integers(1, 9),
    reason=_names,
    description=_texts,
    evidence=st.lists(_pieces, max_size=4).map(tuple),
)


def _sent(one: Packet) -> object:
    """What a digest must tell apart."""
    parts = [getattr(one, name) for name in ("platform", "channel", "store", "round", "reason", "description")]
    words = [getattr(one.review, name) for name in ("review_id", "order_no", "text", "stars", "buyer", "product")]
    files = [(piece.sha256, piece.name) for piece in one.evidence]
    return (parts, words, one.review.posted_at.timestamp(), files)


PINNED = "16a530e1a243c1ed67fd9bb22b8d22808a3aa732d93171f95b2a66bd5d658863"


@given(_packets, _packets)
def test_two_packets_have_one_digest_only_if_all_that_is_sent_is_equal(one: Packet, other: Packet) -> None:
    assert (digest(one) == digest(other)) == (_sent(one) == _sent(other))


@given(_packets, st.sampled_from(["platform", "channel", "store", "reason", "description"]), st.characters())
def test_one_more_character_anywhere_changes_the_digest(one: Packet, name: str, character: str) -> None:
    changes: dict[str, Any] = {name: getattr(one, name) + character}
    assert digest(replace(one, **changes)) != digest(one)


@given(_packets, st.sampled_from(["review_id", "order_no", "text", "buyer", "product"]), st.characters())
def test_one_more_character_in_the_review_changes_the_digest(one: Packet, name: str, character: str) -> None:
    changes: dict[str, Any] = {name: getattr(one.review, name) + character}
    assert digest(replace(one, review=replace(one.review, **changes))) != digest(one)


def test_moving_a_character_from_one_field_to_the_next_changes_the_digest() -> None:
    one = packet(reason="ab", description="c")
    assert digest(one) != digest(packet(reason="a", description="bc"))


def test_the_order_of_evidence_counts() -> None:
    first, second = evidence("1.png"), evidence("2.png")
    assert digest(packet(evidence=(first, second))) != digest(packet(evidence=(second, first)))


def test_one_bit_of_a_file_or_one_letter_of_its_name_changes_the_digest() -> None:
    piece = evidence()
    other = replace(piece, sha256="f" + piece.sha256[1:])
    assert len({digest(packet(evidence=(one,))) for one in (piece, other, replace(piece, name="chat2.png"))}) == 3


def test_where_a_file_lies_does_not_count() -> None:
    piece = evidence()
    moved = replace(piece, path=Path("elsewhere"))
    assert digest(packet(evidence=(moved,))) == digest(packet(evidence=(piece,)))


def test_the_same_moment_in_another_zone_is_the_same_packet() -> None:
    one = packet()
    moved = one.review.posted_at.astimezone(timezone(timedelta(hours=8)))
    assert digest(packet(review=review(posted_at=moved))) == digest(one)


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(InputError, match="time zone"):
        digest(packet(review=review(posted_at=datetime.fromisoformat("2025-03-06"))))


def test_the_digest_is_the_same_in_another_process() -> None:
    code = (
        "from tests.packet.material import packet; from automation.packet import digest; import sys;"
        "sys.stdout.write(digest(packet()))"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Shanghai"))
    }
    assert seen == {digest(packet())}


def test_the_digest_never_changes_between_versions() -> None:
    """Approvals outlive an update: a change here voids every one of them."""
    assert digest(packet()) == PINNED


# --- the page


def read_back(**changes: Any) -> ReadBack:
    one = packet()
    uploads = tuple(Uploaded(piece.name, piece.sha256, accepted=True) for piece in one.evidence)
    shown = ReadBack("星河旗舰店", "订单 6912345678901234567", "利用评价要挟/勒索", one.description, uploads)
    return replace(shown, **changes)


def wrong(**changes: Any) -> list[str]:
    return mismatches(packet(), channel(), STORE, read_back(**changes))


def test_a_page_that_shows_the_packet_has_no_mismatch() -> None:
    assert wrong() == []


def test_any_label_that_the_pack_knows_for_the_reason_is_right() -> None:
    assert wrong(reason="利用中差评骗赔") == []


@pytest.mark.parametrize("reason", ["无实际含义的评价", "", "请选择"])
def test_any_other_option_is_a_mismatch(reason: str) -> None:
    assert [line.split(":")[0] for line in wrong(reason=reason)] == ["reason"]


def test_another_store_is_a_mismatch() -> None:
    assert [line.split(":")[0] for line in wrong(store="星河专营店")] == ["store"]


def test_line_endings_are_no_difference() -> None:
    one = packet(description="第一行\r\n第二行")
    assert mismatches(one, channel(), STORE, read_back(description="第一行\n第二行")) == []


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: t + " ", lambda t: t.replace("，", ","), lambda t: ""])
def test_a_description_that_differs_in_one_character_is_a_mismatch(change: Any) -> None:
    assert [line.split(":")[0] for line in wrong(description=change(packet().description))] == ["description"]


@pytest.mark.parametrize(
    "shown",
    [
        "R1",
        "评价 R1 ",
        "不给50元就一直挂着",
        "评价内容：不给50元就一直挂着",
        "不给50元就一…",
        "（6912345678901234567）",
        "",
    ],
)
def test_a_form_may_name_the_review_by_id_order_or_text(shown: str) -> None:
    assert wrong(review=shown) == []


@pytest.mark.parametrize(
    "shown", ["R12", "69123456789012345678", "不给…", "别的评价", "评价内容：别的评价", "不给50元就一直挂着吧"]
)
def test_a_form_that_names_another_review_is_a_mismatch(shown: str) -> None:
    assert [line.split(":")[0] for line in wrong(review=shown)] == ["review"]


def test_uploads_must_be_the_same_files_in_the_same_order_and_all_accepted() -> None:
    first, second = evidence("1.png"), evidence("2.png")
    meant = packet(evidence=(first, second))
    shown = [Uploaded(piece.name, piece.sha256, accepted=True) for piece in (first, second)]

    def differs(*uploads: Uploaded) -> bool:
        return bool(mismatches(meant, channel(), STORE, read_back(uploads=uploads)))

    assert not differs(*shown)
    assert not differs(Uploaded("renamed-by-site.png", first.sha256, accepted=True), shown[1])
    assert differs(*reversed(shown))
    assert differs(shown[0])
    assert differs(*shown, shown[1])
    assert differs(shown[0], replace(shown[1], accepted=False))
    assert differs(shown[0], replace(shown[1], sha256="0" * 64))


def test_a_second_filling_has_the_same_read_back_digest_although_the_site_renames_files() -> None:
    renamed = tuple(replace(upload, name="x.png") for upload in read_back().uploads)
    assert read_back_digest(read_back(uploads=renamed)) == read_back_digest(read_back())


@pytest.mark.parametrize(
    "changes",
    [
        {"store": "别家"},
        {"review": "R2"},
        {"reason": "x"},
        {"description": "x"},
        {"uploads": ()},
        {"fields": {"form.amount": "5"}},
    ],
)
def test_any_other_change_of_the_page_changes_the_read_back_digest(changes: dict[str, Any]) -> None:
    assert read_back_digest(read_back(**changes)) != read_back_digest(read_back())
