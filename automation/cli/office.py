"""What a command works with: settings, case log, vault and packs of one home folder, each opened when first used."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

import typer

from automation.cli.paper import warn

if TYPE_CHECKING:
    from pydantic import SecretStr

    from automation.caselog import CaseLog
    from automation.packet.findings import Language
    from automation.packs import Packs
    from automation.settings import Settings
    from automation.vault import Vault

LANGUAGE: Language = "en"
"""What the lint and the intake speak to whoever works at the command line."""


class Office:
    """One home folder. Use as the context's object; it is closed when the command ends."""

    def __init__(self, home: Path | None) -> None:
        self._home = home
        self._open = ExitStack()

    @cached_property
    def settings(self) -> Settings:
        """The settings. Raises `SettingsError`."""
        from automation.settings import Settings

        return Settings.load(self._home)

    @cached_property
    def log(self) -> CaseLog:
        """The case log; made where there is none."""
        from automation.caselog import CaseLog

        return self._open.enter_context(CaseLog.open(self.settings.database, self.settings.home))

    @cached_property
    def vault(self) -> Vault:
        """The vault; made where there is none."""
        from automation.vault import Vault

        return Vault.of(self.settings, ask=_ask_passphrase, say=warn)

    @cached_property
    def packs(self) -> Packs:
        """The packs: the shipped ones under the user's own layers."""
        from automation.packs import Packs

        return Packs(self.settings.packs_folder)

    @classmethod
    def of(cls, settings: Settings, log: CaseLog, vault: Vault, packs: Packs) -> Self:
        """An office over parts that somebody else opened, and closes."""
        made = cls(settings.home)
        made.__dict__.update(settings=settings, log=log, vault=vault, packs=packs)
        return made

    def keep_log(self) -> None:
        """From now on, log what happens to the log file; for commands that work, not for those that only look."""
        from automation.logs import set_up

        set_up(self.settings)

    @property
    def by(self) -> str:
        """Who acts: the operator's name as it is kept in the log."""
        return self.settings.operator

    def close(self) -> None:
        """Close what was opened."""
        self._open.close()


def _ask_passphrase() -> SecretStr:
    from pydantic import SecretStr

    if not sys.stdin.isatty():
        return SecretStr("")
    return SecretStr(typer.prompt("passphrase of the vault", hide_input=True))


def office(ctx: typer.Context) -> Office:
    """The office of this command."""
    found = ctx.find_object(Office)
    assert found is not None, "the root callback makes it"
    return found
