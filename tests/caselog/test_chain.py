from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from automation.caselog import CaseLog
from automation.caselog.tables import CHAINED, CaseRow, StoreRow
from automation.errors import CaseLogError, ChainBroken, InputError
from automation.model import Medium, Outcome
from tests.caselog.conftest import Desk
from tests.conftest import HandClock

Tamper = Callable[..., None]


@pytest.fixture
def tamper(database_url: str) -> Tamper:
    """Change the database behind the program's back; with `events`, take the triggers away and give them back."""
    engine = sa.create_engine(database_url.replace("postgresql://", "postgresql+psycopg://"))

    def change(*statements: str, events: bool = False) -> None:
        with engine.begin() as connection:
            for statement in statements:
                if not events:
                    connection.exec_driver_sql(statement)
                elif engine.dialect.name == "sqlite":
                    kept = connection.exec_driver_sql(
                        "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"
                    ).all()
                    for name, _ in kept:
                        connection.exec_driver_sql(f"DROP TRIGGER {name}")
                    connection.exec_driver_sql(statement)
                    for _, sql in kept:
                        connection.exec_driver_sql(sql)
                else:
                    connection.exec_driver_sql("ALTER TABLE events DISABLE TRIGGER USER")
                    connection.exec_driver_sql(statement)
                    connection.exec_driver_sql("ALTER TABLE events ENABLE TRIGGER USER")
        engine.dispose()

    return change


@pytest.fixture
def used(log: CaseLog, desk: Desk) -> CaseLog:
    """A log with a row in every chained table but challenges and looks, and in those too."""
    lease = desk.lease()
    case = desk.submitted(1, lease=lease)
    log.write_result(case.id, Outcome.REJECTED, record=desk.record(), notice=None, by="poll")
    desk.entered(2)
    desk.entered(3)
    log.note_look("store-1", "review_appeal", complete=True)
    log.open_challenge("acc-1", "store-1", Medium.SMS, seconds=60)
    return log


def broken_at(log: CaseLog) -> str:
    with pytest.raises(ChainBroken) as caught:
        log.verify()
    assert caught.value.row in str(caught.value) or caught.value.row == "head row 1"
    return caught.value.row


def test_an_untouched_log_verifies(used: CaseLog) -> None:
    done = used.verify()
    assert done.events == len(used.events())
    assert done.head == used.events()[-1].hash
    assert done.rows > 10


@pytest.mark.parametrize(
    ("statement", "row"),
    [
        ("UPDATE packets SET description = description || '.' WHERE id = 2", "packets row 2"),
        ("UPDATE packets SET stars = NULL WHERE id = 3", "packets row 3"),
        ("UPDATE evidence SET position = 7 WHERE id = 1", "evidence row 1"),
        ("UPDATE cases SET state = 'approved' WHERE id = 2", "cases row 2"),
        ("UPDATE stores SET name = 'x' WHERE id = 'store-2'", "stores row store-2"),
        ("UPDATE approvals SET used_at = NULL WHERE id = 1", "approvals row 1"),
        ("UPDATE intents SET ended = '' WHERE id = 1", "intents row 1"),
        ("UPDATE receipts SET record_id = 'REC-9' WHERE id = 1", "receipts row 1"),
        ("UPDATE read_backs SET shown = '{}' WHERE id = 1", "read_backs row 1"),
        ("UPDATE results SET outcome = 'upheld' WHERE id = 1", "results row 1"),
        ("UPDATE looks SET complete_at = NULL WHERE id = 1", "looks row 1"),
        ("UPDATE challenges SET closed = 'done' WHERE id = 1", "challenges row 1"),
        ("UPDATE accounts SET login = '13900000000' WHERE id = 'acc-1'", "accounts row acc-1"),
        ("UPDATE leases SET token = token + 1", "leases row account:acc-1"),
        ("DELETE FROM evidence WHERE id = 3", "evidence row 3"),
        ("DELETE FROM looks WHERE id = 1", "looks row 1"),
        ("INSERT INTO looks (id, store, channel, at) VALUES (9, 'store-2', 'c', 'now')", "looks row 9"),
        ("UPDATE looks SET id = 5 WHERE id = 1", "looks row 5"),
        ("UPDATE head SET seq = seq + 1", "event 24"),
        ("DELETE FROM head", "head row 1"),
    ],
)
def test_a_row_changed_behind_the_program_is_named(used: CaseLog, tamper: Tamper, statement: str, row: str) -> None:
    tamper(statement)
    found = broken_at(used)
    assert found == row or (row.startswith("event") and found.startswith("event"))


def test_two_rows_that_changed_places_are_found(used: CaseLog, tamper: Tamper) -> None:
    tamper(
        "UPDATE evidence SET packet_id = 5 - packet_id, position = position + 10 WHERE id IN (2, 3)",
        "UPDATE evidence SET position = 0 WHERE id IN (2, 3)",
    )
    assert broken_at(used) == "evidence row 2"


@pytest.mark.parametrize(
    ("statement", "row"),
    [
        ("UPDATE events SET by_whom = 'Zhao' WHERE seq = 5", "event 5"),
        ("UPDATE events SET data = '{}' WHERE seq = 6", "event 6"),
        ("UPDATE events SET rows = '[]' WHERE seq = 4", "event 4"),
        ("UPDATE events SET at = '2026-01-01T00:00:00.000000Z' WHERE seq = 7", "event 7"),
        ("UPDATE events SET case_id = 2 WHERE seq = 5", "event 5"),
        ("DELETE FROM events WHERE seq = 3", "event 3"),
        ("DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)", "event 21"),
        ("DELETE FROM events", "event 1"),
    ],
)
def test_an_event_changed_behind_the_program_is_named(used: CaseLog, tamper: Tamper, statement: str, row: str) -> None:
    row = row.replace("21", str(len(used.events())))
    tamper(statement, events=True)
    assert broken_at(used) == row


