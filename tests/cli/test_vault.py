"""New keys and guards for the vault, as an operator asks for them."""

from __future__ import annotations

from automation.vault import Vault
from tests.cli.desk import Desk

SECRET = "canary-correct-horse"


def test_keys_are_changed_and_the_secrets_stay(shop: Desk) -> None:
    assert shop("account", "secret", "shop-a", "password", "--stdin", typed=f"{SECRET}\n").code == 0
    assert shop("vault", "rotate").code == 0
    new = shop.folder / "new.key"
    done = shop("vault", "guard", "file", "--key-file", new)
    assert done.code == 0, done.err
    assert str(new) in done.out
    assert "vault_key_file still names the old key" in done.out + done.err
    refused = shop("vault", "rotate")
    assert refused.code != 0
    assert "does not open with this key" in refused.err
    assert Vault.open(shop.home, key_file=new).secret("shop-a", "password").get_secret_value() == SECRET
    with shop.log() as log:
        assert [event.kind for event in log.events()][-2:] == ["vault_rotated", "vault_guarded"]


def test_what_guards_no_vault_is_refused(shop: Desk) -> None:
    for words in (("guard", "luck"), ("guard", "passphrase"), ("guard", "keyring", "--key-file", "k")):
        assert shop("vault", *words).code != 0
    assert shop("vault", "rotate").code == 0
