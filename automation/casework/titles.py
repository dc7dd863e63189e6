"""What platforms, channels and reasons are called, for people."""

from __future__ import annotations

from collections.abc import Callable

from automation.errors import AppealdeskError
from automation.office import Office


class Titles:
    """The packs' titles."""

    def __init__(self, office: Office) -> None:
        self._packs = office.packs

    def platform(self, name: str) -> str:
        """The pack's title; the name where the pack cannot be read."""
        return self._or(name, lambda: self._packs.pack(name).title)

    def channel(self, platform: str, name: str) -> str:
        """The channel's title."""
        return self._or(name, lambda: self._packs.pack(platform).channels[name].title)

    def reason(self, platform: str, channel: str, term: str) -> str:
        """The reason's title."""
        return self._or(term, lambda: self._packs.pack(platform).channels[channel].reasons[term].title)

    @staticmethod
    def _or(otherwise: str, read: Callable[[], str]) -> str:
        try:
            return read()
        except (AppealdeskError, KeyError):
            return otherwise