def test_a_tail_cut_off_together_with_the_head_shows_in_the_rows(used: CaseLog, tamper: Tamper) -> None:
    last, before = used.events()[-1], used.events()[-2]
    tamper(
        f"DELETE FROM events WHERE seq = {last.id}",
        f"UPDATE head SET seq = {before.id}, hash = '{before.hash}'",
        events=True,
    )
    assert broken_at(used) == "challenges row 1"


def test_events_that_changed_places_are_found(used: CaseLog, tamper: Tamper) -> None:
    tamper(
        "UPDATE events SET seq = -3 WHERE seq = 3",
        "UPDATE events SET seq = 3 WHERE seq = 4",
        "UPDATE events SET seq = 4 WHERE seq = -3",
        events=True,
    )
    assert broken_at(used) == "event 3"


@pytest.mark.parametrize("statement", ["UPDATE events SET kind = 'x'", "DELETE FROM events"])
def test_the_database_itself_refuses_to_change_events(log: CaseLog, tamper: Tamper, statement: str) -> None:
    with pytest.raises(sa.exc.DBAPIError, match="events are only ever added"):
        tamper(statement)


def test_a_missing_trigger_is_found_on_sqlite(log: CaseLog, tamper: Tamper, database_url: str) -> None:
    if database_url.startswith("sqlite"):
        tamper("DROP TRIGGER events_no_update")
        assert broken_at(log) == "the database"


def test_a_write_without_an_event_is_refused(log: CaseLog, desk: Desk) -> None:
    desk.entered()

    def write() -> None:
        with log._db.writing() as writing:
            row = writing.session.get(CaseRow, 1)
            assert row is not None
            row.note = "nobody says so"

    with pytest.raises(CaseLogError, match="written without an event: cases row 1"):
        write()
    assert log.case(1).note == ""


def test_a_bulk_write_past_the_chain_is_refused(log: CaseLog, desk: Desk) -> None:
    with pytest.raises(CaseLogError, match="one by one"), log._db.writing() as writing:
        writing.session.execute(sa.update(StoreRow).values(name="x"))


def test_a_reader_cannot_write(log: CaseLog, desk: Desk) -> None:
    with log._db.reading() as session:
        row = session.get(StoreRow, "store-1")
        assert row is not None
        row.name = "x"
    assert log.store("store-1").name == "好物旗舰店"


def test_every_table_but_the_unchained_is_covered() -> None:
    assert {table.name for table in CHAINED} == {
        "accounts", "stores", "cases", "packets", "evidence", "approvals", "read_backs", "intents", "receipts",
        "results", "looks", "challenges", "people",
    }  # fmt: skip


def test_an_event_needs_somebody(log: CaseLog) -> None:
    with pytest.raises(InputError, match="nobody is named"):
        log.add_event("note", by=" ")


def test_an_event_of_ones_own_joins_the_chain(log: CaseLog, desk: Desk) -> None:
    case = desk.entered()
    made = log.add_event("drift", by="worker-1", case=case.id, data={"key": "form.submit", "by": "it", "emoji": "🫖"})
    assert log.events(case.id)[-1] == made
    assert log.events()[-1].data == {"key": "form.submit", "by": "it", "emoji": "🫖"}
    log.verify()


def test_half_a_character_in_a_platforms_text_is_kept(log: CaseLog, desk: Desk) -> None:
    case = desk.submitted(lease=desk.lease())
    log.write_result(case.id, Outcome.UNKNOWN, record=desk.record(detail="好\ud83d的\0"), notice=None, by="poll")
    (result,) = log.results(case.id)
    assert result.wording == "好\ud83d的\0"
    assert log.case(case.id).note == "好?的?"
    log.verify()


def test_half_a_character_in_a_packet_is_refused(log: CaseLog, desk: Desk) -> None:
    with pytest.raises(InputError, match=r"U\+D83D"):
        desk.entered(description="好\ud83d")


def test_the_same_steps_give_the_same_chain_on_both_databases(tmp_path: Path, postgres: str, clock: HandClock) -> None:
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE DATABASE test_same_chain")
    chains = []
    for url in (f"sqlite:///{tmp_path}/same.db", postgres.replace("/postgres?", "/test_same_chain?")):
        with CaseLog.open(url, tmp_path / "home", clock=clock) as log:
            desk = Desk(log, tmp_path)
            case = desk.submitted(lease=desk.lease())
            log.write_result(case.id, Outcome.UPHELD, record=desk.record(), notice=None, by="poll")
            with log._db.reading() as session:
                said = sa.text("SELECT seq, at, by_whom, kind, data, rows FROM events WHERE seq > 1 ORDER BY seq")
                chains.append([tuple(event) for event in session.execute(said)])
    assert chains[0] == chains[1]


def test_verifying_many_events_takes_little_memory(log: CaseLog, desk: Desk) -> None:
    case = desk.entered()
    with log._db.writing() as writing:
        row = writing.session.get(CaseRow, case.id)
        assert row is not None
        for number in range(3000):
            row.note = f"note {number}"
            writing.event("note", by="Chen", case=case.id, number=number)
    tracemalloc.start()
    done = log.verify()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert done.events > 3000
    assert peak < 2_000_000  # bytes; the events alone are about as much as text, and many times that as objects
