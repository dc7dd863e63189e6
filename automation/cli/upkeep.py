"""`appealdesk backup`, `restore` and `doctor`: that nothing is lost, and that everything is in order."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from automation.cli.accounts import AsJson
from automation.cli.exits import ExitCode
from automation.cli.office import office
from automation.cli.paper import give_json, say, warn

if TYPE_CHECKING:
    from pydantic import SecretStr

_ELSEWHERE: Final = {
    "passphrase": "It opens with it on any machine; keep it apart from the backup.",
    "keyring": "That key is not in the backup: to open the vault elsewhere, use --passphrase.",
    "file": "That file is not in the backup: carry it there apart from the backup, or use --passphrase.",
}
_OPENS: Final = {
    "passphrase": "the vault opens with its passphrase",
    "keyring": "the vault opens with the keyring of the user and the machine that it comes from; without it, make the "
    "backup there once more with --passphrase, or enter the secrets again",
    "file": "the vault opens with its key file: bring that from the machine that the backup comes from, and name it "
    "with the setting vault_key_file",
}
_COLOURS: Final = {"ok": "green", "warn": "yellow", "fail": "red"}
_NAMED: Final = 20  # cases that are named


def _new_passphrase(given: str) -> SecretStr:
    from pydantic import SecretStr

    from automation.errors import InputError
    from automation.redaction import LIVE
    from automation.secret import PASSPHRASE

    if not given and sys.stdin.isatty():
        given = typer.prompt("passphrase for the vault in the backup", hide_input=True, confirmation_prompt=True)
    if not given:
        raise InputError("nobody is here to type a passphrase", field="--passphrase", hint=f"set {PASSPHRASE}")
    LIVE.add(given)
    return SecretStr(given)


def backup(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A new file, or a folder: then its name has the time.")],
    vault: Annotated[
        bool, typer.Option("--vault/--no-vault", help="Whether the sealed secrets and sessions are in it.")
    ] = True,
    passphrase: Annotated[
        bool,
        typer.Option("--passphrase", help="Guard the vault in the backup by a passphrase, to open it elsewhere."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write everything into one archive, also while a worker runs, and read it once more.

    In it: the case log, evidence, pictures and traces of failures, override packs, settings and the sealed vault. Not
    in it: the key of the vault, browser profiles, the program's own log.
    """
    from automation.casework.backup import back_up
    from automation.shown import how_big

    here = office(ctx)
    made = back_up(here, file, vault=vault, passphrase=_new_passphrase(here.passphrase) if passphrase else None)
    if as_json:
        give_json(made)
    else:
        say(f"{made.file}: {how_big(made.size)}, written and read once more")
        say(f"{made.cases} cases, {made.events} events, {made.files} files; the chain ends with {made.head}")
        if made.guard:
            say(f"{made.guarded_by} {_ELSEWHERE[made.guard]}")
        else:
            say("no vault is in it: passwords and sessions must be entered again where it is restored")
    for fault in made.faults:
        warn(fault)
    if made.faults:
        raise typer.Exit(ExitCode.BROKEN)


def restore(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="What `appealdesk backup` wrote.")],
    as_json: AsJson = False,
) -> None:
    """Put a backup into an empty home folder (--home), all of it or nothing.

    Nothing that was approved before is sent from here: approvals end, cases in work wait for a person again, and a
    click without a receipt is uncertain. Stop the program on the machine that the backup comes from first.
    """
    from automation.casework.restoring import restore as put_back

    here = office(ctx)
    done = put_back(here, file)
    if as_json:
        give_json(done)
        return
    arrived = done.arrived
    say(f"{here.settings.home}: {done.cases} cases, {arrived.verified.events} events, {done.files} files")
    say(f"the log is whole and ends as it did when it was backed up: {arrived.verified.head}")
    if arrived.held:
        say(f"to be decided again, since another machine may have sent them: {_numbers(arrived.held)}")
    if arrived.uncertain:
        say(f"uncertain, the platform's records will tell (appealdesk settle): {_numbers(arrived.uncertain)}")
    if not done.settings:
        say("the settings are those that were here; those of the backup were left out")
    if done.guard:
        say(_OPENS[done.guard])
    say("next: appealdesk doctor")


def _numbers(cases: tuple[int, ...]) -> str:
    return ", ".join(map(str, cases[:_NAMED])) + (f" and {len(cases) - _NAMED} more" if len(cases) > _NAMED else "")


def doctor(
    ctx: typer.Context,
    checks: Annotated[list[str] | None, typer.Argument(help="Only these, by name.")] = None,
    mend: Annotated[bool, typer.Option("--mend", help="Mend what is safe, and say what was done.")] = False,
    deep: Annotated[bool, typer.Option("--deep", help="Read every kept file again; takes its time.")] = False,
    as_json: AsJson = False,
) -> None:
    """Look at everything that may be wrong here: machine, browser, packs, log, vault, disk, clock, sessions.

    Says of each what was seen, and of what is not right why it matters and what to do. Sends nothing. `--mend` makes
    files private, removes what stopped programs left, and gives back accounts that a program holds which is gone.
    """
    from automation.casework.doctor import Finding, Grade, examine

    found: list[Finding] = []
    for one in examine(office(ctx), checks or (), mend=mend, deep=deep):
        found.append(one)
        if not as_json:
            say(f"{one.grade:4}  {one.check}: {one.seen}", style=_COLOURS[one.grade])
            for word, text in (("why", one.why), ("do", one.do), ("mended", one.mended)):
                if text:
                    say(f"      {word}: {text}")
    if as_json:
        give_json(found)
    wrong = sum(one.grade == Grade.FAIL for one in found)
    odd = sum(one.grade == Grade.WARN for one in found)
    if not as_json:
        say(f"{wrong} in the way of the work, {odd} to look at" if wrong or odd else "everything is in order")
    if wrong:
        raise typer.Exit(ExitCode.UNWELL)
