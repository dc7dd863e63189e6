from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from pydantic import SecretStr

from automation.errors import VaultError
from automation.redaction import LIVE, MASK
from automation.settings import Settings
from automation.vault import Vault
from bench.prove.residue import Search

SECRET = "canary-correct-horse"
SEED = "JBSWY3DPEHPK3PXP"  # 80 bits


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "elsewhere" / "vault.key"


@pytest.fixture
def vault(home: Path, key_file: Path) -> Vault:
    return Vault.open(home, guard="file", key_file=key_file)


def test_a_secret_comes_back_in_another_process(home: Path, key_file: Path, vault: Vault) -> None:
    vault.set_secret("a", "password", SecretStr(SECRET))
    again = Vault.open(home, key_file=key_file)
    assert again.secret("a", "password").get_secret_value() == SECRET
    assert again.names("a") == {"password"}


def test_nothing_in_the_folder_is_plain_text_and_every_file_is_private(home: Path, vault: Vault) -> None:
    vault.set_secret("a", "password", SECRET)
    vault.set_secret("a", "totp", SEED)
    vault.set_state("a", {"cookies": [{"name": "sid", "value": "canary-cookie-value"}], "origins": []})
    files = [path for path in home.rglob("*") if path.is_file()]
    assert len(files) >= 4
    for path in files:
        data = path.read_bytes()
        assert b"canary" not in data
        assert SEED.encode() not in data
        if os.name == "posix":
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_a_secret_that_is_given_out_is_masked_and_does_not_show_itself(vault: Vault) -> None:
    vault.set_secret("a", "password", SECRET)
    given = vault.secret("a", "password")
    assert SECRET not in f"{given} {given!r}"
    assert LIVE.mask(f"typed {SECRET}!") == f"typed {MASK}!"


def test_a_missing_secret_says_what_is_there(vault: Vault) -> None:
    vault.set_secret("a", "password", SECRET)
    with pytest.raises(VaultError, match="no totp for account 'a', only: password"):
        vault.secret("a", "totp")


def test_removed_is_gone(vault: Vault) -> None:
    vault.set_secret("a", "password", SECRET)
    vault.remove("a", "password")
    vault.remove("a", "password")
    assert vault.names("a") == set()


def test_an_entry_moved_to_another_account_or_name_does_not_open(home: Path, vault: Vault) -> None:
    vault.set_secret("a", "password", SECRET)
    vault.set_secret("b", "password", "another one")
    vault.set_secret("a", "pin", "yet another")
    of = {
        (entry["account"], entry["name"]): path
        for path in (home / "vault").glob("*/*.json")
        for entry in [json.loads(path.read_text())]
    }
    for target in (("b", "password"), ("a", "pin")):
        of[target].write_bytes(of["a", "password"].read_bytes())
        with pytest.raises(VaultError, match="does not open"):
            vault.secret(*target)


def test_a_changed_byte_is_found(home: Path, vault: Vault) -> None:
    vault.set_secret("a", "password", SECRET)
    (path,) = (home / "vault").glob("*/*.json")
    entry = json.loads(path.read_text())
    sealed = entry["sealed"]
    entry["sealed"] = sealed[:20] + ("A" if sealed[20] != "A" else "B") + sealed[21:]
    path.write_text(json.dumps(entry))
    with pytest.raises(VaultError, match="does not open"):
        vault.secret("a", "password")


# --- what guards it


def test_a_passphrase_opens_and_a_wrong_one_does_not(home: Path) -> None:
    Vault.open(home, passphrase="right horse").set_secret("a", "password", SECRET)
    assert Vault.open(home, passphrase=SecretStr("right horse")).secret("a", "password").get_secret_value() == SECRET
    with pytest.raises(VaultError, match="does not open with this key"):
        Vault.open(home, passphrase="wrong horse")
    with pytest.raises(VaultError, match="none was given"):
        Vault.open(home)


