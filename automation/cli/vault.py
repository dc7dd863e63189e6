"""`appealdesk vault`: what guards the secrets, and new keys for them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from automation.cli.office import office
from automation.cli.paper import say

if TYPE_CHECKING:
    from pydantic import SecretStr

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="What guards the secrets, and new keys for them.")


@app.command()
def rotate(ctx: typer.Context) -> None:
    """Seal every secret and session under a new key, also while a worker runs.

    The old key is dropped. Codes that wait for a worker just now must be given again. Where it is interrupted,
    everything opens as before: do it again.
    """
    here = office(ctx)
    here.vault.rotate()
    here.log.add_event("vault_rotated", by=here.by, data={})
    say("everything in the vault is sealed under a new key")


@app.command()
def guard(
    ctx: typer.Context,
    kind: Annotated[str, typer.Argument(metavar="keyring|passphrase|file", help="What guards it from now on.")],
    key_file: Annotated[
        Path | None, typer.Option(help="With file: where the new key goes; by default into your configuration folder.")
    ] = None,
    stdin: Annotated[
        bool, typer.Option("--stdin", help="With passphrase: read the new one from standard input instead of asking.")
    ] = False,
) -> None:
    """Guard the vault by something else, a new passphrase or a new key file, and rotate its key.

    What guarded it until now opens backups made until now, and nothing else. Stop workers and consoles first, and start
    them anew.
    """
    from automation.errors import InputError

    here = office(ctx)
    if key_file is not None and kind != "file":
        raise InputError(f"a {kind} has no file", field="--key-file")
    match kind:
        case "keyring" | "file":
            here.vault.guard_by(kind, key_file=key_file)
        case "passphrase":
            here.vault.guard_by(kind, passphrase=_new_passphrase(stdin=stdin))
        case _:
            raise InputError(f"{kind!r} guards no vault", field="kind", hint="keyring, passphrase or file")
    here.log.add_event("vault_guarded", by=here.by, data={"by": kind})
    say(here.vault.guarded_by)
    if kind == "file" and here.settings.vault_key_file is not None:
        say(
            "vault_key_file still names the old key: change it in your settings, or take it out of them", style="yellow"
        )


def _new_passphrase(*, stdin: bool) -> SecretStr:
    from pydantic import SecretStr

    from automation.errors import InputError

    if stdin:
        typed = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        typed = typer.prompt("new passphrase of the vault", hide_input=True, confirmation_prompt=True)
    else:
        typed = ""
    if not typed:
        raise InputError("there is no new passphrase", field="--stdin", hint="type one at a terminal, or give --stdin")
    return SecretStr(typed)
