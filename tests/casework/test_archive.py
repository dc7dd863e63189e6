from __future__ import annotations

import hashlib
import io
import json
import shutil
import stat
import zipfile
from collections import namedtuple
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from automation.caselog import CaseLog
from automation.casework.archive import Archive, Manifest, Member, Writer
from automation.casework.backup import back_up
from automation.casework.restoring import restore
from automation.errors import AppealdeskError, CaseLogError, ChainBroken, InputError
from automation.model import utc_now
from tests.caselog.conftest import Desk
from tests.casework.conftest import AtHome
from tests.conftest import HandClock

OLD = Path(__file__).parents[1] / "caselog" / "old" / "0001.json"


@pytest.fixture
def kept(at_home: AtHome, tmp_path: Path, clock: HandClock) -> Path:
    here = at_home(tmp_path / "home")
    with CaseLog.open(here.settings.database, tmp_path / "home", clock=clock) as log:
        Desk(log, tmp_path).entered(1)
    return back_up(here, tmp_path / "kept.zip").file


Forge = Callable[..., Path]


@pytest.fixture
def forge(kept: Path, tmp_path: Path) -> Forge:
    """Writes the archive again as somebody would who knows how: changed, and with every digest right."""

    def forged(
        more: dict[str, bytes] | None = None, *, infos: Sequence[tuple[zipfile.ZipInfo, bytes]] = (), **said: Any
    ) -> Path:
        file = tmp_path / "forged.zip"
        with zipfile.ZipFile(kept) as old:
            content = {name: old.read(name) for name in old.namelist()}
        manifest = json.loads(content.pop("manifest.json")) | said
        content |= more or {}
        told = {**content, **{info.filename: data for info, data in infos}}
        manifest["members"] = {name: _member(data) for name, data in told.items()} | said.get("members", {})
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as new:
            for name, data in content.items():
                new.writestr(name, data)
            for info, data in infos:
                new.writestr(info, data)
            new.writestr("manifest.json", json.dumps(manifest))
            new.comment = b"0" * 64
        body = out.getvalue()[:-64]
        file.write_bytes(body + hashlib.sha256(body).hexdigest().encode())
        return file

    return forged


def _member(data: bytes) -> dict[str, object]:
    return {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def refused(at_home: AtHome, home: Path, file: Path, kind: type[AppealdeskError], said: str) -> AppealdeskError:
    """Restoring it fails and leaves nothing."""
    before = {path for path in home.parent.rglob("*") if not path.is_relative_to(home)}
    with pytest.raises(kind, match=said) as caught:
        restore(at_home(home), file)
    assert [path.name for path in home.rglob("*") if path.name != ".restore.lock"] == []
    assert {path for path in home.parent.rglob("*") if not path.is_relative_to(home)} == before
    return caught.value


def test_a_forged_copy_that_changes_nothing_is_as_good(forge: Forge, at_home: AtHome, tmp_path: Path) -> None:
    assert restore(at_home(tmp_path / "new"), forge()).cases == 1


def test_every_changed_byte_is_found(kept: Path, tmp_path: Path) -> None:
    content = kept.read_bytes()
    bad = tmp_path / "bad.zip"
    for at in [*range(0, len(content), 61), *range(len(content) - 90, len(content))]:
        changed = bytearray(content)
        changed[at] ^= 0x10
        bad.write_bytes(changed)
        with pytest.raises((InputError, CaseLogError)):
            verified(bad)


def verified(file: Path) -> int:
    with Archive(file) as archive:
        return archive.verify().events


def test_the_member_that_was_changed_is_named(kept: Path, tmp_path: Path, at_home: AtHome) -> None:
    with zipfile.ZipFile(kept) as archive:
        info = next(one for one in archive.infolist() if one.filename.startswith("evidence/"))
    content = bytearray(kept.read_bytes())
    content[content.index(b"proof 1")] ^= 1
    kept.write_bytes(content)
    refused(at_home, tmp_path / "new", kept, InputError, f"kept.zip: was changed or damaged .*{info.filename}")


@pytest.mark.parametrize("cut", [1, 100, 3000, -1])
def test_an_archive_that_was_cut_short_or_goes_on_is_refused(
    kept: Path, tmp_path: Path, at_home: AtHome, cut: int
) -> None:
    kept.write_bytes(kept.read_bytes()[:-cut] if cut > 0 else kept.read_bytes() + b"x")
    refused(at_home, tmp_path / "new", kept, InputError, "cannot be read as a backup|cut short|changed or damaged")


def test_what_is_no_backup_is_refused(tmp_path: Path, at_home: AtHome) -> None:
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as made:
        made.writestr("a.txt", "b")
    refused(at_home, tmp_path / "new", other, InputError, "is no backup of this program")
    refused(at_home, tmp_path / "new", tmp_path / "nothing.zip", InputError, "No such file")


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"shape": "9999", "program": "7.1"}, "appealdesk 7.1 and has the shape 9999, this program knows shapes up to"),
        ({"format": 2, "program": "7.1"}, "appealdesk 7.1 and has the format 2, this program knows formats up to 1"),
    ],
)
def test_a_backup_of_a_newer_program_is_refused_with_both_versions(
    forge: Forge, tmp_path: Path, at_home: AtHome, said: dict[str, object], message: str
) -> None:
    error = refused(at_home, tmp_path / "new", forge(**said), CaseLogError, message)
    assert "install that one" in error.hint


