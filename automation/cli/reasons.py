"""`appealdesk reason`: a person says which option of the page the packet's reason is."""

from __future__ import annotations

from typing import Annotated

import typer

from automation.cli.decisions import CaseId
from automation.cli.office import LANGUAGE, office
from automation.cli.paper import say, table
from automation.model import State
from automation.reason import option_of, term_of


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
    from automation.casework import channel_of, choose_reason, keep_option, meant_by, offered

    here = office(ctx)
    found = here.log.case(case)
    options = offered(here, found)
    if not choice:
        channel = channel_of(here, found.packet)
        rows = ((n, one, meant_by(one, channel) or "not known") for n, one in enumerate(options, start=1))
        table("", ("n", "option", "what the pack says it means"), rows)
        return
    changed = choose_reason(here, found, choice, by=here.by, language=LANGUAGE)
    term, option = term_of(changed.packet), option_of(changed.packet)
    say(f"case {case}: its reason is {term}, called {option} on the page; it is {changed.state}")
    if keep:
        file = keep_option(here, changed.packet)
        if file is None:
            say(f"the pack knows that option as {term} already; nothing was written")
        else:
            say(f"{option} means {term} from now on: {file}")
    say(f"next: appealdesk {'approve' if changed.state is State.READY else 'show'} {case}")
