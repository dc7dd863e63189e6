"""A packet held against the form that is open: what does not fit is said before anything is filled in."""

from __future__ import annotations

import pytest

from automation.engine.filling import fit
from automation.errors import Drift, PacketUnfit
from automation.model import Form
from tests.packet.test_answers import answering, asking

REASONS = ("利用评价要挟/勒索",)


def form(**most: str) -> Form:
    return Form("R1", REASONS, answers_max=most)


def test_an_amount_up_to_the_pages_bound_fits() -> None:
    assert fit(answering(amount="12.5"), asking(), form(amount="12.50")).reason_label == REASONS[0]


def test_an_amount_over_the_pages_bound_is_said_with_field_and_limit() -> None:
    with pytest.raises(PacketUnfit) as caught:
        fit(answering(amount="12.51"), asking(), form(amount="12.50"))
    assert (caught.value.field, caught.value.limit) == ("answers.amount", "12.50")


def test_a_needed_answer_that_the_pack_asks_for_since_then_is_said() -> None:
    with pytest.raises(PacketUnfit) as caught:
        fit(answering(account=None), asking(), form())
    assert caught.value.field == "answers.account"


def test_a_bound_that_cannot_be_read_is_never_guessed() -> None:
    with pytest.raises(Drift) as caught:
        fit(answering(), asking(), form(amount="约35元"))
    assert caught.value.seen == "约35元"
