"""`appealdesk store`: the shops that the accounts reach."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from automation.cli.accounts import AsJson
from automation.cli.office import office
from automation.cli.paper import give_json, say, table
from automation.model import FormPolicy, Store

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="The shops that the accounts reach.")


@app.command()
def add(
    ctx: typer.Context,
    store: Annotated[str, typer.Argument(metavar="STORE", help="Your own short name for the shop.")],
    account: Annotated[str, typer.Option(help="The login that reaches it.")],
    name: Annotated[str, typer.Option(help="Its name exactly as the back-office shows it.")],
    client: Annotated[str, typer.Option(help="Whose shop it is, for agencies.")] = "",
    form: Annotated[
        FormPolicy,
        typer.Option(help="When you look at the filled form before it is sent."),
    ] = FormPolicy.ALWAYS,
) -> None:
    """Enter a shop, or change one."""
    from automation.casework.registers import put_store

    here = office(ctx)
    platform = here.log.account(account).platform
    made = Store(store, platform, name.strip(), account, client=client, form_policy=form)
    put_store(here, made, by=here.by)
    say(f"store {store}: “{made.name}” on {platform}, by account {account}; the form is shown: {form}")


@app.command(name="list")
def list_(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the shops."""
    stores = office(ctx).log.stores()
    if as_json:
        give_json([asdict(one) for one in stores])
        return
    table(
        "",
        ("store", "platform", "name", "account", "client", "form is shown"),
        ((one.id, one.platform, one.name, one.account, one.client, one.form_policy) for one in stores),
        empty="no store yet: appealdesk store add",
    )
