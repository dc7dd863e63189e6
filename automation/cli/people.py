"""`appealdesk person`: who comes in to the console by name, and what their programs show."""

from __future__ import annotations

import sys
from typing import Annotated, Final

import typer

from automation.cli.accounts import AsJson
from automation.cli.office import office
from automation.cli.paper import give_json, say, table
from automation.errors import InputError
from automation.person import Person, Role
from automation.shown import when

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Who comes in to the console by name.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="As it is kept with every decision.")]
_ROLES: Final = "viewer: looks; entry: enters, edits, answers sign-ins; approver: decides, too; admin: manages, too."
Clients = Annotated[
    list[str] | None, typer.Option("--client", help="A client whose cases they see; may be repeated. None: all.")
]


@app.command()
def add(
    ctx: typer.Context,
    name: Name,
    role: Annotated[Role, typer.Option(help=_ROLES)],
    client: Clients = None,
) -> None:
    """Enter a person. They can come in once they have a password."""
    from automation.casework.people import add_person

    here = office(ctx)
    made = add_person(here, Person(name, role, frozenset(client) if client else None), by=here.by)
    say(f"{made.name}: {made.role}, sees {_seen(made)}; next: appealdesk person password {_quoted(made.name)}")


@app.command(name="list")
def list_(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the people, what they may do, and how they come in."""
    members = office(ctx).log.people()
    if as_json:
        give_json(
            [
                {
                    "name": one.person.name,
                    "role": one.person.role,
                    "clients": one.person.clients,
                    "password": one.has_password,
                    "token": one.has_token,
                    "since": one.since,
                }
                for one in members
            ]
        )
        return
    table(
        "",
        ("name", "role", "sees", "password", "token", "since"),
        (
            (
                one.person.name,
                one.person.role,
                _seen(one.person),
                "yes" if one.has_password else "no",
                "yes" if one.has_token else "no",
                when(one.since),
            )
            for one in members
        ),
        empty="nobody yet: appealdesk person add",
    )


@app.command()
def change(
    ctx: typer.Context,
    name: Name,
    role: Annotated[Role | None, typer.Option(help=_ROLES)] = None,
    client: Clients = None,
    all_clients: Annotated[bool, typer.Option("--all-clients", help="They see every client's from now on.")] = False,
) -> None:
    """Give a person another role or other clients; a console that is running signs them out at once."""
    from automation.casework.people import change_person

    here = office(ctx)
    if client and all_clients:
        raise InputError("give either some clients or all", field="--all-clients")
    now = here.log.member(name).person
    clients = None if all_clients else frozenset(client) if client else now.clients
    made = Person(name, role or now.role, clients)
    change_person(here, made, by=here.by)
    say(f"{made.name}: {made.role}, sees {_seen(made)}")


@app.command()
def remove(ctx: typer.Context, name: Name) -> None:
    """Take a person out; what they did stays theirs in the log. A console that is running signs them out at once."""
    here = office(ctx)
    here.log.remove_person(name, by=here.by)
    say(f"removed {name}")


@app.command()
def password(
    ctx: typer.Context,
    name: Name,
    stdin: Annotated[bool, typer.Option("--stdin", help="Read it from standard input instead of asking.")] = False,
    take: Annotated[bool, typer.Option("--take", help="Take it away: they come in no more.")] = False,
) -> None:
    """Give a person a password. It is never an argument: those end up in the shell's history."""
    from automation.casework.people import give_password

    here = office(ctx)
    if take:
        here.log.set_password(name, "", by=here.by)
        say(f"{name} has no password now")
        return
    here.log.member(name)
    given = sys.stdin.readline().rstrip("\r\n") if stdin else typer.prompt(f"password of {name}", hide_input=True)
    give_password(here, name, given, by=here.by)
    say(f"{name} comes in by this password from now on")


@app.command()
def token(
    ctx: typer.Context,
    name: Name,
    revoke: Annotated[bool, typer.Option("--revoke", help="Take it away: their programs come in no more.")] = False,
) -> None:
    """Print a token for a person's programs, once. It acts with the person's role and clients, under `/api` alone.

    A new one takes the place of the one before. Programs send it as `Authorization: Bearer TOKEN`.
    """
    from automation.casework.people import give_token

    here = office(ctx)
    if revoke:
        here.log.set_token(name, "", by=here.by)
        say(f"the programs of {name} come in no more")
        return
    typer.echo(give_token(here, name, by=here.by))


def _seen(person: Person) -> str:
    return "all clients" if person.clients is None else ", ".join(sorted(person.clients))


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name
