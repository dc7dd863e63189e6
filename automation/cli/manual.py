"""`docs/commands.md`, from the commands themselves: `python -m automation.cli.manual`."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from typer.core import TyperGroup
from typer.main import get_command

from automation.cli.app import app
from automation.cli.exits import MEANING

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "commands.md"

_HEAD: Final = """# Commands

Every command takes `--help`. Lists take `--json`, for scripts. Messages of errors go to standard error, each with what
to do about it. `appealdesk --install-completion` makes the shell complete names and options.
"""


def commands(group: Any = None, path: tuple[str, ...] = ("appealdesk",)) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command that does something, by its full name."""
    group = group or get_command(app)
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


def _parameters(command: Any, name: str) -> Iterator[tuple[str, str]]:
    """(how it is written, what it means) of every argument and option, as its own help says."""
    with command.make_context(name, [], resilient_parsing=True) as context:
        for one in command.get_params(context):
            record = one.get_help_record(context)
            if record is not None and one.name not in ("help", "install_completion", "show_completion"):
                written, meaning = record
                yield f"`{written}`".replace("|", "\\|"), meaning.replace("|", "\\|").strip()


def _table(command: Any, name: str) -> list[str]:
    rows = [f"| {written} | {meaning} |" for written, meaning in _parameters(command, name)]
    return ["", "| Argument or option | Meaning |", "|---|---|", *rows] if rows else []


def page() -> str:
    """The whole page."""
    lines = [_HEAD.strip(), *_table(get_command(app), "appealdesk")]
    for path, command in commands():
        text = inspect.cleandoc(command.help or "")
        lines += ["", f"## `{' '.join(path)}`", "", text, *_table(command, path[-1])]
    lines += ["", "## Exit codes", "", "| Code | Meaning |", "|---|---|"]
    lines += [f"| {int(code)} | {meaning} |" for code, meaning in MEANING.items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
