"""The root of the command line: its groups, its options, and how errors reach the user."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from automation.cli import (
    accounts,
    cases,
    challenges,
    decisions,
    entry,
    export,
    figures,
    history,
    machine,
    packs,
    people,
    quality,
    reasons,
    redact,
    scan,
    serve,
    stores,
    upkeep,
    vault,
    work,
)
from automation.cli.exits import ExitCode, exit_code
from automation.cli.office import ask_passphrase
from automation.cli.paper import warn
from automation.errors import AppealdeskError, PersonNeeded
from automation.office import Office


class Desk(TyperGroup):
    """The root group: an error of the program becomes one message and its exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (AppealdeskError, PersonNeeded) as error:
            for one in (error, *getattr(error, "others", ())):
                typer.secho(f"appealdesk: {one.message}", err=True, fg="red")
                if one.hint:
                    typer.echo(f"  -> {one.hint}", err=True)
            raise typer.Exit(exit_code(error)) from error
        except KeyboardInterrupt:
            typer.echo("stopped", err=True)
            raise typer.Exit(ExitCode.STOPPED) from None


app = typer.Typer(
    cls=Desk,
    name="appealdesk",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Takes approved appeals against malicious reviews through merchant back-offices, into a local case log.",
    epilog="Start with: appealdesk account add, store add, template, import, queue, approve, run.",
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"appealdesk {version('appealdesk')}")
        raise typer.Exit


@app.callback()
def root(
    ctx: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option(envvar="APPEALDESK_HOME", help="Folder of the case log, evidence, vault and settings."),
    ] = None,
    version: Annotated[  # noqa: ARG001 - its callback acts
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version and end.")
    ] = False,
) -> None:
    """Open the office that the commands work in; nothing in it is opened before it is used."""
    made = Office(home, ask=ask_passphrase, warn=warn)
    ctx.obj = made
    ctx.call_on_close(made.close)


for group, name in (
    (accounts.app, "account"),
    (stores.app, "store"),
    (cases.app, "case"),
    (challenges.app, "challenge"),
    (people.app, "person"),
    (history.app, "log"),
    (packs.app, "packs"),
    (vault.app, "vault"),
    (machine.browser, "browser"),
):
    app.add_typer(group, name=name)
for command in (
    entry.template,
    entry.import_,
    decisions.queue,
    decisions.show,
    decisions.approve,
    decisions.reject,
    reasons.reason,
    redact.redact,
    scan.scan,
    serve.serve,
    work.run,
    work.poll,
    work.settle,
    work.release,
    figures.report,
    export.export,
    export.verify,
    export.key,
    upkeep.backup,
    upkeep.restore,
    upkeep.doctor,
    machine.settings,
    machine.mock,
    quality.qa,
):
    app.command(name=command.__name__.rstrip("_"))(command)
