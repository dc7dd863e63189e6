"""`appealdesk packs`: what is known of each platform, and how well."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from automation.cli.accounts import AsJson
from automation.cli.office import office
from automation.cli.paper import give_json, pairs, say, table
from automation.cli.work import Headed, errand
from automation.errors import InputError

if TYPE_CHECKING:
    from automation.pack import Answer

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="What is known of each platform, and how well.")


@app.command(name="list")
def list_(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the platforms, and where the facts about each come from."""
    from automation.casework.registers import sources

    here = office(ctx)
    found = [here.packs.pack(name) for name in here.packs.platforms()]
    rows = [(pack, sources(here, pack.platform)) for pack in found]
    if as_json:
        give_json(
            [
                {
                    "platform": p.platform,
                    "title": p.title,
                    "channels": sorted(p.channels),
                    "digest": p.digest,
                    "facts": c,
                }
                for p, c in rows
            ]
        )
        return
    table(
        "",
        ("platform", "title", "channels", "facts by source"),
        (
            (p.platform, p.title, ", ".join(p.channels), ", ".join(f"{n} {source}" for source, n in c.most_common()))
            for p, c in rows
        ),
    )


@app.command()
def show(
    ctx: typer.Context,
    platform: Annotated[str, typer.Argument(help="Name of the pack.")],
    as_json: AsJson = False,
) -> None:
    """Show a pack: channels, limits, reasons, and each fact with its source."""
    packs = office(ctx).packs
    pack = packs.pack(platform)
    if as_json:
        give_json(pack.model_dump(mode="json"))
        return
    pairs({"platform": f"{pack.platform} ({pack.title})", "origins": ", ".join(pack.origins), "digest": pack.digest})
    for name, channel in pack.channels.items():
        limits = channel.limits
        say(f"\n{name} ({channel.title})", style="bold")
        pairs(
            {
                "window": f"{channel.window.days} days after the review" if channel.window else "not known",
                "description": f"{limits.description_min} to {limits.description_max} characters",
                "files": f"{limits.files_min} to {limits.files_max}, each at most {limits.file_bytes_max} bytes",
                "types": ", ".join(limits.media_types),
                "results": "usually after {}–{} working days".format(*channel.cadence.working_days),
            }
        )
        table(
            "",
            ("reason", "called", "needs one of", "source"),
            (
                (key, " / ".join(one.labels), ", ".join(one.needs) or "-", one.source)
                for key, one in channel.reasons.items()
            ),
        )
        if channel.answers:
            table(
                "",
                ("answer", "called", "takes", "needed", "for example", "source"),
                (
                    (key, one.title, _takes(one), "yes" if one.required else "no", one.example, one.source)
                    for key, one in channel.answers.items()
                ),
            )
    table(
        "Facts",
        ("key", "source", "seen so on", "layers"),
        ((one.key, one.source, one.verified_on or "", " + ".join(one.layers)) for one in packs.facts(platform)),
    )


def _takes(answer: Answer) -> str:
    parts: list[str] = [answer.kind]
    if answer.choices:
        parts.append(" / ".join(answer.choices))
    if answer.most is not None:
        parts.append(f"at most {answer.most:.15g}")
    if answer.length_max is not None:
        parts.append(f"at most {answer.length_max} characters")
    return ", ".join(parts)


@app.command()
def validate(
    ctx: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="A pack file, whole; without it all packs are read, with your layers.")
    ] = None,
) -> None:
    """Read packs strictly; every fault is named with its file, line and key."""
    if file is not None:
        if not file.is_file():
            raise InputError("there is no such file", file=file)
        pack = office(ctx).packs.validate(file)
        say(f"{file}: a good pack of {pack.platform}, {len(pack.elements)} elements on {len(pack.pages)} pages")
        return
    packs = office(ctx).packs
    for name in packs.platforms():
        layers = " + ".join(packs.files(name))
        pack = packs.pack(name)
        say(f"{name} ({layers}): good, {len(pack.elements)} elements on {len(pack.pages)} pages")


@app.command()
def check(
    ctx: typer.Context,
    store: Annotated[str, typer.Argument(metavar="STORE", help="Your short name for the shop to look at.")],
    folder: Annotated[Path, typer.Option(help="Where a picture of each page goes.")] = Path("pack-check"),
    headed: Headed = False,
    as_json: AsJson = False,
) -> None:
    """Hold a pack against a store's real pages, by looking alone.

    Signs in, reads the lists, opens a form and leaves it as it is; nothing is filled in, uploaded or sent. Says of each
    element whether it was found, missing, ambiguous, or not reachable in this way; what stands in rows is judged in the
    first row. Pictures cover secrets, and nothing else. Ends with 8 if anything is missing or ambiguous.
    """
    from automation.cli.exits import ExitCode
    from automation.engine.jobs import JobKind
    from automation.engine.survey import Verdict, survey

    here = office(ctx)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = errand(here, store, JobKind.CHECK, lambda visit: survey(visit, folder), headed=headed, quiet=as_json)
    if as_json:
        give_json(found)
    else:
        table(
            "",
            ("key", "verdict", "on page", "way", "why"),
            (
                (one.key, one.verdict, one.page, f"{one.way} of {one.ways}" if one.way else "", one.why)
                for one in found.elements
            ),
        )
        for note in found.notes:
            say(note, style="yellow")
        counts = Counter(one.verdict for one in found.elements)
        say(f"{', '.join(f'{counts[one]} {one}' for one in Verdict)}; pictures: {folder}")
    if any(one.verdict in (Verdict.MISSING, Verdict.AMBIGUOUS) for one in found.elements):
        raise typer.Exit(ExitCode.PAGE)
