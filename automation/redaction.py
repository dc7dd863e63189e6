"""What must not be written anywhere: the secrets that this process has in its hands, and how to take them out of text.

The vault puts in every secret that it gives out, the browser every one-time code and every cookie of a session. The
logs and the traces pass through `LIVE` before they reach the disk.
"""

from __future__ import annotations

import base64
import html
import json
import re
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from urllib.parse import quote, quote_plus

MASK: Final = "[masked]"
SHORTEST: Final = 4  # characters; masking anything shorter would blank out half of every text
_BASE64_SHORTEST: Final = 8  # characters of a base64 middle part, below which it says nothing
_CODES_KEPT: Final = 50  # one-time codes are worthless soon; the newest ones are enough


def _escaped(text: str) -> Iterator[str]:
    """The text as it stands, and as URLs, HTML and JSON write it."""
    yield text
    yield quote(text, safe="")
    yield quote_plus(text)
    yield quote(text)
    yield html.escape(text)
    yield json.dumps(text)[1:-1]
    yield json.dumps(text, ensure_ascii=False)[1:-1]


def _base64(data: bytes) -> Iterator[str]:
    """The part of a base64 text that the bytes fix, wherever in a longer message they begin."""
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + data).decode()
        first = 0 if shift == 0 else shift + 1  # characters that also hold bits of what stands before
        middle = encoded[first : (shift + len(data)) * 8 // 6]  # and without the one that also holds what comes after
        if len(middle) >= _BASE64_SHORTEST:
            yield middle
            yield middle.replace("+", "-").replace("/", "_")


def spellings(secret: str) -> frozenset[str]:
    """Every way of writing a secret that is looked for: plain, URL, HTML, JSON (also nested), hex, base64."""
    found = {twice for once in _escaped(secret) for twice in _escaped(once)}
    found |= {re.sub(r"%[0-9A-F]{2}", lambda match: match[0].lower(), text) for text in found}
    data = secret.encode()
    found |= {data.hex(), data.hex().upper(), *_base64(data)}
    return frozenset(text for text in found if len(text) >= SHORTEST)


class LiveSecrets:
    """The secrets in use. Thread-safe; what is put in stays until the process ends or its owner's set is replaced."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: set[str] = set()
        self._codes: deque[str] = deque(maxlen=_CODES_KEPT)
        self._owned: dict[str, frozenset[str]] = {}
        self._words: tuple[str, ...] | None = None

    def add(self, secret: str) -> None:
        """Mask this text from now on."""
        with self._lock:
            if secret not in self._kept:
                self._kept.add(secret)
                self._words = None

    def add_code(self, code: str) -> None:
        """Mask a one-time code; only the newest are remembered."""
        with self._lock:
            self._codes.append(code)
            self._words = None

    def hold(self, owner: str, secrets: Iterable[str]) -> None:
        """Replace what `owner` (an account's session) has in use: cookies and tokens change all the time."""
        new = frozenset(secrets)
        with self._lock:
            if self._owned.get(owner) != new:
                self._owned[owner] = new
                self._words = None

    def mask(self, text: str) -> str:
        """The text with every live secret replaced by `MASK`."""
        for word in self._longest_first():
            text = text.replace(word, MASK)
        return text

    def found(self, text: str) -> tuple[str, ...]:
        """What the text has of the live secrets, each as it is spelled there, the longest first."""
        return tuple(word for word in self._longest_first() if word in text)

    def mask_bytes(self, data: bytes) -> bytes:
        """The same for bytes of any kind, with the secrets in UTF-8."""
        for word in self._longest_first():
            data = data.replace(word.encode(), MASK.encode())
        return data

    def _longest_first(self) -> tuple[str, ...]:
        # One search a word: many times faster on megabytes than a pattern with all of them.
        with self._lock:
            if self._words is None:
                secrets = self._kept.union(self._codes, *self._owned.values())
                words = {word for secret in secrets if len(secret) >= SHORTEST for word in spellings(secret)}
                self._words = tuple(sorted(words, key=lambda word: (-len(word), word)))
            return self._words


def tokens(state: Mapping[str, object]) -> frozenset[str]:
    """What lets somebody in, out of a browser's storage state: cookie values and long words of the local storage.

    Values under eight characters are left out: they are flags and languages, and masking them would blank out
    ordinary text.
    """
    found: set[str] = set()
    for key, least in (("cookies", 8), ("origins", 20)):
        for text in _leaves(state.get(key)):
            if len(text) >= least and not re.search(r"\s", text):
                found.add(text)
    return frozenset(found)


def _leaves(value: object) -> Iterator[str]:
    """Every `value` in the nested state, and the strings inside those that are JSON themselves."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key == "value" and isinstance(inner, str):
                yield from _words(inner)
            else:
                yield from _leaves(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _leaves(inner)


def _words(text: str) -> Iterator[str]:
    yield text
    if text.startswith(("{", "[", '"')):
        try:
            inner = json.loads(text)
        except ValueError:
            return
        yield from _strings(inner)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


LIVE: Final = LiveSecrets()
