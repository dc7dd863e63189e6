"""The program's log: JSON lines in the home folder, without any secret.

`set_up` is called once by whoever starts the process. Everything that the process logs, through structlog or the
standard library, goes through the same chain, whose last step but one takes the live secrets out.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Final

import structlog
from pydantic import SecretBytes, SecretStr
from structlog.typing import EventDict, WrappedLogger

from automation.redaction import LIVE, MASK
from automation.settings import Settings

_BY_NAME: Final = frozenset({"password", "passphrase", "secret", "seed", "totp", "code", "cookie", "cookies", "token"})


def mask_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Take every live secret out of an event, at any depth, and whatever is called like one."""
    return {
        LIVE.mask(str(key)): MASK if str(key).lower() in _BY_NAME else _masked(value) for key, value in event.items()
    }


def _masked(value: object) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value if LIVE.mask(str(value)) == str(value) else MASK
    if isinstance(value, SecretStr | SecretBytes):
        return MASK
    if isinstance(value, Mapping):
        return {LIVE.mask(str(key)): _masked(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(inner) for inner in value]
    if isinstance(value, bytes):
        return LIVE.mask_bytes(value).decode(errors="replace")
    return LIVE.mask(value if isinstance(value, str) else str(value))


class _File(RotatingFileHandler):
    """A file of mode 0600 that several processes write to: follows when another one has set it aside."""

    def _open(self) -> TextIOWrapper:
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return TextIOWrapper(os.fdopen(descriptor, "ab"), encoding="utf-8", write_through=False)

    def emit(self, record: logging.LogRecord) -> None:
        if self.stream is not None and not self._is_current():
            self.stream.close()
            self.stream = self._open()
        super().emit(record)

    def doRollover(self) -> None:  # noqa: N802  the library's name
        # Windows refuses to rename a file that another process has open: then it grows until the next try.
        with suppress(PermissionError):
            super().doRollover()
        if self.stream is None:
            self.stream = self._open()

    def _is_current(self) -> bool:
        try:
            named = Path(self.baseFilename).stat()
        except OSError:
            return False
        ours = os.fstat(self.stream.fileno()) if self.stream else None
        return ours is not None and (named.st_dev, named.st_ino) == (ours.st_dev, ours.st_ino)


def set_up(settings: Settings) -> None:
    """Send every log line of this process to the settings' file; errors of the log itself go to standard error."""
    settings.log_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    chain: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *chain, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = _File(
        settings.log_file,
        maxBytes=int(settings.log_megabytes * 1_000_000),
        backupCount=settings.log_files,
        encoding="utf-8",
        delay=True,
    )
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=chain,
            processors=[
                structlog.stdlib.PositionalArgumentsFormatter(),
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                mask_secrets,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    for old in [one for one in root.handlers if isinstance(one, _File)]:
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    root.setLevel(settings.log_level.upper())
    # A log line of a library must not end up, unmasked, on a terminal either.
    logging.lastResort = None
    logging.captureWarnings(capture=not sys.warnoptions)
