"""`appealdesk scan`: new bad reviews of a store, entered as drafts with their pictures."""

from __future__ import annotations

from typing import Annotated

import typer

from automation.cli.accounts import AsJson
from automation.cli.office import LANGUAGE, office
from automation.cli.paper import give_json, say, shorten, table, warn
from automation.cli.work import Headed, errand
from automation.shown import when


def scan(
    ctx: typer.Context,
    store: Annotated[str, typer.Argument(metavar="STORE", help="Your short name for the shop.")],
    since: Annotated[
        int | None, typer.Option(min=1, metavar="DAYS", help="How many days back; else as long as appeals are taken.")
    ] = None,
    stars: Annotated[int, typer.Option(min=1, max=5, help="Reviews with at most so many stars.")] = 3,
    channel: Annotated[str, typer.Option(help="Which way of contesting, where the platform has several.")] = "",
    headed: Headed = False,
    as_json: AsJson = False,
) -> None:
    """Read a store's new bad reviews into draft cases, each with a picture of the review.

    Looks only. A review that any case is about is left alone, so it may be run again and again. Whether a review is
    malicious is for you to judge: a draft has no reason and no description yet.
    """
    from automation.engine.jobs import JobKind
    from automation.engine.scan import scan as read

    here = office(ctx)
    found = errand(
        here,
        store,
        JobKind.SCAN,
        lambda visit: read(visit, days=since, stars=stars, channel=channel, by=here.by, language=LANGUAGE),
        headed=headed,
        quiet=as_json,
    )
    if as_json:
        give_json(found)
        return
    table(
        "",
        ("case", "window ends", "stars", "order", "review"),
        (
            (one.id, when(one.deadline), review.stars, review.order_no, shorten(review.text, 48))
            for one in found.entered
            for review in (one.packet.review,)
        ),
        empty="no new bad review",
    )
    for sentence in found.unread:
        warn(f"not entered: {sentence}")
    say(f"{len(found.entered)} entered, {found.known} known already, {found.better} with more than {stars} stars")
    if found.entered:
        say(
            "next: appealdesk show CASE --files FOLDER, then appealdesk case edit CASE --reason TERM --description TEXT"
        )
