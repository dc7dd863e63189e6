"""The command line as a whole: its page, its exit codes, how fast it answers, and that it works as a process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from automation import errors
from automation.cli.exits import MEANING, ExitCode, exit_code
from automation.cli.manual import PAGE, commands, page
from tests.cli.desk import Desk

ROOT = Path(__file__).resolve().parents[2]


def call(*words: str, home: Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"APPEALDESK_HOME": str(home), "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "automation.cli", *words]
    return subprocess.run(command, capture_output=True, text=True, env=env, cwd=cwd, check=False, encoding="utf-8")


def test_the_page_of_commands_is_what_the_commands_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "write it again: python -m automation.cli.manual"


def test_every_command_and_option_says_what_it_does() -> None:
    for path, command in commands():
        assert command.help, path
        for one in command.params:
            assert getattr(one, "help", "") or one.name == "help", (path, one.name)


def test_every_exit_code_has_a_meaning_and_every_error_a_code_of_its_own() -> None:
    assert set(MEANING) == set(ExitCode)
    roots = [errors.AppealdeskError, errors.PersonNeeded]
    kinds = {kind for root in roots for kind in _below(root)} - {errors.AppealdeskError}
    for kind in kinds:
        made = kind.__new__(kind)
        assert exit_code(made) is not ExitCode.BUG, kind


def _below(kind: type[BaseException]) -> list[type[errors.AppealdeskError]]:
    return [kind, *(one for child in kind.__subclasses__() for one in _below(child))]  # type: ignore[list-item]


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['appealdesk', '--help']\n"
        "from automation.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'playwright', 'sqlalchemy', 'pydantic', 'rich', 'PIL', 'openpyxl', 'fixtures', 'keyring', 'yaml'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=True)
    assert done.stderr.strip() == "[]"


def test_an_error_is_one_message_and_no_traceback(tmp_path: Path) -> None:
    done = call("show", "1", home=tmp_path / "home")
    assert done.returncode == ExitCode.INPUT
    assert done.stdout == ""
    assert done.stderr.startswith("appealdesk: ")
    assert "Traceback" not in done.stderr


def test_it_works_from_any_folder_and_without_colours_in_a_pipe(tmp_path: Path) -> None:
    done = call("packs", "list", home=tmp_path / "home", cwd=tmp_path)
    assert done.returncode == 0
    assert "douyin_shop" in done.stdout
    assert "\x1b" not in done.stdout


def test_an_unknown_command_is_a_usage_error(desk: Desk) -> None:
    said = desk("aprove", 1)
    assert said.code == ExitCode.USAGE
    assert "approve" in said.err


def test_the_mock_refuses_what_it_does_not_know(desk: Desk) -> None:
    said = desk("mock", "no_such_shop")
    assert (said.code, "douyin_shop" in said.err) == (ExitCode.INPUT, True)