@pytest.mark.parametrize(
    "name",
    [
        "../evil.yaml", "/tmp/evil.yaml", "packs/../../evil.yaml", "packs/./evil.yaml", "packs//evil.yaml",
        "C:/evil.yaml", "packs\\..\\..\\evil.yaml", "packs/evil.yaml.", "packs/nul", "packs/con.yaml", "packs/a:b",
        "packs/\x07", "packs/", "logs/evil", "evil.yaml", ".ssh/key", "PACKS/jd.yaml",
    ],
)  # fmt: skip
def test_a_name_that_leads_elsewhere_is_refused(forge: Forge, tmp_path: Path, at_home: AtHome, name: str) -> None:
    refused(at_home, tmp_path / "new", forge({name: b"x"}), InputError, "no backup to trust")


def test_links_are_refused(forge: Forge, tmp_path: Path, at_home: AtHome) -> None:
    info = zipfile.ZipInfo("packs/jd.yaml")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    refused(at_home, tmp_path / "new", forge(infos=[(info, b"/etc/passwd")]), InputError, "no plain file")


def test_one_name_twice_is_refused(forge: Forge, tmp_path: Path, at_home: AtHome) -> None:
    refused(at_home, tmp_path / "new", forge({"packs/JD.yaml": b"a", "packs/jd.yaml": b"b"}), InputError, "twice")


def test_more_than_the_disk_holds_is_refused_before_anything_is_written(
    forge: Forge, tmp_path: Path, at_home: AtHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = forge({"failures/1/zeros.zip": bytes(5 << 20)})
    usage = namedtuple("usage", "total used free")  # noqa: PYI024 - as the library's own
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(9 << 20, 4 << 20, 5 << 20))
    refused(at_home, tmp_path / "new", bomb, InputError, "needs 5.5 MiB, and 5.0 MiB are free")


@pytest.mark.parametrize("size", [1, 2])
def test_a_size_or_a_digest_that_is_a_lie_is_refused(forge: Forge, tmp_path: Path, at_home: AtHome, size: int) -> None:
    lie = {"packs/jd.yaml": {"size": size, "sha256": "0" * 64}}
    refused(at_home, tmp_path / "new", forge({"packs/jd.yaml": b"xx"}, members=lie), InputError, r"packs/jd\.yaml")


def test_rows_that_the_chain_does_not_cover_are_refused(
    forge: Forge, kept: Path, tmp_path: Path, at_home: AtHome
) -> None:
    with zipfile.ZipFile(kept) as archive:
        stores = archive.read("tables/stores.jsonl")
    changed = {"tables/stores.jsonl": stores.replace(b'"always"', b'"never"')}
    assert changed["tables/stores.jsonl"] != stores
    refused(at_home, tmp_path / "new", forge(changed), ChainBroken, "stores row store-1 was altered")
    refused(at_home, tmp_path / "new", forge({"tables/stores.jsonl": b"{"}), InputError, r"tables/stores\.jsonl")
    gone = {"tables/stores.jsonl": b"\n".join(stores.splitlines()[:2]) + b"\n"}
    refused(at_home, tmp_path / "new", forge(gone), ChainBroken, "stores row store-2 is gone")
    refused(at_home, tmp_path / "new", forge(head="0" * 64), InputError, r"manifest\.json")


def test_a_table_that_no_log_has_is_refused(forge: Forge, tmp_path: Path, at_home: AtHome) -> None:
    with_more = forge({"tables/extra.jsonl": b'["a"]\n["b"]\n'}, tables={"extra": 1, **_tables(tmp_path)})
    refused(at_home, tmp_path / "new", with_more, InputError, "tables that no case log has: extra")


def _tables(folder: Path) -> dict[str, int]:
    with Archive(folder / "kept.zip") as archive:
        return archive.manifest.tables


def test_a_backup_of_an_older_program_is_brought_up_to_date(tmp_path: Path, at_home: AtHome) -> None:
    rows = json.loads(OLD.read_text("utf-8"))
    file = tmp_path / "old.zip"
    with file.open("w+b") as out:
        writer = Writer(out, utc_now())
        tables = {name: writer.table(name, iter(rows[name])) for name in rows if name not in ("leases", "answers")}
        head = rows["events"][-1]
        writer.close(
            Manifest(
                program="0.0.1", made_at=utc_now(), made_by="Lin", shape="0001", tables=tables, events=head["seq"],
                head=head["hash"], guard="", members=dict[str, Member](writer.members),
            )
        )  # fmt: skip
    there = at_home(tmp_path / "new")
    assert restore(there, file).arrived.verified.head == head["hash"]
    there.log.verify()
    with CaseLog.open(there.settings.database, there.settings.home) as again:
        assert again.position() == there.log.position(), "the restore brought the tables up to date itself"
