"""`appealdesk case`: one case at a time, and what a person may do with it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from automation.cli.accounts import AsJson
from automation.cli.decisions import CaseId
from automation.cli.office import LANGUAGE, office
from automation.cli.paper import give_json, say, shorten, table, warn
from automation.errors import InputError
from automation.model import Case, State
from automation.reason import term_of
from automation.shown import when

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="One case at a time.")

Comment = Annotated[str, typer.Option(help="Why; kept in the log.")]
EvidenceOption = Annotated[
    list[str] | None,
    typer.Option(
        "--evidence",
        metavar="KIND:PATH|CAPTION|TIME",
        help="A file, in the order of time; caption and time may be left out. Give it again for each file.",
    ),
]
AnswerOption = Annotated[
    list[str] | None,
    typer.Option(
        "--answer",
        metavar="NAME=VALUE",
        help="What goes into a further field of the form (see `appealdesk packs show`); give it again for each field.",
    ),
]


class Told(StrEnum):
    """What a person may say that an answer means."""

    UPHELD = "upheld"
    REJECTED = "rejected"
    MORE_EVIDENCE = "more_evidence"
    CLOSED = "closed"


def _say_state(case: Case) -> None:
    say(f"case {case.id}: {case.state}")
    for one in case.findings:
        hint = f" -> {one.hint}" if one.hint else ""
        warn(f"{'blocks' if one.blocks else 'warning'} [{one.field}] {one.message}{hint}")
    if case.state is State.READY:
        say(f"next: appealdesk approve {case.id}")
    elif case.state is State.DRAFT:
        say(f"next: appealdesk case edit {case.id}")


@app.command()
def add(
    ctx: typer.Context,
    store: Annotated[str, typer.Option(help="The store's short name, or its name as the back-office shows it.")],
    posted_at: Annotated[str, typer.Option(help="When the review was posted, such as “2026-03-05 14:30” (Beijing).")],
    reason: Annotated[str, typer.Option(help="Why it is contested: our term, its title, or the platform's option.")],
    description: Annotated[str, typer.Option(help="Short and objective: when, who, what.")],
    order_no: Annotated[str, typer.Option(help="The order's number.")] = "",
    review_id: Annotated[str, typer.Option(help="The review's id, where the back-office shows one.")] = "",
    review_text: Annotated[str, typer.Option(help="The review's full text.")] = "",
    channel: Annotated[str, typer.Option(help="Which way of contesting, where the platform has several.")] = "",
    stars: Annotated[str, typer.Option(help="1 to 5.")] = "",
    buyer: Annotated[str, typer.Option(help="The buyer's nick name.")] = "",
    product: Annotated[str, typer.Option(help="The product.")] = "",
    review_url: Annotated[str, typer.Option(help="Where the review is to be seen: http or https.")] = "",
    answer: AnswerOption = None,
    evidence: EvidenceOption = None,
) -> None:
    """Enter one case."""
    from automation.intake import add_case

    here = office(ctx)
    values: dict[str, object] = {
        "store": store,
        "channel": channel,
        "order_no": order_no,
        "review_id": review_id,
        "review_text": review_text,
        "posted_at": posted_at,
        "stars": stars,
        "buyer": buyer,
        "product": product,
        "review_url": review_url,
        "answers": _by_name(answer),
        "reason": reason,
        "description": description,
        "evidence": "\n".join(evidence or ()),
    }
    found = add_case(values, log=here.log, packs=here.packs, by=here.by, language=LANGUAGE)
    if found.problems:
        raise InputError.first_of(found.problems)
    for case in found.known:
        warn(
            f"that review is case {case.id} already; nothing was entered. To change it: appealdesk case edit {case.id}"
        )
    for case in found.entered:
        _say_state(case)


def _by_name(answers: list[str] | None) -> dict[str, str]:
    """`NAME=VALUE` as typed, by name."""
    found: dict[str, str] = {}
    for one in answers or ():
        name, equals, value = one.partition("=")
        if not (equals and name.strip()):
            raise InputError(f"{one!r} is not NAME=VALUE", field="--answer", hint="such as: --answer amount=12.50")
        if name.strip() in found:
            raise InputError(
                f"{name.strip()} is given twice", field="--answer", hint="put several choices between commas"
            )
        found[name.strip()] = value
    return found


@app.command(name="list")
def list_(
    ctx: typer.Context,
    state: Annotated[list[State] | None, typer.Option(help="Only cases in this state; may be given again.")] = None,
    store: Annotated[str, typer.Option(help="Only this store's.")] = "",
    as_json: AsJson = False,
) -> None:
    """List cases."""
    found = office(ctx).log.cases(states=state or (), store=store)
    if as_json:
        give_json(found)
        return
    table(
        "",
        ("case", "round", "state", "store", "reason", "deadline", "order", "review"),
        (
            (
                one.id,
                one.packet.round,
                one.state,
                one.store.id,
                term_of(one.packet),
                when(one.deadline),
                one.packet.review.order_no,
                shorten(one.packet.review.text, 32),
            )
            for one in found
        ),
        empty="no such case",
    )


@app.command()
def edit(
    ctx: typer.Context,
    case: CaseId,
    reason: Annotated[str, typer.Option(help="Another reason, by our term.")] = "",
    description: Annotated[str, typer.Option(help="Another description.")] = "",
    description_file: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="The description from a UTF-8 text file.")
    ] = None,
    channel: Annotated[str, typer.Option(help="Another channel.")] = "",
    review_url: Annotated[
        str | None, typer.Option(help="Another address of the review; an empty one takes it out.")
    ] = None,
    answer: AnswerOption = None,
    evidence: EvidenceOption = None,
    drop: Annotated[list[str] | None, typer.Option(help="Name of an evidence file to take out.")] = None,
) -> None:
    """Change an unsent packet. Its approvals are void then; without options it is only judged again.

    An answer with nothing behind its `=` is taken out.
    """
    from automation.casework import judge, with_answers, with_evidence, with_fields

    here = office(ctx)
    found = here.log.case(case)
    packet = found.packet
    text = description_file.read_text(encoding="utf-8").strip() if description_file else description
    packet = with_fields(
        here,
        packet,
        channel=channel or packet.channel,
        reason=reason or packet.reason,
        description=text or packet.description,
        review_url=packet.review.url if review_url is None else review_url,
    )
    packet = with_answers(here, packet, _by_name(answer), LANGUAGE)
    packet = with_evidence(here, packet, evidence or (), drop or (), LANGUAGE)
    _say_state(judge(here, found, packet, by=here.by, language=LANGUAGE))


@app.command()
def withdraw(ctx: typer.Context, case: CaseId, comment: Comment) -> None:
    """Take a case out of the work before it is sent."""
    here = office(ctx)
    _say_state(here.log.move(case, State.WITHDRAWN, by=here.by, note=comment))


@app.command()
def resume(
    ctx: typer.Context,
    case: CaseId,
    comment: Annotated[str, typer.Option(help="What was done about it.")] = "",
) -> None:
    """Take up a case again, once what stopped it is dealt with.

    For a case that needed a person or was withdrawn. It is judged and approved anew.
    """
    from automation.casework import resume as take_up

    here = office(ctx)
    _say_state(take_up(here, here.log.case(case), by=here.by, comment=comment, language=LANGUAGE))


@app.command(name="next-round")
def next_round(ctx: typer.Context, case: CaseId) -> None:
    """Open the next round of an answered case, with a copy of its packet."""
    here = office(ctx)
    opened = here.log.next_round(case, by=here.by)
    say(f"case {case}: round {opened.packet.round}, {opened.state}")
    say(f"next: add what is new, then it is judged: appealdesk case edit {case} --evidence KIND:PATH")


@app.command()
def outcome(
    ctx: typer.Context, case: CaseId, means: Annotated[Told, typer.Argument(help="What it means.")], comment: Comment
) -> None:
    """Say what the platform's answer means, where its wording is not known; or close a case."""
    from automation.casework import set_outcome

    here = office(ctx)
    _say_state(set_outcome(here, here.log.case(case), State(means), by=here.by, comment=comment))
