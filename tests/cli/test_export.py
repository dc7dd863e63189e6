"""A dossier is made, checked and vouched for on the command line."""

from __future__ import annotations

from pathlib import Path

from automation.cli.exits import ExitCode
from tests.cli.desk import Desk


def test_a_case_is_handed_over_and_checked_elsewhere(shop: Desk, tmp_path: Path) -> None:
    shop.add_case()
    to = tmp_path / "case.zip"
    said = shop("export", 1, to, "--language", "en")
    assert said.code == 0, said.err
    known = shop("key").out
    fingerprint = known.split("fingerprint ")[1].split()[0]
    assert "BEGIN PUBLIC KEY" in known
    elsewhere = Desk(tmp_path / "notary")
    found = elsewhere("verify", to, "--key", fingerprint)
    assert (found.code, "every byte is as it was signed" in found.out, found.err) == (0, True, "")
    assert "nobody vouched" in elsewhere("verify", to).err
    assert not elsewhere.home.exists()
    assert shop("export", 1, to).code == ExitCode.INPUT
    assert "is there already" in shop("export", 1, to).err

    content = bytearray(to.read_bytes())
    content[len(content) // 2] ^= 1
    to.write_bytes(content)
    spoilt = elsewhere("verify", to)
    assert (spoilt.code, "was changed" in spoilt.err, spoilt.out) == (ExitCode.BROKEN, True, "")


def test_what_a_stranger_wrote_cannot_steer_the_terminal(shop: Desk, tmp_path: Path) -> None:
    shop.add_case()
    to = tmp_path / "case.zip"
    assert shop("export", 1, to, operator="Mallory\x1b[2J\u202e").code == 0
    said = shop("verify", to)
    assert "by Mallory?[2J?, appealdesk" in said.out


def test_another_key_is_another_fingerprint_and_the_old_one_is_kept(desk: Desk) -> None:
    first = desk("key").out
    assert desk("key").out == first
    second = desk("key", "--renew").out
    assert second != first
    everything = desk("key", "--all").out
    assert first in everything
    assert second in everything


def test_where_there_is_nothing_it_is_said(desk: Desk, tmp_path: Path) -> None:
    assert desk("export", 5, tmp_path / "x.zip").code == ExitCode.INPUT
    assert desk("export", 5, tmp_path / "no" / "x.zip").code == ExitCode.INPUT
    assert desk("verify", tmp_path / "x.zip").code == ExitCode.INPUT
