from __future__ import annotations

import os
from pathlib import Path

import pytest

from automation.errors import SettingsError
from automation.redaction import LIVE
from automation.settings import Settings, document

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("APPEALDESK_"):
            monkeypatch.delenv(name)


def _file(home: Path, text: str) -> Path:
    file = home / "appealdesk.toml"
    file.write_text(text, "utf-8")
    return file


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    settings = Settings.load(tmp_path)
    assert settings.home == tmp_path
    assert settings.database == f"sqlite:///{tmp_path.as_posix()}/cases.db"
    assert settings.packs_folder == tmp_path / "packs"
    assert settings.operator


def test_environment_goes_before_file_before_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _file(tmp_path, "approval_hours = 5\nflows_at_once = 2\n")
    monkeypatch.setenv("APPEALDESK_APPROVAL_HOURS", "6")
    settings = Settings.load(tmp_path)
    assert (settings.approval_hours, settings.flows_at_once, settings.challenge_seconds) == (6, 2, 300)


def test_home_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPEALDESK_HOME", str(tmp_path))
    _file(tmp_path, 'operator = "李雷"\n')
    assert Settings.load().operator == "李雷"


def test_an_unknown_key_names_file_line_and_the_nearest_key(tmp_path: Path) -> None:
    file = _file(tmp_path, "# mine\nheadles = false\n")
    with pytest.raises(SettingsError) as caught:
        Settings.load(tmp_path)
    assert (caught.value.file, caught.value.line, caught.value.field) == (file, 2, "headles")
    assert "did you mean headless?" in str(caught.value)


def test_an_unknown_variable_is_refused_with_the_nearest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPEALDESK_BROWSERPATH", "/x")
    with pytest.raises(SettingsError, match="did you mean APPEALDESK_BROWSER_PATH"):
        Settings.load(tmp_path)


def test_a_wrong_kind_names_where_it_stands_and_what_the_setting_means(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _file(tmp_path, "\nstep_seconds = -1\n")
    with pytest.raises(SettingsError, match=r"appealdesk.toml:2 \[step_seconds\]: .*greater than 0(.|\n)*Seconds that"):
        Settings.load(tmp_path)
    monkeypatch.setenv("APPEALDESK_STEP_SECONDS", "soon")
    with pytest.raises(SettingsError, match=r"environment \[APPEALDESK_STEP_SECONDS\].*'soon'"):
        Settings.load(tmp_path)


def test_what_is_not_toml_names_its_line(tmp_path: Path) -> None:
    _file(tmp_path, "headless = true\noperator = me\n")
    with pytest.raises(SettingsError) as caught:
        Settings.load(tmp_path)
    assert caught.value.line == 2


@pytest.mark.parametrize("key", ["password", "passphrase", "vault_secret", "totp_seed"])
def test_secrets_are_not_settings_and_are_not_repeated(tmp_path: Path, key: str) -> None:
    _file(tmp_path, f'{key} = "canary-horse"\n')
    with pytest.raises(SettingsError, match="put them into the vault") as caught:
        Settings.load(tmp_path)
    assert "canary" not in str(caught.value)


def test_the_passphrase_variable_is_no_unknown_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPEALDESK_PASSPHRASE", "canary-horse")
    assert "canary" not in repr(Settings.load(tmp_path))


def test_the_password_in_a_databases_address_is_masked(tmp_path: Path) -> None:
    _file(tmp_path, 'database_url = "postgresql+psycopg://me:h%40rse-canary@db/cases"\n')
    url = Settings.load(tmp_path).database
    assert "canary" in url
    assert "canary" not in LIVE.mask(f"cannot connect to {url}, password h@rse-canary")


def test_the_file_cannot_move_the_folder_that_it_lies_in(tmp_path: Path) -> None:
    _file(tmp_path, 'home = "/elsewhere"\n')
    with pytest.raises(SettingsError, match="APPEALDESK_HOME"):
        Settings.load(tmp_path)


def test_every_setting_is_described() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_the_documentation_is_what_the_fields_say() -> None:
    assert (ROOT / "docs" / "settings.md").read_text("utf-8") == document()
