"""The manifest: what a dossier holds, and the signature over it.

`manifest.json` is signed as it lies there, byte for byte; it names every other member by size and SHA-256.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Final, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from automation.dossier.archive import Measured
from automation.errors import DossierBroken

MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
KEY: Final = "key.pem"
PAPER: Final = "dossier.pdf"
CASE: Final = "case.json"
EVENTS: Final = "events.jsonl"
ROWS: Final = "rows.jsonl"
CHAIN: Final = "chain.txt"
ALWAYS: Final = (MANIFEST, SIGNATURE, KEY, PAPER, CASE, EVENTS, ROWS, CHAIN)
"""What every dossier begins with, in this order; evidence and pictures follow."""

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Held(_Strict):
    """A member; size in bytes."""

    name: str
    size: Annotated[int, Field(ge=0)]
    sha256: Sha256


class Chain(_Strict):
    """Where the case stands in the log: the numbers of its first event and of the log's newest, and that one's hash."""

    first: Annotated[int, Field(ge=1)]
    head: Annotated[int, Field(ge=1)]
    hash: Sha256


class Manifest(_Strict):
    """All that is signed. `key` is the fingerprint of the signing key, `events` the number of the case's events."""

    format: Literal["appealdesk dossier 1"]
    case: int
    store: str
    platform: str
    made_at: AwareDatetime
    made_by: str
    program: str
    key: Sha256
    chain: Chain
    events: int
    members: tuple[Held, ...]

    def text(self) -> bytes:
        """As it is written and signed."""
        return self.model_dump_json(indent=2).encode() + b"\n"


def held(member: Measured) -> Held:
    """How the manifest names a member."""
    return Held(name=member.name, size=member.size, sha256=member.sha256)


def pem(key: Ed25519PublicKey) -> bytes:
    """The public key as OpenSSL reads it."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def fingerprint(key: Ed25519PublicKey) -> str:
    """SHA-256, in hex, of the public key's DER form (SubjectPublicKeyInfo)."""
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def opened(text: bytes, signature: bytes, public: bytes) -> Manifest:
    """The manifest, once its signature was checked. Raises `DossierBroken`."""
    try:
        key = load_pem_public_key(public)
    except ValueError:
        raise DossierBroken(f"{KEY} was changed: it is no public key") from None
    if not isinstance(key, Ed25519PublicKey) or pem(key) != public:
        raise DossierBroken(f"{KEY} was changed: it is not an Ed25519 key as this program writes one")
    try:
        key.verify(signature, text)
    except InvalidSignature:
        raise DossierBroken(f"the signature does not fit: {MANIFEST}, {SIGNATURE} or {KEY} was changed") from None
    try:
        manifest = Manifest.model_validate_json(text)
    except (ValidationError, RecursionError) as error:
        raise DossierBroken(f"{MANIFEST} is of a kind that this version does not know: {error}") from None
    if manifest.key != fingerprint(key):
        raise DossierBroken(f"{MANIFEST} names another key than {KEY}")
    return manifest
