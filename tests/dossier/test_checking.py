"""A dossier is whole or it is not: no byte of it can be changed unseen, whoever made the file."""

from __future__ import annotations

import hashlib
import io
import json
import random
import struct
import zipfile
from collections.abc import Callable, Mapping

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from automation.dossier import archive, manifest
from automation.dossier.archive import Member
from automation.dossier.checking import verify
from automation.dossier.manifest import CHAIN, EVENTS, KEY, MANIFEST, ROWS, SIGNATURE, Manifest
from automation.errors import DossierBroken
from tests.dossier.conftest import Bureau


def broken(content: bytes, *, key: str = "") -> str:
    with pytest.raises(DossierBroken) as refused:
        verify(io.BytesIO(content), key=key)
    return refused.value.message


def members(dossier: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(dossier)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def packed(held: Mapping[str, bytes]) -> bytes:
    """An archive as the program writes one, of whatever members."""
    out = io.BytesIO()
    listed = [Member(name, content) for name, content in held.items()]
    archive.write(out, listed, [archive.measure(one) for one in listed])
    return out.getvalue()


def forged(dossier: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """What somebody could make who signs anew with a key of their own."""
    held = members(dossier)
    told = Manifest.model_validate_json(held[MANIFEST])
    change(held)
    key = Ed25519PrivateKey.generate()
    held[KEY] = manifest.pem(key.public_key())
    listed = [archive.measure(Member(name, content)) for name, content in held.items()][2:]
    signed = told.model_copy(
        update={"key": manifest.fingerprint(key.public_key()), "members": tuple(map(manifest.held, listed))}
    )
    held[MANIFEST] = signed.text()
    held[SIGNATURE] = key.sign(held[MANIFEST])
    return packed(held)


def test_a_dossier_is_whole_as_it_was_made(dossier: bytes, bureau: Bureau) -> None:
    found = verify(io.BytesIO(dossier))
    assert (found.manifest.case, found.manifest.made_by, found.vouched) == (bureau.case.id, "Li Na", False)
    assert packed(members(dossier)) == dossier


def test_any_zip_program_reads_it(dossier: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(dossier)) as opened:
        assert opened.testzip() is None


def test_each_changed_byte_is_seen(dossier: bytes) -> None:
    """Each byte of the file, headers and contents, by some change of its bits."""
    chance = random.Random(7)
    unseen = []
    for place in range(len(dossier)):
        changed = bytearray(dossier)
        changed[place] ^= chance.randrange(1, 256)
        try:
            verify(io.BytesIO(changed))
            unseen.append(place)
        except DossierBroken as refused:
            assert refused.message  # noqa: PT017 -- thousands of them
    assert unseen == []


def test_what_is_put_before_after_or_cut_off_is_seen(dossier: bytes) -> None:
    assert "goes on after its end" in broken(dossier + b"\0")
    assert "not a dossier" in broken(b"\0" + dossier)
    assert "not a dossier" in broken(b"")
    for cut in range(1, len(dossier), 97):
        broken(dossier[:-cut])
    comment = dossier[:-2] + struct.pack("<H", 4) + b"note"
    assert "list of files" in broken(comment)


@pytest.mark.parametrize("name", ["case.json", "dossier.pdf", "evidence/1-01.txt", KEY, EVENTS])
def test_it_is_named_what_was_replaced(dossier: bytes, name: str) -> None:
    held = members(dossier)
    held[name] += b"\n"
    told = broken(packed(held))
    assert name in told


def test_members_too_many_too_few_and_in_other_order_are_seen(dossier: bytes) -> None:
    held = members(dossier)
    assert "evidence/9-01.txt is not listed" in broken(packed({**held, "evidence/9-01.txt": b"more"}))
    assert "case.json is missing" in broken(packed({name: held[name] for name in held if name != "case.json"}))
    *first, one, two = held
    assert "in the place of" in broken(packed({name: held[name] for name in (*first, two, one)}))
    last = list(held)[-1]
    assert f"{last} is missing" in broken(packed({name: held[name] for name in held if name != last}))


@pytest.mark.parametrize("name", ["../x.txt", "/x.txt", "a\\b.txt", "X.txt", "a/b/c.txt", "证据.txt", "x", "nul\0.txt"])
def test_names_that_the_program_does_not_give_are_refused(dossier: bytes, name: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(name.replace("\0", "0") if "\0" in name else name, b"x")
    content = out.getvalue().replace(b"nul0.txt", b"nul\0.txt")
    assert "not a name" in broken(content)


def test_a_name_twice_and_a_bomb_are_refused(dossier: bytes) -> None:
    one = Member("a.txt", b"x")
    known = archive.measure(one)
    out = io.BytesIO()
    archive.write(out, [one, one], [known, known])
    assert "twice" in broken(out.getvalue())
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("manifest.json", b"0" * 10_000_000)
    broken(bomb.getvalue())


def test_who_signs_anew_is_another(dossier: bytes, bureau: Bureau) -> None:
    mine = verify(io.BytesIO(dossier)).manifest.key
    assert verify(io.BytesIO(dossier), key=mine).vouched
    assert verify(io.BytesIO(dossier), key=mine[:16].upper()).vouched
    assert "not signed by the key" in broken(dossier, key=mine[:15])
    theirs = forged(dossier, lambda held: held.update({"case.json": b"{}"}))
    assert not verify(io.BytesIO(theirs)).vouched
    assert "not signed by the key" in broken(theirs, key=mine)


def _replaced(name: str, old: bytes, new: bytes) -> Callable[[dict[str, bytes]], None]:
    def change(held: dict[str, bytes]) -> None:
        assert old in held[name]
        held[name] = held[name].replace(old, new, 1)

    return change


def _without_line(name: str, having: bytes) -> Callable[[dict[str, bytes]], None]:
    def change(held: dict[str, bytes]) -> None:
        lines = held[name].splitlines(keepends=True)
        left = [line for line in lines if having not in line]
        assert len(left) < len(lines)
        held[name] = b"".join(left)

    return change


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_replaced(EVENTS, b'"by_whom":"Wang"', b'"by_whom":"Wong"'), "is not the one in the chain"),
        (_replaced(EVENTS, b'"case_id":', b'"case_id":9'), "no event of case"),
        (_replaced(EVENTS, b"{", b"["), "no event of case"),
        (_without_line(EVENTS, b'"kind":"entered"'), "stands where it cannot"),
        (_replaced(ROWS, "证据不足".encode(), "证据充足".encode()), "is not as the newest event"),
        (_without_line(ROWS, b'["approvals"'), "approvals row 1 is missing"),
        (lambda held: held.update({CHAIN: held[CHAIN][65:]}), "does not reach"),
        (lambda held: held.update({CHAIN: held[CHAIN][:-1]}), "not a hash a line"),
        (lambda held: held.update({CHAIN: b"0" * 64 + held[CHAIN][64:]}), "not the one in the chain"),
        (lambda held: held.update({"evidence/1-01.txt": b"another"}), "not a file that the log names"),
    ],
)
def test_events_and_rows_must_fit_the_chain_even_for_whoever_signs(
    dossier: bytes, change: Callable[[dict[str, bytes]], None], told: str
) -> None:
    assert told in broken(forged(dossier, change))


def test_the_event_before_must_be_the_one_in_the_chain(dossier: bytes) -> None:
    events = [json.loads(line) for line in members(dossier)[EVENTS].splitlines()]
    numbers = [event["seq"] for event in events]
    stranger = next(number - 1 for number in numbers[1:] if number - 1 not in numbers)

    def change(held: dict[str, bytes]) -> None:
        links = held[CHAIN].split()
        links[stranger - numbers[0]] = b"0" * 64
        held[CHAIN] = b"\n".join(links) + b"\n"

    assert f"event {stranger + 1} does not follow" in broken(forged(dossier, change))


def test_the_lines_are_what_the_hashes_are_of(dossier: bytes, bureau: Bureau) -> None:
    """As docs/dossier.md says, with nothing of this program."""
    held = members(dossier)
    first = json.loads(held[MANIFEST])["chain"]["first"]
    chain = held[CHAIN].decode().split()
    log = {event.id: event.hash for event in bureau.office.log.events()}
    for line in held[EVENTS].splitlines():
        event = json.loads(line)
        assert hashlib.sha256(line).hexdigest() == chain[event["seq"] - first] == log[event["seq"]]
