"""`appealdesk log`: what happened, and that nobody changed it."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from automation.cli.accounts import AsJson
from automation.cli.office import office
from automation.cli.paper import console, give_json, say, table
from automation.shown import when

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="What happened, and whether anybody changed it.")


@app.command()
def verify(ctx: typer.Context) -> None:
    """Check every row of the log and every kept evidence file; names the first that was changed behind its back."""
    log = office(ctx).log
    found = log.verify()
    files = log.verify_evidence()
    say(f"the log is whole: {found.events} events cover {found.rows} rows; {files} evidence files are unchanged")


@app.command()
def show(
    ctx: typer.Context,
    case: Annotated[int | None, typer.Option(help="Only this case's events.")] = None,
    last: Annotated[int, typer.Option(min=1, help="How many events at most, the newest.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List the newest events, oldest first."""
    events = office(ctx).log.events(case)[-last:]
    if as_json:
        give_json(events)
        return
    width = max(console().width - 75, 20)
    table(
        "",
        ("event", "at", "by", "what", "case", "details"),
        (
            (
                one.id,
                when(one.at),
                one.by,
                one.kind,
                one.case or "",
                json.dumps(dict(one.data), ensure_ascii=False, default=str)[:width] if one.data else "",
            )
            for one in events
        ),
        empty="nothing has happened yet",
    )
