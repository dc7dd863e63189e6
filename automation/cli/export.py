"""`appealdesk export`, `verify` and `key`: a case to hand over, and whether one that was handed over is whole."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from automation.cli.decisions import CaseId
from automation.cli.office import office
from automation.cli.paper import pairs, say, warn
from automation.errors import InputError
from automation.shown import how_big, when


class Tongue(StrEnum):
    """The languages that a dossier is printed in."""

    ZH = "zh"
    EN = "en"


def export(
    ctx: typer.Context,
    case: CaseId,
    file: Annotated[Path | None, typer.Argument(help="Where to; by default case-CASE.dossier.zip, here.")] = None,
    language: Annotated[Tongue, typer.Option(help="The language of the printed part.")] = Tongue.ZH,
    originals: Annotated[
        bool, typer.Option("--originals", help="With the evidence as it was before parts of it were covered.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
) -> None:
    """Write a case's dossier, for a lawyer or a notary: PDF, evidence, events, and a signed list of it all.

    The log notes that it was taken away. Needs a browser to print; see `docs/dossier.md` for what it proves.
    """
    import asyncio
    import tempfile
    from functools import partial

    from automation.caselog.private import chunks, put_in_place, write_aside
    from automation.console.words import say as sentence
    from automation.dossier.making import export as make

    here = office(ctx)
    here.log.case(case)  # or say that there is none
    to = file or Path(f"case-{case}.dossier.zip")
    if to.exists() and not force:
        raise InputError("is there already", file=to, hint="give another name, or --force")
    if not to.parent.is_dir():
        raise InputError("there is no such folder", file=to.parent)
    words = partial(sentence, language.value)
    with tempfile.TemporaryFile(dir=here.settings.home) as out:
        made = asyncio.run(make(here, case, out, by=here.by, say=words, language=language.value, originals=originals))
        out.seek(0)
        try:
            aside, _, _ = write_aside(to.parent, chunks(out))
            put_in_place(aside, to)
        except OSError as error:
            raise InputError(f"cannot be written: {error.strerror or error}", file=to) from error
    say(f"{to}: case {case}, {made.events} events, {len(made.members)} files, {how_big(to.stat().st_size)}")
    say(f"signed by key {made.key}")
    say(f"whoever gets it: appealdesk verify {to} --key FINGERPRINT")


def verify(
    file: Annotated[Path, typer.Argument(help="The dossier.")],
    key: Annotated[
        str, typer.Option(help="Fingerprint of the maker's key, which you have from elsewhere: 16 digits or more.")
    ] = "",
) -> None:
    """Check every byte of a dossier; needs nothing but the file.

    Ends with 5 and says what is wrong if any byte was changed. A signature proves which installation made it only
    where its key is vouched for: give `--key`.
    """
    from automation.dossier.checking import verify as check

    try:
        with file.open("rb") as opened:
            found = check(opened, key=key)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", file=file) from error
    told = found.manifest
    say(f"{file}: every byte is as it was signed", style="green")
    pairs(
        {
            "case": _plain(f"{told.case} of store {told.store} ({told.platform})"),
            "made": _plain(f"{when(told.made_at)} by {told.made_by}, {told.program}"),
            "files": len(told.members),
            "events": f"{told.events}, of those that the log counts {told.chain.first} to {told.chain.head}",
            "head": told.chain.hash,
            "signed by": told.key,
        }
    )
    if found.vouched:
        say("that is the key that you named")
    else:
        warn("nobody vouched for that key here: compare it with a fingerprint from elsewhere, with --key")


def _plain(text: str) -> str:
    """Without what could steer a terminal: a dossier may come from anybody."""
    return "".join(one if one.isprintable() else "?" for one in text)


def key(
    ctx: typer.Context,
    renew: Annotated[bool, typer.Option("--renew", help="Sign with a new key from now on.")] = False,
    all_: Annotated[bool, typer.Option("--all", help="Also the keys that signed before.")] = False,
) -> None:
    """Print the public key that dossiers are signed with, to be published or deposited.

    Its private half is in the vault. A new one changes nothing about dossiers that were signed before.
    """
    from automation.dossier import keys

    here = office(ctx)
    if renew:
        keys.renew(here, by=here.by)
    found = keys.public_keys(here, by=here.by)
    for one in found if all_ else found[-1:]:
        say(f"fingerprint {one.fingerprint}", style="bold")
        say(f"since {when(one.since)}, by {one.by}")
        say(one.text)
