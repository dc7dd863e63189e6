"""`appealdesk reason`: a person says which option of the page the packet's reason is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

import typer

from automation.cli.decisions import CaseId
from automation.cli.office import LANGUAGE, office
from automation.cli.paper import say, table
from automation.errors import InputError
from automation.model import State
from automation.reason import called, term_of


def reason(
    ctx: typer.Context,
    case: CaseId,
    choice: Annotated[
        str, typer.Argument(metavar="[NUMBER|LABEL]", help="One of the options; without it they are listed.")
    ] = "",
    keep: Annotated[
        bool, typer.Option("--keep", help="Also write it into your override pack: for all cases with this reason.")
    ] = False,
) -> None:
    """Choose which option of the form a case's reason is, where the pack does not know.

    Options are known once a job had the form open. The choice changes the packet: every approval is void, and it must
    be approved again. An option that the pack knows as another of our reasons makes that the packet's reason.
    """
    from automation.casework import judge
    from automation.engine.wording import meant_by

    here = office(ctx)
    found = here.log.case(case)
    packet, options = found.packet, here.log.offered(case)
    if not options:
        raise InputError(
            f"no form has shown options for case {case} yet",
            field="CASE",
            hint="they are kept when a job finds that the form does not offer the packet's reason",
        )
    channel = here.packs.pack(packet.platform).channels[packet.channel]
    if not choice:
        rows = ((n, one, meant_by(one, channel) or "not known") for n, one in enumerate(options, start=1))
        table("", ("n", "option", "what the pack says it means"), rows)
        return
    option = _chosen(options, choice)
    known = meant_by(option, channel)
    packet = replace(packet, reason=called(known or term_of(packet), option))
    changed = judge(here, found, packet, by=here.by, language=LANGUAGE)
    say(f"case {case}: its reason is {term_of(changed.packet)}, called {option} on the page; it is {changed.state}")
    if keep and known:
        say(f"the pack knows that option as {known} already; nothing was written")
    elif keep:
        from automation.override import keep_label

        file = keep_label(here.settings.packs_folder, packet.platform, packet.channel, term_of(packet), option)
        say(f"{option} means {term_of(packet)} from now on: {file}")
    say(f"next: appealdesk {'approve' if changed.state is State.READY else 'show'} {case}")


def _chosen(options: Sequence[str], choice: str) -> str:
    """The option of this number, from 1, or with this text."""
    same = [one for one in options if " ".join(one.split()) == " ".join(choice.split())]
    if not same and choice.isdecimal() and 0 < int(choice) <= len(options):
        same = [options[int(choice) - 1]]
    if not same:
        raise InputError(
            f"the form offers no {choice!r}", field="CHOICE", hint=f"1 to {len(options)}: {', '.join(options)}"
        )
    return same[0]
