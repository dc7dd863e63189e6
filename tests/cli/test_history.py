"""`log verify` and `log show`."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from tests.cli.desk import DESCRIPTION, Desk


def test_a_log_that_nobody_touched_is_whole(shop: Desk) -> None:
    shop.add_case()
    said = shop("log", "verify")
    assert said.code == 0
    assert "1 evidence files are unchanged" in said.out


def test_a_row_changed_behind_the_programs_back_is_named(shop: Desk) -> None:
    shop.add_case()
    with closing(sqlite3.connect(shop.home / "cases.db")) as database:
        database.execute("UPDATE packets SET description = ?", (DESCRIPTION.replace("50", "80"),))
        database.commit()
    said = shop("log", "verify")
    assert said.code == 5
    assert "packets" in said.err


def test_an_evidence_file_changed_behind_the_programs_back_is_named(shop: Desk) -> None:
    shop.add_case()
    kept = next(file for file in (shop.home / "evidence").rglob("*") if file.is_file())
    kept.chmod(0o600)
    kept.write_bytes(kept.read_bytes() + b"x")
    said = shop("log", "verify")
    assert said.code == 5
    assert kept.name[:12] in said.err


def test_evidence_that_an_earlier_packet_held_is_verified_too(shop: Desk) -> None:
    shop.add_case()
    first = next(file for file in (shop.home / "evidence").rglob("*") if file.is_file())
    other = shop.picture("other.png", "black")
    assert shop("case", "edit", 1, "--drop", "6920000000000000001.png", "--evidence", f"chat:{other}").code == 0
    assert "2 evidence files are unchanged" in shop("log", "verify").out
    first.unlink()
    said = shop("log", "verify")
    assert (said.code, "missing" in said.err) == (5, True)


def test_events_are_listed_by_case_and_the_newest_are_kept(shop: Desk) -> None:
    shop.add_case("1001")
    shop.add_case("1002")
    shop("case", "withdraw", 2, "--comment", "mistake")
    kinds = [one["kind"] for one in shop("log", "show", "--case", 2, "--json").data]
    assert kinds == ["entered", "moved"]
    assert len(shop("log", "show", "--last", 1, "--json").data) == 1
    assert "withdrawn" in shop("log", "show").out
