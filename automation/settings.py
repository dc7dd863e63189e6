"""The program's settings: what the code calls them, their units, and where they come from.

Environment variables (`APPEALDESK_` and the setting's name) go before `appealdesk.toml` in the home folder, which goes
before the defaults. Passwords, seeds and keys are never settings: they live in the vault.
"""

from __future__ import annotations

import getpass
import os
import re
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import unquote, urlsplit

import platformdirs
from pydantic import Field, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from pydantic_settings import SettingsError as SourceError

from automation.errors import SettingsError
from automation.redaction import LIVE

PREFIX: Final = "APPEALDESK_"
FILE: Final = "appealdesk.toml"
# Variables with our prefix that are no settings, because what they hold is a secret.
SECRET_VARIABLES: Final = frozenset({"PASSPHRASE"})
_SECRET_WORDS: Final = re.compile(r"passphrase|password|secret|seed|totp|token|cookie", re.IGNORECASE)

_HOST: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?")


def default_home() -> Path:
    """Where case log, evidence, vault and logs lie unless told otherwise: the user's data folder of the system."""
    return platformdirs.user_data_path("appealdesk", appauthor=False)


def _operator() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container may run under a user id without a name
        return "operator"


class Settings(BaseSettings):
    """Every setting. Use `Settings.load`, whose errors say which file or variable is wrong."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True)

    home: Annotated[
        Path, Field(description="Folder of the case log, evidence, vault, logs and profiles. Not in the file.")
    ]
    database_url: Annotated[
        str, Field(description="SQLAlchemy URL of the case log. Empty: SQLite in the home folder.")
    ] = ""
    operator: Annotated[
        str,
        Field(min_length=1, description="Who decides at the checkpoints; default: the user of the operating system."),
    ] = Field(default_factory=_operator)
    packs: Annotated[
        Path | None,
        Field(description="Folder with packs that override the shipped ones. Empty: `packs` in the home folder."),
    ] = None
    bar_author: Annotated[bool, Field(description="Whether who entered a case is barred from approving it.")] = False
    approval_hours: Annotated[float, Field(gt=0, description="Hours after which an unused approval expires.")] = 72
    flows_at_once: Annotated[
        int, Field(ge=1, le=64, description="Accounts worked on at the same time. About two for each processor core.")
    ] = 4
    challenge_seconds: Annotated[
        float, Field(gt=0, description="Seconds that a person has to answer a sign-in challenge.")
    ] = 300
    settle_grace_minutes: Annotated[
        float, Field(ge=0, description="Minutes after a click without receipt before a person may release the case.")
    ] = 30
    step_seconds: Annotated[float, Field(gt=0, description="Seconds that a step waits for the page.")] = 15
    browser_path: Annotated[
        Path | None,
        Field(description="Browser to use. Empty: Playwright's own, then the system's Chrome, Edge or Chromium."),
    ] = None
    headless: Annotated[
        bool, Field(description="Whether the browser works without a window. False needs a full browser.")
    ] = True
    tabs_open: Annotated[
        int, Field(ge=1, description="Idle tabs kept open, one an account; about 30 MB of memory each.")
    ] = 8
    animation_speed: Annotated[
        float,
        Field(ge=1, description="Factor by which the page's animations run faster; never in an attached browser."),
    ] = 50
    traces: Annotated[
        Literal["off", "steps", "full"],
        Field(
            description="What trace a failure leaves beside its screenshot, with secrets masked. `steps`: every step, "
            "request and console line; `full`: the page around each step as well, which is slow."
        ),
    ] = "steps"
    vault_key: Annotated[
        Literal["auto", "keyring", "passphrase", "file"],
        Field(
            description="What guards a new vault: the system's keyring, a passphrase (`APPEALDESK_PASSPHRASE`, or "
            "asked for) or a key file. `auto`: the first of these that there is."
        ),
    ] = "auto"
    vault_key_file: Annotated[
        Path | None,
        Field(
            description="The vault's key file, outside of the home folder. Empty: in the user's configuration folder."
        ),
    ] = None
    console_hosts: Annotated[
        str,
        Field(
            description="Names, with commas between them, by which the console is reached through a proxy or a tunnel, "
            "such as `console.agency.example`; each with its port unless that is the usual one."
        ),
    ] = ""
    console_tls: Annotated[
        bool,
        Field(
            description="Whether a proxy on this machine gives the console to others over TLS, by `console_hosts` "
            "alone. Cookies are for TLS only then, and the address that the proxy states counts at sign-in."
        ),
    ] = False
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Field(description="Least severity that enters the log file.")
    ] = "info"
    log_megabytes: Annotated[
        float, Field(gt=0, description="Megabytes at which the log file is set aside for a new one.")
    ] = 10
    log_files: Annotated[int, Field(ge=1, description="Log files kept, beside the one that is written.")] = 5
    notice_language: Annotated[
        Literal["zh", "en"], Field(description="What notices to people outside of the console are written in.")
    ] = "zh"

    @classmethod
    def load(cls, home: Path | None = None) -> Self:
        """Read environment and file. `home` goes before `APPEALDESK_HOME`, which goes before the system's data folder.

        Raises `SettingsError`, which names the file or variable, the key, and what to do.
        """
        place = (home or Path(os.environ.get(f"{PREFIX}HOME") or default_home())).expanduser().absolute()
        _check_variables(cls)
        _check_file(cls, place / FILE)
        try:
            settings = cls(home=place)
        except ValidationError as error:
            raise _explain(cls, error, place / FILE) from None
        except SourceError as error:
            raise SettingsError(str(error), file="environment") from None
        if password := urlsplit(settings.database_url).password:  # the one secret that an address may hold
            LIVE.add(unquote(password))
        return settings

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  not a source here
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  not a source here
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given, then the environment, then the file in the home folder."""
        home = init_settings().get("home") or default_home()
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=Path(home) / FILE)

    @field_validator("packs", "browser_path", "vault_key_file", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("packs", "browser_path", "vault_key_file")
    @classmethod
    def _expand(cls, value: Path | None) -> Path | None:
        return value.expanduser() if value else None

    @field_validator("console_hosts")
    @classmethod
    def _check_hosts(cls, value: str) -> str:
        for name in filter(None, map(str.strip, value.split(","))):
            if not _HOST.fullmatch(name):
                raise ValueError(f"{name!r} is no name of a host, with or without a port")
        return value

    @property
    def console_names(self) -> tuple[str, ...]:
        """The names by which the console is reached from elsewhere, as browsers write them."""
        return tuple(filter(None, (name.strip().lower() for name in self.console_hosts.split(","))))

    @property
    def database(self) -> str:
        """The case log's URL, with the default filled in."""
        return self.database_url or f"sqlite:///{(self.home / 'cases.db').as_posix()}"

    @property
    def packs_folder(self) -> Path:
        """Where override packs lie, with the default filled in."""
        return self.packs or self.home / "packs"

    @property
    def log_file(self) -> Path:
        """Where the JSON lines of the log go."""
        return self.home / "logs" / "appealdesk.jsonl"


def document() -> str:
    """`docs/settings.md`, from the fields themselves."""
    lines = [
        "# Settings",
        "",
        "Environment variables go before `appealdesk.toml` in the home folder, which goes before the defaults.",
        "The file holds `key = value` lines, with the names below. Passwords, TOTP seeds and keys are no settings;",
        "they live in the vault. `APPEALDESK_PASSPHRASE` opens a vault that is guarded by a passphrase.",
        "",
        "| Setting | Variable | Kind | Default | Meaning |",
        "|---|---|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        variable = f"`{PREFIX}{name.upper()}`"
        lines.append(f"| `{name}` | {variable} | {_kind(field)} | {_default(field)} | {field.description} |")
    return "\n".join(lines) + "\n"


def _kind(field: FieldInfo) -> str:
    kinds: dict[object, str] = {str: "text", bool: "true / false", int: "whole number", float: "number", Path: "path"}
    plain = kinds.get(field.annotation)
    if plain:
        return plain
    words = re.findall(r"'(\w+)'", str(field.annotation))
    return ", ".join(f"`{word}`" for word in words) if words else "path"


def _default(field: FieldInfo) -> str:
    if field.is_required() or field.default_factory is not None:
        return "from the system"
    if field.default in (None, ""):
        return "empty"
    return f"`{str(field.default).lower() if isinstance(field.default, bool) else field.default}`"


def _check_variables(settings: type[Settings]) -> None:
    for variable in sorted(os.environ):
        if not variable.upper().startswith(PREFIX):
            continue
        name = variable.upper().removeprefix(PREFIX)
        if name.lower() not in settings.model_fields and name not in SECRET_VARIABLES:
            raise _unknown(settings, name.lower(), file="environment", field=variable)


def _check_file(settings: type[Settings], file: Path) -> None:
    try:
        with file.open("rb") as opened:
            read: dict[str, Any] = tomllib.load(opened)
    except FileNotFoundError:
        return
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        at = re.search(r"line (\d+)", str(error))
        raise SettingsError(
            f"this is not TOML: {error}",
            file=file,
            line=int(at[1]) if at else None,
            hint='lines look like: key = "value"',
        ) from None
    except OSError as error:
        raise SettingsError(f"cannot be read: {error.strerror}", file=file) from None
    for key in read:
        if key == "home":
            raise SettingsError(
                "the home folder cannot be set by a file that lies in it",
                file=file,
                line=_line(file, key),
                field=key,
                hint=f"set the variable {PREFIX}HOME or use --home",
            )
        if key not in settings.model_fields:
            raise _unknown(settings, key, file=file, line=_line(file, key), field=key)


def _unknown(
    settings: type[Settings], key: str, *, file: Path | str, field: str, line: int | None = None
) -> SettingsError:
    if _SECRET_WORDS.search(key):
        hint = "secrets are not settings: put them into the vault, and take them out of here"
    elif near := get_close_matches(key.lower(), settings.model_fields, n=1):
        hint = f"did you mean {near[0] if field == key else PREFIX + near[0].upper()}?"
    else:
        hint = f"settings are: {', '.join(settings.model_fields)}"
    return SettingsError("there is no such setting", file=file, line=line, field=field, hint=hint)


def _explain(settings: type[Settings], error: ValidationError, file: Path) -> SettingsError:
    first = error.errors()[0]
    key = str(first["loc"][0]) if first["loc"] else ""
    variable = next((name for name in os.environ if name.upper() == PREFIX + key.upper()), "")
    about = settings.model_fields[key].description if key in settings.model_fields else ""
    message = f"{first['msg']}; it is {first['input']!r}"
    if variable:
        return SettingsError(message, file="environment", field=variable, hint=about or "")
    return SettingsError(message, file=file, line=_line(file, key), field=key, hint=about or "")


def _line(file: Path, key: str) -> int | None:
    pattern = re.compile(rf"""\s*\[*\s*["']?{re.escape(key)}["']?\s*[=\].]""")
    lines = file.read_text("utf-8", errors="replace").splitlines() if file.exists() else []
    return next((number for number, line in enumerate(lines, 1) if pattern.match(line)), None)
