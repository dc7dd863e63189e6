"""`appealdesk challenge`: the questions that sign-ins ask."""

from __future__ import annotations

from typing import Annotated

import typer

from automation.cli.accounts import AsJson
from automation.cli.office import office
from automation.cli.paper import give_json, how_long, say, table
from automation.errors import InputError
from automation.model import Challenge, utc_now

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="The questions that sign-ins ask of a person.")


def question(challenge: Challenge) -> str:
    """A challenge in one sentence."""
    to = f" sent to {challenge.destination}" if challenge.destination else ""
    prompt = f": {challenge.prompt}" if challenge.prompt else ""
    return f"{challenge.medium}{to} for account {challenge.account} at store {challenge.store}{prompt}"


@app.command(name="list")
def list_(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the open questions, the one that expires first on top."""
    now = utc_now()
    found = sorted(office(ctx).log.challenges(open_only=True), key=lambda one: one.expires_at)
    if as_json:
        give_json(found)
        return
    table(
        "",
        ("challenge", "what", "account", "store", "sent to", "expires in", "picture"),
        (
            (
                one.id,
                one.medium,
                one.account,
                one.store,
                one.destination,
                how_long(one.expires_at - now),
                one.picture or "",
            )
            for one in found
        ),
        empty="no open challenge",
    )


@app.command()
def answer(
    ctx: typer.Context,
    challenge: Annotated[int, typer.Argument(help="Its number in `appealdesk challenge list`.")],
    store: Annotated[str, typer.Option(help="The store it is for; another store's answer is refused.")],
    code: Annotated[
        str, typer.Option(help="The code; else it is asked for, and no other program on this machine sees it.")
    ] = "",
) -> None:
    """Answer a question; the worker that waits for it goes on at once."""
    from automation.engine.desk import answer as give
    from automation.engine.desk import check_typed

    here = office(ctx)
    found = next((one for one in here.log.challenges(open_only=True) if one.id == challenge), None)
    if found is None:
        raise InputError(f"challenge {challenge} is not open", hint="see `appealdesk challenge list`")
    check_typed(found)
    given = code or typer.prompt(question(found))
    give(here.log, here.vault, found.id, store=store, text=given, by=here.by)
    say(f"challenge {found.id}: answered")
