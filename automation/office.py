"""What people's work needs: settings, case log, vault and packs of one home folder, each opened when first used."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from automation.errors import CaseLogError
from automation.secret import taken_passphrase

if TYPE_CHECKING:
    from pydantic import SecretStr

    from automation.caselog import CaseLog
    from automation.packs import Packs
    from automation.settings import Settings
    from automation.vault import Vault

RESTORING = ".restoring-"
"""How a folder in the home begins in whose place the files of a backup lie until all of it is there."""


class Office:
    """One home folder; close it when the work is done.

    `ask` gets the vault's passphrase from a person where it needs one, `warn` tells them what the vault has to say.
    """

    def __init__(
        self,
        home: Path | None,
        *,
        ask: Callable[[], SecretStr] | None = None,
        warn: Callable[[str], None] | None = None,
    ) -> None:
        self._home = home
        self._ask = ask
        self._warn = warn
        self.passphrase = taken_passphrase()  # of the environment, which others inherit
        self._open = ExitStack()

    @cached_property
    def settings(self) -> Settings:
        """The settings. Raises `SettingsError`."""
        from automation.settings import Settings

        return Settings.load(self._home)

    @cached_property
    def log(self) -> CaseLog:
        """The case log; made where there is none. Raises `CaseLogError` where a restore has not come to its end."""
        from automation.caselog import CaseLog

        if any(self.settings.home.glob(f"{RESTORING}*")):
            raise CaseLogError(
                f"a backup is being restored into {self.settings.home}, or was and the restore was interrupted",
                hint="let it end, or restore the backup once more",
            )
        return self._open.enter_context(CaseLog.open(self.settings.database, self.settings.home))

    @cached_property
    def vault(self) -> Vault:
        """The vault; made where there is none."""
        from automation.vault import Vault

        return Vault.of(self.settings, given=self.passphrase, ask=self._ask, say=self._warn)

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
        """Who acts where nobody signs in: the operator's name as it is kept in the log."""
        return self.settings.operator

    def close(self) -> None:
        """Close what was opened."""
        self._open.close()
