"""What the engine does with everything that can go wrong on a site: one table, one run, a store of its own a fault.

The state is what a careful person would choose, and the server never holds two appeals for a case. `settled` is the
state after the fault has gone and a worker looked once more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from automation.model import Case, State
from tests.engine.scene import Scene, keep_failures, scene


@dataclass(frozen=True)
class Expected:
    """A fault, where its case ends, and how many appeals the server has then."""

    fault: str
    state: State
    stored: int
    settled: State | None = None  # None: as before
    params: dict[str, Any] = field(default_factory=dict)
    says: str = ""  # part of the case's note

    @property
    def name(self) -> str:
        return "-".join((self.fault, *(str(value) for value in self.params.values())))


SENT, PERSON, UNSURE = State.SUBMITTED, State.NEEDS_PERSON, State.UNCERTAIN
TABLE = [
    # the submission itself
    Expected("success_toast_500", UNSURE, 0),
    Expected("accepted_response_lost", SENT, 1),
    Expected("accepted_never_answered", SENT, 1),
    Expected("silently_dropped", UNSURE, 0),
    Expected("success_never_shown", SENT, 1),
    Expected("too_fast", State.READY, 0, says="过于频繁"),
    Expected("too_fast", SENT, 1, params={"at": "form", "times": 1}),
    Expected("too_fast", State.APPROVED, 0, params={"at": "form"}, settled=SENT),
    Expected("no_permission", PERSON, 0, says="权限"),
    Expected("no_attempts", PERSON, 0),
    Expected("already_appealed", PERSON, 0),
    Expected("window_closed", State.EXPIRED, 0),
    # uploads
    Expected("slow_upload", SENT, 1, params={"seconds": 1}),
    Expected("stalled_upload", PERSON, 0),
    Expected("refused_upload", PERSON, 0),
    Expected("refused_shown_as_done", SENT, 1),  # nothing on the page and no answer of the server tells it
    # the session
    Expected("session_dies_halfway", SENT, 1, params={"at": "form", "times": 1}),
    Expected("session_dies_halfway", SENT, 1, params={"at": "upload", "times": 1}),
    Expected("session_dies_halfway", UNSURE, 0, params={"at": "submit", "times": 1}),
    Expected("other_store_answers", PERSON, 0, params={"to": "s1"}),
    Expected("other_store_answers", PERSON, 0, params={"after": "form", "to": "s1"}),
    Expected("other_store_answers", PERSON, 0, params={"after": "upload", "to": "s1"}),
    # the form
    Expected("renamed_button", PERSON, 0, says="submit"),
    Expected("two_buttons_alike", PERSON, 0),
    Expected("new_mandatory_field", PERSON, 0, says="联系电话"),
    Expected("changed_reason_list", State.DRAFT, 0, says="does not offer the reason"),
    Expected("popup_chain_over_form", SENT, 1),
    Expected("captcha_over_form", PERSON, 0),
    # lists
    Expected("moving_pages", SENT, 1),
    Expected("records_incomplete", UNSURE, 1, settled=SENT),
    Expected("http_500_on_records", UNSURE, 1, settled=SENT),
    Expected("slow_answer", SENT, 1, params={"seconds": 0.3}),
]


@dataclass
class Seen:
    """What became of all of them."""

    stage: Scene
    cases: dict[str, Case]
    first: dict[str, tuple[State, int, str]]
    settled: dict[str, tuple[State, int]]


def waves() -> list[list[Expected]]:
    """The table in parts, with each fault once in each."""
    parts: list[list[Expected]] = []
    for expected in TABLE:
        home = next((part for part in parts if all(one.fault != expected.fault for one in part)), None)
        if home is None:
            parts.append(home := [])
        home.append(expected)
    return parts


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[Seen]:
    """Every fault at once, each at a store of its own; then all of them off, and another look."""
    home = tmp_path_factory.mktemp("faults")
    with scene(home, stores=len(TABLE) + 1, step_seconds=10) as stage:
        cases: dict[str, Case] = {}
        first: dict[str, tuple[State, int, str]] = {}
        for wave in waves():  # a site has each fault once
            stage.site.control.fault_off()
            for expected in wave:
                store = f"s{TABLE.index(expected) + 2}"
                stage.site.control.fault(expected.fault, store=store, **expected.params)
                cases[expected.name] = stage.approved(store)
            stage.work()
            for expected in wave:
                case = cases[expected.name]
                first[expected.name] = (stage.state(case), len(stage.sent(case)), stage.log.case(case.id).note)
        stage.site.control.fault_off()
        stage.work()
        settled = {name: (stage.state(case), len(stage.sent(case))) for name, case in cases.items()}
        found = Seen(stage, cases, first, settled)
        yield found
        wrong = any(first[e.name][:2] != (e.state, e.stored) for e in TABLE)
        if wrong:
            keep_failures(home, pytestconfig.rootpath / "test-results" / "test_faults", stage.told())


@pytest.mark.parametrize("expected", TABLE, ids=lambda expected: expected.name)
def test_case_ends_where_a_careful_person_would_put_it(seen: Seen, expected: Expected) -> None:
    state, stored, note = seen.first[expected.name]
    assert (state, stored) == (expected.state, expected.stored), note
    assert expected.says in note
    if state is not SENT:
        assert note, "the operator is told why"


@pytest.mark.parametrize("expected", TABLE, ids=lambda expected: expected.name)
def test_later_look_never_sends_a_second_appeal(seen: Seen, expected: Expected) -> None:
    state, stored = seen.settled[expected.name]
    assert state is (expected.settled or expected.state)
    assert stored == (1 if expected.settled is SENT else expected.stored)


def test_every_receipt_is_an_appeal_on_the_server_with_the_approved_bytes(seen: Seen) -> None:
    for name, case in seen.cases.items():
        now = seen.stage.log.case(case.id)
        if now.state is SENT:
            (arrived,) = seen.stage.sent(case)
            assert arrived.record_id == now.record_id, name
            if name != "refused_shown_as_done":  # there the server threw away what it had taken
                assert [file.sha256 for file in arrived.files] == [piece.sha256 for piece in now.packet.evidence], name
            assert arrived.description == now.packet.description, name


def test_captcha_was_left_to_people(seen: Seen) -> None:
    assert seen.stage.site.control.counts().captchas_closed == 0


def test_log_stays_whole(seen: Seen) -> None:
    seen.stage.log.verify()
