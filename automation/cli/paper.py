"""What is printed: tables and lines that read well without colour, and JSON for scripts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from unicodedata import east_asian_width

import typer

if TYPE_CHECKING:
    from rich.console import Console

UNATTENDED_WIDTH: Final = 160
"""Columns where the output goes to a file or a pipe: nothing is cut there for want of a window."""

_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 86400


@cache
def console() -> Console:
    """The console of this process. Without a terminal it prints plain text."""
    from rich.console import Console

    made = Console(highlight=False, markup=False, emoji=False)
    return made if made.is_terminal else Console(highlight=False, markup=False, emoji=False, width=UNATTENDED_WIDTH)


def say(text: str = "", *, style: str | None = None) -> None:
    """One line or paragraph; text of buyers and platforms is printed as it is, never read as markup."""
    console().print(text, style=style, soft_wrap=True)


def warn(text: str) -> None:
    """A line that the operator should not miss, on stderr: it may be in the way of a pipe."""
    typer.secho(text, err=True, fg="yellow")


def table(title: str, heads: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str = "") -> None:
    """A table; `empty` is said in its place where there are no rows."""
    from rich import box
    from rich.table import Table

    made = Table(title=title or None, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, title_style="bold")
    for head in heads:
        made.add_column(head, overflow="fold", justify="right" if head in ("case", "cases", "n") else "left")
    filled = False
    for row in rows:
        filled = True
        made.add_row(*(str(cell) for cell in row))
    if filled or not empty:
        console().print(made)
    else:
        say(empty)


def pairs(items: Mapping[str, object]) -> None:
    """Names and values, one a line; empty values are left out, long ones wrap under themselves."""
    from rich.table import Table

    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in items.items():
        if value not in ("", None):
            grid.add_row(name, str(value))
    console().print(grid)


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def give_json(value: Any) -> None:
    """The value as JSON; dataclasses as objects, times in ISO 8601 and UTC."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def how_long(span: timedelta) -> str:
    """A span in words, to the two coarsest units: `3 d 4 h`, `12 min`, `40 s`; with `overdue` where it is negative."""
    seconds = int(abs(span.total_seconds()))
    if seconds < _MINUTE:
        words = f"{seconds} s"
    elif seconds < _HOUR:
        words = f"{seconds // _MINUTE} min"
    elif seconds < _DAY:
        words = f"{seconds // _HOUR} h {seconds % _HOUR // _MINUTE} min"
    else:
        words = f"{seconds // _DAY} d {seconds % _DAY // _HOUR} h"
    return f"{words} overdue" if span < timedelta(0) else words


def shorten(text: str, width: int = 40) -> str:
    """The beginning of a text on one line, with an ellipsis where it was cut; `width` in columns of a terminal."""
    line = " ".join(text.split())
    columns = 0
    for index, character in enumerate(line):
        columns += 2 if east_asian_width(character) in "WF" else 1
        if columns > width:
            return line[: max(index - 1, 0)] + "…"
    return line
