"""Whose row it is. In doubt: nobody's."""

from __future__ import annotations

from datetime import timedelta

from automation.engine.matching import LIST_READ, find_receipt, notices_of, record_of, same_review
from automation.model import Record, Records, State
from tests.engine.words import MINUTE, NOW, case, intent, notice, packet, record


def found(
    *rows: Record, complete: bool = True, known: frozenset[str] = frozenset(), taken: tuple[str, ...] = ()
) -> str:
    search = find_receipt(Records(rows, complete), intent(known), packet(), now=NOW, taken=taken)
    if search.receipt is not None:
        return search.receipt.record_id
    return "doubt" if search.doubt else "absent" if search.complete else "unread"


def test_new_row_of_the_review_is_the_receipt() -> None:
    assert found(record("R0", order_no="6901"), record("R1")) == "R1"


def test_row_that_shows_only_the_order_is_the_receipt() -> None:
    assert found(record("R1", review_id="")) == "R1"


def test_row_of_another_review_of_the_same_order_is_not() -> None:
    assert found(record("R1", review_id="7401")) == "absent"


def test_row_that_names_neither_order_nor_review_is_not() -> None:
    assert found(record("R1", order_no="", review_id="")) == "absent"


def test_row_older_than_the_intent_is_not() -> None:
    assert found(record("R1", filed_at=NOW - timedelta(hours=1))) == "absent"


def test_site_clock_may_be_some_minutes_behind() -> None:
    assert found(record("R1", filed_at=NOW - 3 * MINUTE)) == "R1"


def test_row_that_was_there_before_the_click_is_not() -> None:
    assert found(record("R1"), known=frozenset({"R1"})) == "absent"


def test_row_that_is_another_case_receipt_is_not() -> None:
    assert found(record("R1", review_id=""), taken=("R1",)) == "absent"


def test_row_that_fits_by_its_order_alone_is_a_doubt_while_another_case_of_the_order_waits_for_one() -> None:
    rows = (record("R1", review_id=""), record("R1"))
    searches = [
        find_receipt(Records((row,), complete=True), intent(), packet(), now=NOW, rivals=frozenset({7})) for row in rows
    ]
    assert [search.receipt is not None for search in searches] == [False, True]
    assert "case 7" in searches[0].doubt


def test_undated_row_is_a_doubt_unless_the_list_was_read_before() -> None:
    assert found(record("R1", filed_at=None)) == "doubt"
    assert found(record("R1", filed_at=None), known=frozenset({LIST_READ})) == "R1"


def test_two_rows_that_fit_are_a_doubt() -> None:
    assert found(record("R1"), record("R2")) == "doubt"


def test_list_that_was_not_read_to_its_end_proves_nothing() -> None:
    assert found(complete=False) == "unread"
    assert found(record("R1"), complete=False) == "R1"


def test_numbers_that_one_side_lacks_are_not_compared() -> None:
    assert same_review(record(order_no=""), packet())
    assert not same_review(record(order_no=""), packet(review_id=""))


def test_case_is_matched_by_its_receipt_first() -> None:
    rows = [record("R1", order_no="0"), record("R2")]
    assert record_of(case(record_id="R1"), rows, since=NOW) == rows[0]
    assert record_of(case(record_id="R9"), rows, since=NOW) is None


def test_case_without_receipt_is_matched_by_review_and_time() -> None:
    new, old = record("R1"), record("R0", filed_at=NOW - timedelta(days=9))
    assert record_of(case(record_id=""), [old, new], since=NOW) == new
    assert record_of(case(record_id=""), [new, record("R2")], since=NOW) is None


def test_message_that_names_a_record_is_only_that_record_s() -> None:
    one = notice(record_id="R1", order_no="6900")
    assert notices_of(case(record_id="R1"), [one], since=NOW, alone=True) == (one,)
    assert notices_of(case(record_id="R2"), [one], since=NOW, alone=True) == ()


def test_message_that_names_only_the_order_counts_for_a_case_alone_with_it() -> None:
    one = notice(order_no="6900")
    assert notices_of(case(state=State.SUBMITTED), [one], since=NOW, alone=True) == (one,)
    assert notices_of(case(), [one], since=NOW, alone=False) == ()


def test_message_from_before_the_filing_is_not_about_it() -> None:
    old = notice(order_no="6900", at=NOW - timedelta(days=3))
    assert notices_of(case(), [old, notice(order_no="6900", at=None)], since=NOW, alone=True) == ()


def test_where_no_number_is_shown_text_and_time_name_the_review() -> None:
    bare = {"order_no": "", "review_id": "", "review_text": "不给钱就差评"}
    posted = packet().review.posted_at
    assert found(record("R1", **bare)) == "R1"
    assert found(record("R1", **bare, review_at=posted)) == "R1"
    assert found(record("R1", **bare, review_at=posted - MINUTE)) == "absent"
    assert found(record("R1", order_no="6901", review_id="", review_text="不给钱就差评")) == "absent"
    assert found(record("R1", **bare), record("R2", **bare)) == "doubt"
