"""Where notices go: addresses as apprise writes them (DingTalk, WeCom, Feishu, mail, ...), kept in the vault.

An address holds a token or a password, so it is a secret: it can be set and removed, never read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import unquote

import apprise
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from automation.errors import InputError
from automation.redaction import LIVE
from automation.vault import Vault

_OWNER: Final = "notice channels"  # beside the accounts of platforms, whose names have no blanks
_PART_LEAST: Final = 8  # characters; a shorter part is no token, and a word of many texts


class Topic(StrEnum):
    """What one may be told of."""

    APPROVAL = "approval"  # a packet or a form waits for a decision
    CHALLENGE = "challenge"  # a sign-in asks something; always at once
    RESULT = "result"  # the platform answered, or a person must look
    DEADLINE = "deadline"  # a window ends within a day, and nothing was sent


class _Kept(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str
    topics: frozenset[Topic]
    digest_minutes: int = Field(ge=0, le=7 * 24 * 60)
    client: str = ""


@dataclass(frozen=True, slots=True)
class Channel:
    """One address. `digest_minutes` of 0: at once; `client`: only this client's cases, empty: everybody's."""

    name: str
    url: SecretStr
    topics: frozenset[Topic]
    digest_minutes: int = 0
    client: str = ""

    @property
    def service(self) -> str:
        """Which service it is: the address up to its first colon, which is no secret."""
        return self.url.get_secret_value().partition(":")[0]


class Channels:
    """The channels in a vault, by name."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def __iter__(self) -> Iterator[Channel]:
        """All, by name. Raises `VaultError`."""
        for name in sorted(self._vault.names(_OWNER)):
            kept = _Kept.model_validate_json(self._vault.secret(_OWNER, name).get_secret_value())
            _hide(kept.url)
            yield Channel(name, SecretStr(kept.url), kept.topics, kept.digest_minutes, kept.client)

    def put(self, channel: Channel) -> None:
        """Add one, or replace it. Raises `InputError` for an address that no service knows, `VaultError` for a name."""
        url = channel.url.get_secret_value().strip()
        _hide(url)
        if not channel.topics:
            raise InputError("choose what it is to be told of", field="topics")
        if not apprise.Apprise().add(url):
            raise InputError(
                "no service knows this address",
                field="url",
                hint="such as dingtalk://TOKEN, wecombot://KEY, feishu://TOKEN or mailtos://USER:PASSWORD@HOST",
            )
        kept = {"url": url, "topics": sorted(channel.topics), "digest_minutes": channel.digest_minutes}
        self._vault.set_secret(_OWNER, channel.name, json.dumps({**kept, "client": channel.client}))

    def remove(self, name: str) -> None:
        """Forget one; nothing happens where there is none."""
        self._vault.remove(_OWNER, name)


def _hide(url: str) -> None:
    """Keep an address out of every log, and its parts too: a service's library writes it in its own way."""
    LIVE.add(url)
    for part in re.split(r"[:/?&=@#]+", url)[1:]:
        if len(part) >= _PART_LEAST:
            LIVE.add(part)
            LIVE.add(unquote(part))
