"""Whether a dossier is what its maker signed: with nothing but the file, which may come from anybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO, Final

from automation.dossier import archive, manifest, proof
from automation.dossier.archive import Measured
from automation.dossier.manifest import ALWAYS, CHAIN, EVENTS, KEY, MANIFEST, ROWS, SIGNATURE, Manifest
from automation.errors import DossierBroken

_PAPERS: Final = 64 << 20  # bytes; a manifest, a case's events, the hashes of a log of a million events
_SHORTEST: Final = 16
"""Digits of a fingerprint that a reader must give: fewer can be made to fit."""


@dataclass(frozen=True, slots=True)
class Verified:
    """A dossier of which every byte is as it was signed. `vouched`: by the key whose fingerprint the reader gave."""

    manifest: Manifest
    vouched: bool


def verify(file: BinaryIO, *, key: str = "") -> Verified:
    """Check every byte. `key`: the fingerprint of the maker's key, or its beginning, as the reader knows it otherwise.

    Raises `DossierBroken` naming what is wrong.
    """
    members = archive.read(file)
    by_name = {one.name: one for one in members}
    for place, name in enumerate(ALWAYS):
        if place >= len(members) or members[place].name != name:
            raise DossierBroken(f"{name} is missing, or not in its place")

    def text(name: str) -> bytes:
        return archive.content(file, by_name[name], most=_PAPERS)

    signed = manifest.opened(text(MANIFEST), text(SIGNATURE), text(KEY))
    _check_members(signed, members)
    named = proof.check(signed.case, signed.chain, {name: text(name) for name in (EVENTS, ROWS, CHAIN)})
    for one in members[len(ALWAYS) :]:
        if one.sha256 not in named:
            raise DossierBroken(f"{one.name} is not a file that the log names")
    given = key.replace(":", "").replace(" ", "").lower()
    if key and (len(given) < _SHORTEST or not signed.key.startswith(given)):
        raise DossierBroken(
            f"the dossier is whole, but not signed by the key {key}", hint=f"it is signed by {signed.key}"
        )
    return Verified(signed, vouched=bool(key))


def _check_members(signed: Manifest, members: list[Measured]) -> None:
    rest = [one for one in members if one.name not in (MANIFEST, SIGNATURE)]
    meant, there = {one.name for one in signed.members}, {one.name for one in rest}
    for name in sorted(meant - there):
        raise DossierBroken(f"{name} is missing, which {MANIFEST} lists")
    for name in sorted(there - meant):
        raise DossierBroken(f"{name} is not listed in {MANIFEST}")
    for listed, one in zip(signed.members, rest, strict=False):
        if listed.name != one.name:
            raise DossierBroken(f"{one.name} stands in the place of {listed.name}")
        if listed != manifest.held(one):
            raise DossierBroken(f"{one.name} was changed: its SHA-256 is {one.sha256}, signed was {listed.sha256}")
    if len(signed.members) != len(rest):
        raise DossierBroken(f"{MANIFEST} lists a file twice")
