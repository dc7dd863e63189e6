from __future__ import annotations

from automation.caselog import CaseLog
from automation.model import Outcome, State
from tests.caselog.conftest import Desk


def test_a_case_goes_from_entry_to_a_second_round(log: CaseLog, desk: Desk) -> None:
    lease = desk.lease()
    case = desk.submitted(lease=lease)
    assert case.state is State.SUBMITTED
    assert case.record_id == "REC-1"
    lost = log.write_result(case.id, Outcome.REJECTED, record=desk.record(), notice=None, by="poll")
    assert lost is not None
    assert lost.state is State.REJECTED
    again = log.next_round(case.id, by="Chen")
    assert (again.state, again.packet.round, again.record_id) == (State.DRAFT, 2, "")
    assert log.earlier_packets(case.id) == [(case.packet, "证据不足")]
    assert log.rejected_texts("store-1") == [case.packet.description]
    assert log.verify().events == len(log.events())
