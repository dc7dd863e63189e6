"""The demo as a person starts it, and what its log is worth afterwards."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from openpyxl import load_workbook

ROOT = Path(__file__).resolve().parents[2]


def python(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("APPEALDESK_")}
    env |= {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    command = [sys.executable, *words]
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False, encoding="utf-8")


def test_the_demo_ends_with_log_and_server_equal_and_a_changed_log_is_found(tmp_path: Path) -> None:
    done = python("-m", "fixtures.demo", "--folder", "scene", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "all equal" in done.stdout
    assert "the demo plays the person with the phone" in done.stdout
    home = tmp_path / "scene" / "home"
    assert list(home.glob("failures/**/*.zip")), "the renamed button left no trace"
    assert load_workbook(tmp_path / "scene" / "report.xlsx")["案件"].max_row >= 13

    verify = ("-m", "automation.cli", "--home", str(home), "log", "verify")
    assert python(*verify, cwd=tmp_path).returncode == 0
    with closing(sqlite3.connect(home / "cases.db")) as database:
        database.execute("UPDATE receipts SET record_id = 'X' || substr(record_id, 2) WHERE id = 1")
        database.commit()
    changed = python(*verify, cwd=tmp_path)
    assert changed.returncode == 5
    assert "receipts" in changed.stderr


def test_the_demo_leaves_a_folder_alone_that_it_has_not_made(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work", encoding="utf-8")
    done = python("-m", "fixtures.demo", "--folder", "mine", cwd=tmp_path)
    assert done.returncode == 3
    assert (tmp_path / "mine" / "thesis.txt").read_text(encoding="utf-8") == "years of work"


def test_the_tour_of_an_unknown_platform_names_the_known_ones(tmp_path: Path) -> None:
    done = python("-m", "fixtures.demo", "--platform", "nowhere", "--folder", "scene", cwd=tmp_path)
    assert done.returncode == 3
    assert "douyin_shop" in done.stdout + done.stderr
