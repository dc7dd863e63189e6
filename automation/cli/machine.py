"""`appealdesk browser`, `settings` and `mock`: the machine that the program runs on."""

from __future__ import annotations

from typing import Annotated

import typer

from automation.cli.accounts import AsJson
from automation.cli.office import office
from automation.cli.paper import give_json, say, table

browser = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="The browser that the worker uses.")


@browser.command()
def find(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Say which browser is used. Where there is none, say what was looked for."""
    from automation.browser.launch import find_browser

    found = find_browser(office(ctx).settings)
    if as_json:
        give_json(found)
    else:
        say(f"{found.what}: {found.path}")


@browser.command()
def install(ctx: typer.Context) -> None:
    """Install a browser, and a Chinese font, where there is none; says first what it does."""
    from automation.browser.launch import install_browser

    found = install_browser(office(ctx).settings, say=say)
    say(f"{found.what}: {found.path}")


def settings(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Show every setting as it is now, and where the data lie."""
    made = office(ctx).settings
    values = made.model_dump(mode="json")
    if as_json:
        give_json(values)
        return
    table("", ("setting", "value"), ((name, "" if value is None else value) for name, value in values.items()))
    say(f"log file: {made.log_file}")


def mock(
    platform: Annotated[str, typer.Argument(help="Which back-office to serve.")],
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0: a free one.")] = 0,
) -> None:
    """Serve a mock back-office to try things on."""
    from threading import Event

    from fixtures.backoffice import serve

    with serve(platform, port=port) as site:
        say(f"mock back-office of {platform}: {site.url}")
        say("its accounts, shops, faults and clock: see docs/mock.md; Ctrl-C ends it")
        Event().wait()
