"""`appealdesk browser`, `settings` and `mock`: the machine that the program runs on."""

from __future__ import annotations

from typing import Annotated

import typer

from automation.cli.accounts import AsJson
from automation.cli.office import office
from automation.cli.paper import give_json, say, table
from automation.errors import BrowserUnavailable, InputError
from automation.redaction import LIVE

browser = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="The browser that the worker uses.")


@browser.command()
def find(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Say which browser is used. Where there is none, say what to do."""
    from automation.browser.launch import find_browser

    found = find_browser(office(ctx).settings)
    if as_json:
        give_json(found)
    else:
        say(f"{found.what}: {found.path}")


@browser.command()
def install(ctx: typer.Context) -> None:
    """Get a browser, and a font for Chinese, where there is none.

    Says every command before it runs it. A browser that is there already is used as it is.
    """
    from automation.browser.launch import find_browser, has_cjk_font, install_browser, install_font

    settings = office(ctx).settings
    try:
        found = find_browser(settings)
    except BrowserUnavailable:
        if settings.browser_path is not None:
            raise
        found = install_browser(say, settings)
    else:
        if not has_cjk_font():
            install_font(say)
    say(f"{found.what}: {found.path}")


def settings(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Show every setting as it is now, and where the data lie."""
    made = office(ctx).settings
    values = {
        name: LIVE.mask(value) if isinstance(value, str) else value
        for name, value in made.model_dump(mode="json").items()
    }
    if as_json:
        give_json(values)
        return
    table("", ("setting", "value"), ((name, "" if value is None else value) for name, value in values.items()))
    say(f"log file: {made.log_file}")


def mock(
    platform: Annotated[str, typer.Argument(help="Which back-office to serve.")],
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0: a free one.")] = 8710,
) -> None:
    """Serve a mock back-office to try things on.

    Says where it is, who can sign in, and how to command it. Ctrl-C ends it.
    """
    from fixtures.backoffice.show import run
    from fixtures.vendor import BundlesUnavailable

    try:
        run(platform, port, say=say)
    except (BundlesUnavailable, ValueError) as error:
        raise InputError(str(error)) from None
    except OSError as error:
        hint = f"give another port: appealdesk mock {platform} --port 0"
        raise InputError(f"cannot listen on port {port}: {error.strerror}", field="--port", hint=hint) from None
