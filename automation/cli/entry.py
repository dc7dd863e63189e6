"""`appealdesk template` and `import`: many cases at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from automation.cli.accounts import AsJson
from automation.cli.exits import ExitCode
from automation.cli.office import LANGUAGE, office
from automation.cli.paper import give_json, say, warn


def template(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="Where to: .xlsx, .csv or .json.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
) -> None:
    """Write an example file to fill in, with every column explained."""
    from automation.intake import template as write

    here = office(ctx)
    packs = [here.packs.pack(name) for name in here.packs.platforms()]
    write(file, packs=packs, stores=here.log.stores(), overwrite=force)
    say(f"{file}: fill it in, then: appealdesk import {file}")


def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A .csv, .xlsx or .json file; evidence paths start at its folder.")],
    as_json: AsJson = False,
) -> None:
    """Enter the rows of a file as cases; bad rows are named.

    Every good row enters; every bad one is named with its line and reason. Importing a file again adds nothing.
    """
    from automation.casework import import_cases

    here = office(ctx)
    found, _ = import_cases(here, file, by=here.by, language=LANGUAGE)
    if as_json:
        give_json(
            {
                "entered": [one.id for one in found.entered],
                "known": [one.id for one in found.known],
                "differing": [one.id for one in found.differing],
                "problems": [str(one) for one in found.problems],
            }
        )
    else:
        drafts = [one for one in found.entered if any(remark.blocks for remark in one.findings)]
        say(f"{len(found.entered)} entered, {len(found.known)} known already, {len(found.problems)} problems")
        for case in drafts:
            for remark in case.findings:
                if remark.blocks:
                    warn(f"case {case.id} is a draft: {remark.message}")
        for case in found.differing:
            warn(f"case {case.id} is known, and the row now says something else: appealdesk case edit {case.id}")
        for problem in found.problems:
            typer.secho(str(problem), err=True, fg="red")
        if found.entered:
            say("next: appealdesk queue")
    if found.problems:
        raise typer.Exit(ExitCode.INPUT)