def test_the_passphrase_comes_from_the_environment_or_is_asked_for(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPEALDESK_PASSPHRASE", "right horse")
    Vault.of(Settings.load(home)).set_secret("a", "password", SECRET)
    assert "APPEALDESK_PASSPHRASE" not in os.environ  # the browser would inherit it
    again = Vault.of(Settings.load(home), ask=lambda: SecretStr("right horse"))
    assert again.names("a") == {"password"}


def test_a_key_file_is_private_lies_outside_and_says_so(home: Path, key_file: Path) -> None:
    said: list[str] = []
    Vault.open(home, guard="file", key_file=key_file, say=said.append)
    assert said
    assert str(key_file) in said[0]
    if os.name == "posix":
        assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    Vault.open(home, key_file=key_file, say=said.append)
    assert len(said) == 1


def test_a_key_file_inside_the_data_folder_is_refused(home: Path) -> None:
    with pytest.raises(VaultError, match="data folder that it guards"):
        Vault.open(home, guard="file", key_file=home / "keys" / "k")
    assert not (home / "vault" / "header.json").exists()


def test_a_wrong_missing_or_open_key_file_is_refused(tmp_path: Path, home: Path, key_file: Path, vault: Vault) -> None:
    vault.set_secret("a", "password", SECRET)
    other = tmp_path / "other.key"
    Vault.open(tmp_path / "home2", guard="file", key_file=other)
    with pytest.raises(VaultError, match="does not open with this key"):
        Vault.open(home, key_file=other)
    if os.name == "posix":
        key_file.chmod(0o644)
        with pytest.raises(VaultError, match="chmod 600"):
            Vault.open(home, key_file=key_file)
    key_file.unlink()
    with pytest.raises(VaultError, match="is not there"):
        Vault.open(home, key_file=key_file)


class _Keyring(KeyringBackend):
    priority = 5

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


def test_the_systems_keyring_guards_where_there_is_one(home: Path) -> None:
    before, mine = keyring.get_keyring(), _Keyring()
    keyring.set_keyring(mine)
    try:
        Vault.open(home).set_secret("a", "password", SECRET)
        assert "keyring" in Vault.open(home).guarded_by
        assert len(mine.kept) == 1
        mine.kept.clear()
        with pytest.raises(VaultError, match="holds no key for this vault"):
            Vault.open(home)
    finally:
        keyring.set_keyring(before)


def test_rotated_keys_open_the_same_secrets_also_for_who_has_it_open(home: Path, key_file: Path, vault: Vault) -> None:
    vault.set_secret("a", "password", SECRET)
    other = Vault.open(home, key_file=key_file)
    before = {path: path.read_bytes() for path in (home / "vault").glob("*/*.json")}
    vault.rotate()
    assert all(path.read_bytes() != data for path, data in before.items())
    assert other.secret("a", "password").get_secret_value() == SECRET
    other.set_secret("b", "password", "another one")
    assert vault.secret("b", "password").get_secret_value() == "another one"
    assert len(json.loads((home / "vault" / "header.json").read_text())["keys"]) == 1


_WRITER = """
import sys
from pathlib import Path
from automation.vault import Vault
from bench.prove.residue import Search
home, key, who = sys.argv[1:]
vault = Vault.open(Path(home), guard="file", key_file=Path(key))
for number in range(25):
    vault.set_secret("shared", f"n_{who}_{number}", f"value {who} {number}")
    print(vault.take_counter("shared", number))
"""


def test_processes_that_write_at_once_lose_nothing_and_share_no_code(home: Path, key_file: Path) -> None:
    run = [
        subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(home), str(key_file), who], stdout=subprocess.PIPE, text=True
        )
        for who in "abc"
    ]
    taken = [process.communicate()[0].split().count("True") for process in run]
    assert [process.returncode for process in run] == [0, 0, 0]
    vault = Vault.open(home, key_file=key_file)
    assert len(vault.names("shared")) == 75
    assert 1 <= sum(taken) <= 25


# --- sealed texts and sessions


def test_a_sealed_text_opens_only_in_its_context(vault: Vault) -> None:
    sealed = vault.seal("837261", "challenge 5")
    assert "837261" not in sealed
    assert vault.unseal(sealed, "challenge 5") == "837261"
    with pytest.raises(VaultError, match="does not open"):
        vault.unseal(sealed, "challenge 6")
    with pytest.raises(VaultError):
        vault.unseal("nonsense", "challenge 5")


def test_a_session_is_kept_masked_and_forgotten(vault: Vault) -> None:
    assert vault.state("a") is None
    state = {"cookies": [{"name": "sid", "value": "cookie-canary-1"}], "origins": []}
    vault.set_state("a", state)
    assert vault.state("a") == state
    assert vault.names("a") == set()
    assert LIVE.mask("sid=cookie-canary-1") == f"sid={MASK}"
    vault.set_state("a", None)
    assert vault.state("a") is None


# --- other keys, and a copy without any


def _opens(home: Path, key_file: Path) -> Vault:
    vault = Vault.open(home, key_file=key_file)
    assert vault.faults() == []
    assert vault.secret("a", "password").get_secret_value() == SECRET
    return vault


def test_a_new_guard_alone_opens_the_vault(home: Path, key_file: Path, vault: Vault, tmp_path: Path) -> None:
    vault.set_secret("a", "password", SECRET)
    old = (home / "vault" / "header.json").read_bytes()
    with pytest.raises(VaultError, match="is there already"):
        vault.guard_by("file", key_file=key_file)
    vault.guard_by("file", key_file=tmp_path / "new.key")
    assert vault.secret("a", "password").get_secret_value() == SECRET
    assert str(tmp_path / "new.key") in _opens(home, tmp_path / "new.key").guarded_by
    with pytest.raises(VaultError, match="does not open with this key"):
        Vault.open(home, key_file=key_file)
    (home / "vault" / "header.json").write_bytes(old)  # whoever has an old copy and its key, has no more than that
    with pytest.raises(VaultError, match="does not open"):
        Vault.open(home, key_file=key_file).secret("a", "password")


