"""What became of the cases, as figures and as files."""

from __future__ import annotations

import io
from datetime import timedelta

from openpyxl import load_workbook

from automation.console.access import Role
from automation.model import State
from automation.reports.lines import Line
from automation.reports.shares import punctuality, shares
from tests.conftest import HandClock
from tests.console.room import Room


def test_the_page_counts_what_one_may_see(console: Room) -> None:
    console.case("s1")
    console.case("s2")
    with console.client() as client, console.client("Zhao", Role.VIEWER, frozenset({"North"})) as viewer:
        assert "待审批</span> 2</a>" in client.get("/dashboard").text
        assert "待审批</span> 1</a>" in viewer.get("/dashboard").text
        rows = viewer.get("/dashboard/rounds.csv").content.decode("utf-8-sig").splitlines()
    assert len(rows) == 2


def test_the_workbook_opens_and_nothing_stays_behind(console: Room) -> None:
    console.case(buyer="=1+1")
    with console.client() as client:
        sheet = load_workbook(io.BytesIO(client.get("/dashboard/rounds.xlsx").content)).active
    assert sheet is not None
    assert sheet.max_row == 2
    assert [path for path in console.office.settings.home.iterdir() if path.name.startswith("tmp")] == []


def test_shares_count_rounds_that_were_sent(clock: HandClock) -> None:
    now = clock()

    def line(case: int, state: State, *, sent: bool = True, days: int = 30) -> Line:
        at = now - timedelta(days=5)
        return Line(
            case=case,
            round=1,
            client="",
            store="s",
            store_name="s",
            platform="p" if case < 4 else "q",
            channel="c",
            reason="r",
            order_no="",
            review_id="",
            state=state,
            entered_at=at,
            submitted_at=at if sent else None,
            answered_at=now if state is State.UPHELD else None,
            deadline=at + timedelta(days=days),
        )

    rounds = [
        line(1, State.UPHELD),
        line(2, State.REJECTED),
        line(3, State.READY, sent=False),
        line(4, State.SUBMITTED),
    ]
    rounds.append(line(5, State.EXPIRED, sent=False, days=1))
    p, q = shares(rounds, lambda one: (one.platform,))
    assert (p.name, p.sent, p.upheld, p.open, p.middle) == ("p", 2, 0.5, 0, timedelta(days=5))
    assert (q.name, q.sent, q.upheld, q.open, q.middle) == ("q", 1, None, 1, None)
    met = punctuality(rounds, now)
    assert (met.met, met.missed, met.share) == (3, 1, 0.75)
