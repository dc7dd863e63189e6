"""`appealdesk account`: the logins, and their secrets in the vault."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from automation.cli.office import office
from automation.cli.paper import give_json, say, table
from automation.model import Account, SessionMode, SignIn
from automation.secret import Secret

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="The logins of back-offices, and their secrets.")

AccountId = Annotated[str, typer.Argument(metavar="ACCOUNT", help="Your own short name for the login.")]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON, for scripts.")]


@app.command()
def add(
    ctx: typer.Context,
    account: AccountId,
    platform: Annotated[str, typer.Option(help="Name of the platform's pack: see `appealdesk packs list`.")],
    login: Annotated[str, typer.Option(help="Phone number or e-mail address, as it is typed at sign-in.")],
    sign_in: Annotated[SignIn, typer.Option(help="How the account signs in.")] = SignIn.PASSWORD,
    session: Annotated[
        SessionMode,
        typer.Option(help="Whose browser: our own, our own with a lasting profile, or your running Chrome."),
    ] = SessionMode.MANAGED,
    endpoint: Annotated[str, typer.Option(help="Address of your running Chrome, for `--session attach`.")] = "",
) -> None:
    """Enter a login, or change one."""
    from automation.casework.registers import put_account, secrets_of

    here = office(ctx)
    made = Account(account, platform, login, sign_in=sign_in, session=session, endpoint=endpoint)
    put_account(here, made, by=here.by)
    say(f"account {account}: {platform}, {login}, signs in by {sign_in}")
    if sign_in is SignIn.PASSWORD and Secret.PASSWORD not in secrets_of(here, account):
        say(f"next: appealdesk account secret {account} password")
    else:
        say(f"next: appealdesk store add STORE --account {account} --name NAME")


@app.command(name="list")
def list_(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the logins, and which secrets the vault holds for each (never the secrets)."""
    from automation.casework.registers import secrets_of

    here = office(ctx)
    rows = [(one, sorted(secrets_of(here, one.id))) for one in here.log.accounts()]
    if as_json:
        fields = ("id", "platform", "login", "sign_in", "session", "endpoint")
        give_json([{name: getattr(one, name) for name in fields} | {"secrets": names} for one, names in rows])
        return
    table(
        "",
        ("account", "platform", "login", "sign-in", "session", "secrets"),
        ((one.id, one.platform, one.login, one.sign_in, one.session, ", ".join(names)) for one, names in rows),
        empty="no account yet: appealdesk account add",
    )


@app.command()
def secret(
    ctx: typer.Context,
    account: AccountId,
    name: Annotated[Secret, typer.Argument(help="Which secret: the password, or the seed of one-time codes.")],
    stdin: Annotated[bool, typer.Option("--stdin", help="Read it from standard input instead of asking.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take it out of the vault.")] = False,
) -> None:
    """Keep a secret of an account, encrypted. It is never an argument: those end up in the shell's history."""
    from automation.casework.registers import drop_secret, keep_secret

    here = office(ctx)
    here.log.account(account)
    if remove:
        drop_secret(here, account, name, by=here.by)
        say(f"removed {name} of {account}")
        return
    value = sys.stdin.readline().rstrip("\r\n") if stdin else typer.prompt(f"{name} of {account}", hide_input=True)
    keep_secret(here, account, name, value, by=here.by)
    say(f"kept {name} of {account}")