def test_a_passphrase_is_changed(home: Path) -> None:
    vault = Vault.open(home, passphrase="right horse")
    vault.set_secret("a", "password", SECRET)
    vault.guard_by("passphrase", passphrase=SecretStr("new horse"))
    assert Vault.open(home, passphrase="new horse").secret("a", "password").get_secret_value() == SECRET
    with pytest.raises(VaultError, match="does not open with this key"):
        Vault.open(home, passphrase="right horse")


def test_a_keyring_keeps_the_old_key_until_the_new_one_guards(home: Path) -> None:
    before, mine = keyring.get_keyring(), _Keyring()
    keyring.set_keyring(mine)
    try:
        vault = Vault.open(home)
        vault.set_secret("a", "password", SECRET)
        header = (home / "vault" / "header.json").read_bytes()
        vault.guard_by("keyring")
        assert len(mine.kept) == 2
        assert Vault.open(home).secret("a", "password").get_secret_value() == SECRET
        (home / "vault" / "header.json").write_bytes(header)
        Vault.open(home)  # as if it had been interrupted before the header was there
    finally:
        keyring.set_keyring(before)


_KILLED = """
import os, signal, sys
from pathlib import Path
from automation.vault import Vault
from bench.prove.residue import Search
home, key, new = sys.argv[1:]
count = 0
for at in range(100):
    child = os.fork()
    if child:
        ended = os.waitpid(child, 0)[1]
        print(at, ended, flush=True)
        if not ended or sys.stdin.readline() != "on\\n":
            break
        continue
    def hook(event, given):
        global count
        if event == "os.rename" or (event == "open" and str(given[0]) == new):  # all that changes what opens
            if count == at:
                os.kill(os.getpid(), signal.SIGKILL)
            count += 1
    vault = Vault.open(Path(home), key_file=Path(key))
    sys.addaudithook(hook)
    vault.guard_by("file", key_file=Path(new))
    os._exit(0)
"""


@pytest.mark.skipif(os.name != "posix", reason="processes fork on POSIX only")
def test_a_change_of_guard_and_keys_killed_at_any_moment_leaves_a_vault_that_opens(
    home: Path, key_file: Path, vault: Vault, tmp_path: Path
) -> None:
    vault.set_secret("a", "password", SECRET)
    vault.set_secret("a", "totp", SEED)
    whole, new, kills = tmp_path / "whole", tmp_path / "new.key", 0
    shutil.copytree(home, whole)
    words = [sys.executable, "-c", _KILLED, str(home), str(key_file), str(new)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for line in process.stdout:
            try:
                opened = _opens(home, key_file)
            except VaultError:
                opened = _opens(home, new)  # the guard had been changed by then
            if kills == 3:  # half of it was done
                opened.rotate()
                assert len(json.loads((home / "vault" / "header.json").read_text())["keys"]) == 1
            if line.split()[1] == "0":
                break
            assert line.split()[1] == str(int(signal.SIGKILL))
            kills += 1
            shutil.rmtree(home)
            shutil.copytree(whole, home)
            new.unlink(missing_ok=True)
            process.stdin.write("on\n")
            process.stdin.flush()
    assert kills == 6  # the key, the header twice, two entries, the header


def test_a_copied_folder_is_useless_without_the_key(home: Path, key_file: Path, vault: Vault, tmp_path: Path) -> None:
    vault.set_secret("a", "password", SECRET)
    vault.set_secret("a", "totp", SEED)
    vault.set_state("a", {"cookies": [{"name": "sid", "value": "cookie-canary-2"}], "origins": []})
    thief = tmp_path / "thief"
    shutil.copytree(home, thief)
    found = Search({"password": SECRET, "seed": SEED, "cookie": "cookie-canary-2", "key": key_file.read_text().strip()})
    found.folder(thief)
    assert found.files > 3
    assert found.leaks == []
    key_file.unlink()
    guesses = {
        "their own key": {"key_file": tmp_path / "their.key"},
        "a passphrase": {"passphrase": "guess"},
        "none": {},
    }
    Vault.open(tmp_path / "theirs", guard="file", key_file=tmp_path / "their.key")
    for given in guesses.values():
        with pytest.raises(VaultError):
            Vault.open(thief, **given)  # type: ignore[arg-type]
    entries = [json.loads(path.read_text()) for path in (thief / "vault").glob("*/*.json")]
    (thief / "vault" / "header.json").unlink()  # a new vault around the old entries
    around = Vault.open(thief, guard="file", key_file=tmp_path / "another.key")
    for entry in entries:
        with pytest.raises(VaultError, match="does not open"):
            around.secret(entry["account"], entry["name"])
