"""What becomes of a case after each error before the intent: the choice of a careful person."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from automation import errors
from automation.engine.aftermath import FormChanged, after, explain
from automation.errors import Barrier
from automation.model import TRANSITIONS, State

BACK = None  # to where the job found it
TABLE: list[tuple[BaseException, State | None]] = [
    (errors.ElementMissing("x", key="form.submit"), State.NEEDS_PERSON),
    (errors.ElementAmbiguous("x"), State.NEEDS_PERSON),
    (errors.PageUnknown("x"), State.NEEDS_PERSON),
    (errors.ReadBackMismatch("x"), State.NEEDS_PERSON),
    (FormChanged("x"), State.APPROVED),
    (errors.UploadFailed("x"), State.NEEDS_PERSON),
    (errors.PacketUnfit("x", field="reason", limit=""), State.DRAFT),
    (errors.ReviewMissing("x"), State.NEEDS_PERSON),
    (errors.Ineligible("x", barrier=Barrier.NO_ATTEMPTS), State.NEEDS_PERSON),
    (errors.Ineligible("x", barrier=Barrier.ALREADY_APPEALED), State.NEEDS_PERSON),
    (errors.Ineligible("x", barrier=Barrier.WINDOW_CLOSED), State.EXPIRED),
    (errors.WrongStore("x"), State.NEEDS_PERSON),
    (errors.OriginRefused("x"), State.NEEDS_PERSON),
    (errors.SessionDead("x"), State.NEEDS_PERSON),
    (errors.Throttled("x", wait=7), BACK),
    (errors.SiteFault("x"), BACK),
    (errors.ChallengeUnanswered("x"), State.NEEDS_PERSON),
    (errors.HandOver("x"), State.NEEDS_PERSON),
    (errors.ApprovalRefused("x"), State.READY),
    (errors.TransitionRefused("x"), BACK),
    (errors.LeaseLost("x"), BACK),
    (errors.CaseLogError("x"), State.NEEDS_PERSON),
    (errors.PackError("x"), State.NEEDS_PERSON),
    (errors.VaultError("x"), State.NEEDS_PERSON),
    (errors.BrowserUnavailable("x"), BACK),
    (ZeroDivisionError("x"), State.NEEDS_PERSON),
]


@pytest.mark.parametrize(("error", "state"), TABLE, ids=lambda value: type(value).__name__)
def test_case_goes_where_a_careful_person_would_put_it(error: BaseException, state: State | None) -> None:
    assert after(error).to is state
    if state is not None:
        assert state in TRANSITIONS[State.PREPARING]
        assert state in TRANSITIONS[State.SUBMITTING]


def test_only_trouble_of_site_session_or_upload_is_tried_again() -> None:
    again = {type(error).__name__ for error, _ in TABLE if after(error).tries > 1}
    assert again == {"SessionDead", "Throttled", "SiteFault", "UploadFailed"}


def test_throttled_waits_as_long_as_the_site_says() -> None:
    row = after(errors.Throttled("x", wait=7))
    assert [row.pause(1), row.pause(2)] == [7, 14]


def test_every_error_of_the_tree_has_a_line_for_the_operator() -> None:
    for kind in tree(errors.AppealdeskError):
        assert "ends in a line" in explain(make(kind, "this\n ends in  a line"))


def test_line_names_key_page_and_who_acts_next() -> None:
    error = errors.ElementMissing("no button to submit", key="form.submit", seen="确认并提交", hint="read the page")
    assert explain(error) == (
        "no button to submit; the page showed: 确认并提交; pack key form.submit; read the page; for the pack maintainer"
    )


def test_defect_of_the_program_is_called_one() -> None:
    assert explain(ZeroDivisionError("division by zero")) == "the program failed: ZeroDivisionError: division by zero"


def tree(kind: type[errors.AppealdeskError]) -> Iterator[type[errors.AppealdeskError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from tree(child)


def make(kind: type[errors.AppealdeskError], message: str) -> errors.AppealdeskError:
    extra: dict[type, dict[str, object]] = {
        errors.PacketUnfit: {"field": "", "limit": ""},
        errors.Ineligible: {"barrier": Barrier.OTHER},
        errors.Throttled: {"wait": 1},
        errors.ChainBroken: {"row": ""},
    }
    build: object = kind
    assert callable(build)
    made = build(message, **extra.get(kind, {}))
    assert isinstance(made, errors.AppealdeskError)
    return made
