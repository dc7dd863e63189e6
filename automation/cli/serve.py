"""`appealdesk serve`: the operators' console, with a worker beside it."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from automation.cli.office import office
from automation.cli.paper import say


def serve(
    ctx: typer.Context,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0: a free one.")] = 8700,
    work: Annotated[bool, typer.Option("--work/--no-work", help="Whether a worker runs in this process, too.")] = True,
    open_: Annotated[bool, typer.Option("--open/--no-open", help="Whether your web browser is opened.")] = True,
    headed: Annotated[
        bool, typer.Option("--headed", help="Show the worker's own window (needs a full browser).")
    ] = False,
) -> None:
    """Serve the console on this machine, where people approve, answer and look; Ctrl-C ends it.

    It opens your web browser with a link that works once, for you who operate the machine. A team comes in by name and
    password, see `appealdesk person` and docs/console.md. A worker runs in the same process unless told otherwise.
    """
    import webbrowser

    from automation.cli.watch import Watcher
    from automation.cli.work import stop_on_signals
    from automation.console.serving import serving
    from automation.office import Office

    here = office(ctx)
    here.keep_log()
    settings = here.settings.model_copy(update={"headless": False}) if headed else here.settings
    desk = Office.of(settings, here.log, here.vault, here.packs)
    with Watcher(bar=False) as watcher:

        async def go() -> None:
            stop = asyncio.Event()
            stop_on_signals(asyncio.get_running_loop(), stop)
            async with serving(desk, port=port, work=work, report=watcher) as served:
                link = served.invite()
                say(f"the console is at {served.url}")
                if settings.console_tls:
                    say(f"for the proxy on this machine, it listens at 127.0.0.1:{served.port}")
                say(f"come in, once, with: {link}")
                if open_:
                    await asyncio.to_thread(webbrowser.open, link)
                await stop.wait()

        asyncio.run(go())
