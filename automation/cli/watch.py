"""What a person sees of the worker: one line a step, a bar of what is done, and the sign-in's questions."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections import Counter
from typing import TYPE_CHECKING, Final

from automation.cli.challenges import question
from automation.cli.paper import console
from automation.engine.step import Level, Mark, Step

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from automation.model import Challenge

_STYLES: Final = {Level.INFO: "", Level.WARNING: "yellow", Level.ERROR: "red"}


def line(step: Step) -> str:
    """A step as one line: time, case or account, store, what happened."""
    who = f"case {step.case}" if step.case is not None else step.account or "-"
    return "  ".join(
        (f"{step.at.astimezone():%H:%M:%S}", f"{who:<8}", *((step.store,) if step.store else ()), step.text)
    )


class Watcher:
    """Prints steps as they come, and a bar below them where there is a terminal. `total` is how many jobs are due."""

    def __init__(self, total: int = 0, *, bar: bool | None = None) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        self.ended: Counter[str] = Counter()
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console(),
            transient=True,
            disable=not (console().is_terminal if bar is None else bar),
        )
        self._task = self._progress.add_task("working", total=total or None)
        self._begun = 0
        self._done = 0
        self._total = total

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def __call__(self, step: Step) -> None:
        """Take one step of the worker."""
        console().print(line(step), style=_STYLES[step.level], soft_wrap=True)
        if step.mark is Mark.STARTED:
            self._begun += 1
        elif step.mark is Mark.DONE:
            self._done += 1
            if step.state is not None:
                self.ended[step.state] += 1
        self._total = max(self._total, self._begun)
        doing = step.store or "working"
        self._progress.update(self._task, total=self._total or None, completed=self._done, description=doing)

    @property
    def running(self) -> int:
        """How many jobs have begun and not ended."""
        return self._begun - self._done

    def pause(self) -> None:
        """Take the bar away, for a question."""
        self._progress.stop()

    def resume(self) -> None:
        """Show the bar again."""
        self._progress.start()


class Terminal:
    """Asks challenges where the worker runs. One thread reads the lines: two would steal each other's."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher
        self._lines: asyncio.Queue[str] = asyncio.Queue()
        self._reader: threading.Thread | None = None

    @staticmethod
    def there() -> bool:
        """Whether somebody can be asked here."""
        return sys.stdin.isatty() and sys.stdout.isatty()

    async def ask(self, challenge: Challenge) -> str | None:
        """The line that a person typed; None where the challenge is not one to type."""
        if not challenge.medium.typed:
            picture = f"; see {challenge.picture}" if challenge.picture else ""
            console().print(f"to be done by hand: {question(challenge)}{picture}", style="yellow", soft_wrap=True)
            return None
        self._start(asyncio.get_running_loop())
        while not self._lines.empty():  # typed before the question was there
            self._lines.get_nowait()
        self._watcher.pause()
        try:
            console().print(f"{question(challenge)}", style="bold", soft_wrap=True)
            console().print("code: ", style="bold", end="")
            return await self._lines.get()
        finally:
            self._watcher.resume()

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._reader is not None:
            return

        def read() -> None:
            for text in sys.stdin:
                loop.call_soon_threadsafe(self._lines.put_nowait, text.strip())

        self._reader = threading.Thread(target=read, name="terminal", daemon=True)
        self._reader.start()
