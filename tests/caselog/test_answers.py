"""Answers and the review's address in the log: kept, covered by the chain, and unknown to logs from before them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from automation.caselog import CaseLog, schema
from automation.caselog.chain import row_digest
from automation.errors import ChainBroken
from automation.model import Checkpoint, Decision, Outcome, Receipt, State
from tests.caselog.conftest import DAY, POSTED, Desk
from tests.caselog.test_opening import engine, execute

OLD = json.loads(Path(__file__).with_name("old").joinpath("0001.json").read_text("utf-8"))
ANSWERS = {"amount": "12.50", "parts": "货款, 运费"}


def test_answers_and_address_come_back_as_they_were_entered(desk: Desk) -> None:
    plain = desk.packet()
    packet = replace(plain, answers=ANSWERS, review=replace(plain.review, url="https://shop.example/r1"))
    case, new = desk.log.enter(packet, by="Chen")
    assert new
    assert desk.log.case(case.id).packet == packet
    desk.log.verify()


def test_a_changed_answer_voids_the_approval(desk: Desk) -> None:
    case = desk.approved(answers=ANSWERS)
    desk.log.change_packet(case.id, replace(case.packet, answers={"amount": "12.51"}), by="Chen")
    assert [one.voided for one in desk.log.approvals(case.id)] == ["the packet was changed"]
    assert desk.log.case(case.id).state is State.READY


def test_the_next_round_begins_with_the_answers_of_this_one(desk: Desk) -> None:
    lease = desk.lease()
    case = desk.approved(answers=ANSWERS)
    desk.log.move(case.id, State.PREPARING, by="worker-1", lease=lease)
    desk.log.keep_read_back(case.id, desk.shown(case), digest="shown-1", screenshot=None, pack_digest="p", lease=lease)
    desk.log.decide(case.id, Checkpoint.FORM, Decision.APPROVED, digest="shown-1", by="Wang", ttl=DAY)
    desk.log.move(case.id, State.SUBMITTING, by="worker-1", lease=lease)
    intent = desk.log.write_intent(case.id, lease=lease, read_back_digest="shown-1", known_records=frozenset())
    assert intent.digest == case.digest
    desk.log.write_receipt(intent, Receipt("REC-1", "审核中", POSTED), lease=lease)
    desk.log.write_result(case.id, Outcome.REJECTED, record=desk.record(), notice=None, by="poll")
    assert desk.log.next_round(case.id, by="Chen").packet.answers == ANSWERS


def test_what_the_page_showed_of_the_answers_is_kept(desk: Desk) -> None:
    lease = desk.lease()
    case = desk.approved(answers=ANSWERS)
    desk.log.move(case.id, State.PREPARING, by="worker-1", lease=lease)
    shown = replace(desk.shown(case), answers={"amount": "12.5"})
    desk.log.keep_read_back(case.id, shown, digest="d", screenshot=None, pack_digest="p", lease=lease)
    kept = desk.log.read_back(case.id)
    assert kept is not None
    assert kept.read_back == shown


@pytest.mark.parametrize(
    "change",
    [
        """answers = '{"amount":"99.00"}'""",
        "answers = '{}'",
        "answers = ''",
        "review_url = 'https://evil.example/'",
        "review_url = ' '",
    ],
)
def test_a_change_behind_the_programs_back_is_found(desk: Desk, database_url: str, change: str) -> None:
    case = desk.entered(answers=ANSWERS)
    desk.log.verify()
    execute(database_url, f"UPDATE packets SET {change} WHERE case_id = {case.id}")
    with pytest.raises(ChainBroken, match=r"packets row 1 was altered"):
        desk.log.verify()


def test_an_answer_that_was_never_given_is_found(desk: Desk, database_url: str) -> None:
    desk.entered()
    execute(database_url, """UPDATE packets SET answers = '{"amount":"1"}'""")
    with pytest.raises(ChainBroken, match=r"packets row 1 was altered"):
        desk.log.verify()


def test_a_row_without_them_has_the_digest_that_it_had_before() -> None:
    rows = [tuple(row) for event in OLD["events"] for row in json.loads(event["rows"])]
    assert OLD["packets"]
    for row in OLD["packets"]:
        now = row_digest("packets", {**row, "answers": "{}", "review_url": ""})
        assert ("packets", str(row["id"]), now) in rows


@pytest.fixture
def old_log(database_url: str) -> str:
    """A log as the program wrote it before answers were known."""
    config = Config()
    config.set_main_option("script_location", "automation.caselog:migrations")
    config.set_main_option("path_separator", "os")
    made = engine(database_url)
    with made.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        meta = sa.MetaData()
        meta.reflect(connection)
        connection.execute(meta.tables["head"].delete())
        for table in meta.sorted_tables:
            for row in OLD.get(table.name, ()):
                connection.execute(table.insert(), row)
            if table.name in OLD and "id" in table.c and connection.dialect.name == "postgresql":
                place = sa.func.pg_get_serial_sequence(table.name, "id")
                if connection.scalar(sa.select(place)):
                    last = sa.select(sa.func.max(table.c.id)).scalar_subquery()
                    connection.execute(sa.select(sa.func.setval(place, last)))
    made.dispose()
    return database_url


def test_an_older_log_is_brought_up_to_date_and_still_verifies(
    old_log: str, tmp_path: Path, make_desk: Callable[[CaseLog], Desk]
) -> None:
    with CaseLog.open(old_log, tmp_path / "home") as log:
        assert [event.hash for event in log.events()][: len(OLD["events"])] == [row["hash"] for row in OLD["events"]]
        assert log.events()[-1].data["after"] == schema.HEAD
        assert log.verify().events == len(OLD["events"]) + 1
        first, *_ = log.cases()
        assert (first.packet.answers, first.packet.review.url) == ({}, "")
        assert {(one.original, one.boxes, one.suggested) for one in first.packet.evidence} == {("", (), ())}
        assert log.approvals(2)[0].digest == log.case(2).digest  # approvals from before still mean their packets
        assert log.read_back(2) is not None
        desk = make_desk(log)
        third = log.case(3)
        packet = replace(desk.packet(3), answers=ANSWERS)
        assert log.change_packet(third.id, packet, by="Chen").packet.answers == ANSWERS
        log.verify()
    with CaseLog.open(old_log, tmp_path / "home") as log:
        assert log.case(3).packet.answers == ANSWERS
        log.verify()


def test_a_change_of_an_older_row_is_found_after_the_upgrade(old_log: str, tmp_path: Path) -> None:
    CaseLog.open(old_log, tmp_path / "home").close()
    execute(old_log, """UPDATE packets SET answers = '{"amount":"1"}' WHERE id = 1""")
    with (
        CaseLog.open(old_log, tmp_path / "home") as log,
        pytest.raises(ChainBroken, match=r"packets row 1 was altered"),
    ):
        log.verify()
