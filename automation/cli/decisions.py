"""`appealdesk queue`, `show`, `approve` and `reject`: where a person decides."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from automation.cli.accounts import AsJson
from automation.cli.dossier import copy_files, lay_out
from automation.cli.exits import ExitCode
from automation.cli.office import office
from automation.cli.paper import give_json, how_long, say, shorten, table
from automation.errors import InputError
from automation.model import Case, Decision, utc_now

CaseId = Annotated[int, typer.Argument(metavar="CASE", help="The case's number.")]

SHORTEST_PREFIX = 8
"""Digits of a digest that must be given: enough that a slip of the hand cannot hit another packet."""


def queue(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List what waits for a person, the most urgent on top."""
    from automation.caselog import Sought
    from automation.reports.waiting import NEEDS, waiting

    log = office(ctx).log
    found = waiting(log.briefs(Sought(states=frozenset(NEEDS))), log.challenges(open_only=True))
    if as_json:
        give_json(found)
        return
    now = utc_now()
    table(
        "",
        ("case", "state", "store", "left", "what to do", "about"),
        (
            (
                one.case or "",
                one.state,
                one.store,
                how_long(one.due - now) if one.due else "-",
                one.command if one.challenge else one.needs,
                shorten(one.subject, 48),
            )
            for one in found
        ),
        empty="nothing waits for you",
    )


def show(
    ctx: typer.Context,
    case: CaseId,
    files: Annotated[
        Path | None, typer.Option(help="Also copy the evidence and the form's screenshot into this folder.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show all that is known of a case.

    Review, packet, evidence, remarks, the filled form, decisions, and what the platform said.
    """
    here = office(ctx)
    found = here.log.case(case)
    if as_json:
        told = {"approvals": here.log.approvals(case), "results": here.log.results(case)}
        give_json({"case": found, **told, "offered": here.log.offered(case)})
    else:
        lay_out(here, found)
    for copied in copy_files(here, found, files) if files else ():
        typer.echo(f"copied: {copied}", err=as_json)


def _agrees(case: Case, full: str, *, yes: bool, given: str) -> bool:
    """Whether the person means what was shown. Raises `InputError` where that cannot be known."""
    if given and (len(given) < SHORTEST_PREFIX or not full.startswith(given.lower())):
        raise InputError(
            f"{given} is not the beginning, {SHORTEST_PREFIX} digits or more, of what case {case.id} holds now: {full}",
            field="--digest",
            hint="it was changed, or you saw another one: look at it again",
        )
    if yes and not given:
        raise InputError("--yes needs --digest, so that nobody approves what was not looked at", field="--digest")
    if yes:
        return True
    if not sys.stdin.isatty():
        raise InputError(
            "there is no terminal to ask at",
            field="--yes",
            hint=f"look at it with `appealdesk show {case.id}`, then give --yes --digest {full[:12]}",
        )
    return typer.confirm("Approve exactly this?", default=False)


def approve(
    ctx: typer.Context,
    case: CaseId,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; needs --digest.")] = False,
    digest: Annotated[str, typer.Option(help="The first digits (8 or more) of the digest that you looked at.")] = "",
    comment: Annotated[str, typer.Option(help="Kept with the decision.")] = "",
) -> None:
    """Show a packet or a filled form, and approve exactly that.

    A case that is ready is approved to be worked on; one whose form is prepared is approved to be sent. The approval
    holds for what was shown only: any change voids it. It is used once and expires.
    """
    from automation.casework import checkpoint_of, decide, under_decision

    here = office(ctx)
    found = here.log.case(case)
    checkpoint = checkpoint_of(found)
    lay_out(here, found)
    full = under_decision(here, found, checkpoint)
    say(f"to look at the files: appealdesk show {case} --files FOLDER")
    if not _agrees(found, full, yes=yes, given=digest):
        say("not approved; nothing was changed")
        raise typer.Exit(ExitCode.PERSON)
    made = decide(here, found, Decision.APPROVED, digest=full, by=here.by, comment=comment)
    left = how_long(made.expires_at - made.at)
    say(f"case {case}: {checkpoint} {full[:12]} approved by {made.by}, for {left} and one use", style="green")


def reject(
    ctx: typer.Context,
    case: CaseId,
    comment: Annotated[str, typer.Option(help="Why; kept with the decision.")],
) -> None:
    """Send a packet or a filled form back, saying why."""
    from automation.casework import checkpoint_of, decide, under_decision

    here = office(ctx)
    found = here.log.case(case)
    if not comment.strip():
        raise InputError("say why", field="--comment")
    full = under_decision(here, found, checkpoint_of(found))
    made = decide(here, found, Decision.REJECTED, digest=full, by=here.by, comment=comment)
    now = here.log.case(case).state
    say(f"case {case}: {made.checkpoint} rejected by {made.by}; the case is {now} again")
