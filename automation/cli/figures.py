"""`appealdesk report`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from automation.cli.accounts import AsJson
from automation.cli.office import office
from automation.cli.paper import give_json, how_long, say, shorten, table
from automation.model import State, utc_now
from automation.shown import when

if TYPE_CHECKING:
    from automation.reports import Figures


def print_figures(made: Figures, now: datetime) -> None:
    """The report as tables."""
    from automation.reports.figures import upheld_share

    rows: list[tuple[object, object]] = [*made.by_state.items(), ("all", made.cases)]
    table("Cases by state", ("state", "cases"), rows)
    if made.by_reason:
        shown = [state for state in State if any(state in counted for counted in made.by_reason.values())]
        table(
            "Outcome by reason (rounds sent)",
            ("platform", "reason", *shown, "upheld of answered"),
            (
                (
                    platform,
                    reason,
                    *(counted.get(state, "") for state in shown),
                    "-" if (share := upheld_share(counted)) is None else f"{share:.0%}",
                )
                for (platform, reason), counted in made.by_reason.items()
            ),
        )
    if made.spans:
        table(
            "Time from receipt to answer",
            ("platform", "channel", "n", "shortest", "median", "longest"),
            (
                (one.platform, one.channel, one.count, *map(how_long, (one.shortest, one.middle, one.longest)))
                for one in made.spans
            ),
        )
    table(
        "Not sent yet, and the window ends within a week",
        ("case", "state", "store", "ends", "left", "note"),
        (
            (one.case, one.state, one.store, when(one.deadline), how_long(one.deadline - now), shorten(one.note))
            for one in made.near
            if one.deadline
        ),
        empty="no deadline within a week",
    )


def report(
    ctx: typer.Context,
    csv: Annotated[Path | None, typer.Option("--csv", help="Also write one line a round to this CSV file.")] = None,
    xlsx: Annotated[Path | None, typer.Option("--xlsx", help="Also write lines and totals to this workbook.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what became of the cases, and what is due soon.

    Cases by state, outcome by reason, time to result, deadlines near.
    """
    from automation.reports import figures, lines, write_csv, write_xlsx

    now = utc_now()
    found = lines(office(ctx).log)
    made = figures(found, now)
    if as_json:
        give_json(found)
    else:
        print_figures(made, now)
    if csv is not None:
        written = write_csv(found, csv)
        typer.echo(f"{csv}: {written} rounds", err=as_json)
    if xlsx is not None:
        written = write_xlsx(found, made, xlsx)
        typer.echo(f"{xlsx}: {written} rounds", err=as_json)
    if not (as_json or found):
        say("no case yet: appealdesk import")
