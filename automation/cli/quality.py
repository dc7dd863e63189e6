"""`appealdesk qa`: a flow run on its mock back-office, judged by what the mock's server really holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from automation.cli.exits import ExitCode
from automation.cli.paper import say
from automation.errors import InputError


def qa(
    platform: Annotated[str, typer.Argument(help="Which platform; with --all: every one where it is left out.")] = "",
    channel: Annotated[str, typer.Option(help="Only this channel.")] = "",
    fault: Annotated[list[str] | None, typer.Option(help="What goes wrong; again for more (see docs/mock.md).")] = None,
    drift: Annotated[list[str] | None, typer.Option(help="How the site has changed its looks; again for more.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="The plain job, every fault and every look.")] = False,
    headed: Annotated[bool, typer.Option(help="Show the browser's window (needs a full browser).")] = False,
    folder: Annotated[Path, typer.Option(help="Where case logs, traces and screenshots go.")] = Path("qa-results"),
    junit: Annotated[Path | None, typer.Option(help="Write JUnit XML here.")] = None,
    table: Annotated[Path | None, typer.Option(help="Write the table of flow and fault here (Markdown).")] = None,
) -> None:
    """Run a flow on its mock back-office and judge it by what the mock's server holds.

    Without --fault, --drift and --all: the plain job. Ends with 0 only if every case is as it should be.
    """
    from fixtures.qa import paper
    from fixtures.qa.run import examine
    from fixtures.vendor import BundlesUnavailable

    if not platform and not everything:
        raise InputError("name a platform, or give --all", field="PLATFORM")
    asked = None if everything else ([*(fault or ()), *([] if fault or drift else [""])], drift or [])
    try:
        verdicts = examine(platform, channel, asked, folder, tell=lambda one: say(paper.line(one)), headless=not headed)
    except (BundlesUnavailable, ValueError) as error:
        raise InputError(str(error)) from None
    if junit is not None:
        paper.junit(verdicts, junit)
    if table is not None:
        table.write_text(paper.table(verdicts), "utf-8")
    bad = paper.wrong(verdicts)
    say(f"{len(verdicts) - len(bad)} of {len(verdicts)} as they should be; what was left: {folder}")
    if bad:
        raise typer.Exit(ExitCode.PAGE)
