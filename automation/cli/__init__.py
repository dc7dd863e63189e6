"""The command line: thin faces over the case log, the packets and the worker.

Nothing heavy is imported at the top of a module in this package: each command imports what it needs when it runs, so
that `appealdesk --help` answers at once.
"""

from __future__ import annotations

import sys


def main() -> None:
    """The console script's entry; ends the process with one of the exit codes in `automation.cli.exits`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console that cannot show a character is no reason to stop
    from automation.cli.app import app

    app()
