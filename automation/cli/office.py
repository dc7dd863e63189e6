"""The office that the commands work in."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from automation.office import Office

if TYPE_CHECKING:
    from pydantic import SecretStr

    from automation.packet.findings import Language

LANGUAGE: Language = "en"
"""What the lint and the intake speak to whoever works at the command line."""


def ask_passphrase() -> SecretStr:
    """The vault's passphrase, from whoever sits at the terminal; empty where nobody does."""
    from pydantic import SecretStr

    if not sys.stdin.isatty():
        return SecretStr("")
    return SecretStr(typer.prompt("passphrase of the vault", hide_input=True))


def office(ctx: typer.Context) -> Office:
    """The office of this command."""
    found = ctx.find_object(Office)
    assert found is not None, "the root callback makes it"
    return found
