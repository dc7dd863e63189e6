"""`appealdesk run`, `poll`, `settle` and `release`: the worker, and what is done with a case it left uncertain."""

from __future__ import annotations

import asyncio
import signal
from types import FrameType
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from automation.cli.decisions import CaseId
from automation.cli.exits import ExitCode
from automation.cli.office import office
from automation.cli.paper import say
from automation.errors import InputError
from automation.model import State

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

    from automation.engine.jobs import JobKind
    from automation.engine.visit import Visit
    from automation.office import Office

T = TypeVar("T")
Headed = Annotated[bool, typer.Option("--headed", help="Show the browser's window (needs a full browser).")]


def stop_on_signals(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Ctrl-C and SIGTERM end the work between two steps; a second one ends it at once, which loses nothing either."""

    def heed(_signal: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        loop.call_soon_threadsafe(stop.set)
        say("stopping at the next step; once more stops at once", style="yellow")

    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):  # the last is Windows' Ctrl-Break
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), heed)


def work(
    here: Office,
    *,
    watch: bool = False,
    headed: bool = False,
    look_now: bool = False,
    kinds: Collection[JobKind] | None = None,
) -> None:
    """Run a worker in this process until nothing is due, or for ever."""
    from automation.cli.watch import Terminal, Watcher
    from automation.engine import Worker
    from automation.engine.jobs import due
    from automation.model import utc_now

    here.keep_log()
    vault = here.vault  # opened before the bar is there: it may ask for a passphrase
    settings = here.settings.model_copy(update={"headless": False}) if headed else here.settings
    jobs = due(here.log, here.packs, utc_now(), looked_since=utc_now() if look_now else None).jobs
    with Watcher(sum(kinds is None or job.kind in kinds for job in jobs)) as watcher:

        async def go() -> bool:
            stop = asyncio.Event()
            stop_on_signals(asyncio.get_running_loop(), stop)
            ask = Terminal(watcher).ask if Terminal.there() else None
            worker = Worker(settings, here.log, vault, here.packs, report=watcher, ask_here=ask, kinds=kinds)
            if watch:
                await worker.run(stop)
            else:
                await worker.run_until_idle(look_now=look_now, stop=stop)
            return stop.is_set()

        stopped = asyncio.run(go())
    ended = ", ".join(f"{count} {state}" for state, count in sorted(watcher.ended.items()))
    end = "stopped" if stopped else "nothing more is due"
    say(f"{end}{f': {ended}' if ended else ''}; what waits for you: appealdesk queue")
    if stopped and not watch:
        raise typer.Exit(ExitCode.STOPPED)


def errand(
    here: Office, store: str, kind: JobKind, act: Callable[[Visit], Awaitable[T]], *, headed: bool, quiet: bool = False
) -> T:
    """Do something at one store now, in this process. `quiet`: nothing but questions is printed."""
    from automation.cli.watch import Terminal, Watcher
    from automation.engine.errand import Errands
    from automation.engine.shift import Stopped
    from automation.engine.step import silent

    here.keep_log()
    vault = here.vault
    settings = here.settings.model_copy(update={"headless": False}) if headed else here.settings
    with Watcher(bar=False) as watcher:

        async def go() -> T:
            stop = asyncio.Event()
            stop_on_signals(asyncio.get_running_loop(), stop)
            ask = Terminal(watcher).ask if Terminal.there() else None
            means = Errands(settings, here.log, vault, here.packs, silent if quiet else watcher, ask, stop=stop)
            return await means.go(store, kind, act)

        try:
            return asyncio.run(go())
        except Stopped:
            raise typer.Exit(ExitCode.STOPPED) from None


def run(
    ctx: typer.Context,
    watch: Annotated[bool, typer.Option("--watch", help="Go on for ever; without it, until nothing is due.")] = False,
    headed: Headed = False,
) -> None:
    """Do what is due, until nothing is, or for ever.

    Fills forms, sends what was approved, looks for results. Sign-in questions are asked here where there is a terminal,
    and with `appealdesk challenge` everywhere. Ctrl-C stops between two steps.
    """
    work(office(ctx), watch=watch, headed=headed)


def poll(
    ctx: typer.Context,
    now: Annotated[bool, typer.Option("--now", help="Everywhere, whatever the platform's usual pace.")] = False,
    headed: Headed = False,
) -> None:
    """Look for results where a look is due; sends nothing."""
    from automation.engine.jobs import JobKind

    work(office(ctx), look_now=now, headed=headed, kinds={JobKind.POLL})


def settle(
    ctx: typer.Context,
    case: Annotated[int | None, typer.Argument(help="With --record: the case that is uncertain.")] = None,
    record: Annotated[str, typer.Option(help="The platform's record that you know to be this case's.")] = "",
    comment: Annotated[str, typer.Option(help="With --record: how you know; kept.")] = "",
    headed: Headed = False,
) -> None:
    """Look whether uncertain submissions arrived; sends nothing.

    Where the platform's list does not tell which record is whose, compare by hand and name it: CASE --record NUMBER.
    """
    from automation.casework import settle as name_record
    from automation.engine.jobs import JobKind

    here = office(ctx)
    if (case is None) is not (record == ""):
        raise InputError("name both: the case, and its record", field="CASE --record")
    if case is not None:
        found = name_record(here, here.log.case(case), record, by=here.by, comment=comment)
        say(f"case {found.id}: {found.state}, record {found.record_id}; next: appealdesk poll")
        return
    if not here.log.cases(states=(State.UNCERTAIN, State.SUBMITTING)):
        say("no case is uncertain")
        return
    work(here, headed=headed, kinds={JobKind.SETTLE})


def release(
    ctx: typer.Context,
    case: CaseId,
    comment: Annotated[str, typer.Option(help="What you saw in the back-office; kept.")],
) -> None:
    """Put an uncertain case back to ready.

    Refused unless the platform's records were read to their end after the grace time and do not show the appeal. Look
    in the back-office yourself first. It needs a fresh approval before anything is sent.
    """
    from automation.casework import release as put_back

    here = office(ctx)
    found = put_back(here, here.log.case(case), by=here.by, comment=comment)
    say(f"case {found.id}: {found.state}; next: appealdesk approve {found.id}")
