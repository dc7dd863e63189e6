"""The wheel: it holds all that the program needs, and works from any folder."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from fixtures.setup import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (made,) = folder.glob("*.whl")
    return made


def test_the_wheel_holds_packs_migrations_flows_and_data_and_no_tests(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for pack in (ROOT / "selectors").glob("*.yaml"):
        assert f"automation/_packs/{pack.name}" in names
    for folder, pattern in (
        ("automation", "*.py"),
        ("automation", "*.toml"),
        ("flows", "*.py"),
        ("fixtures/backoffice", "*.js"),
    ):
        for file in (ROOT / folder).rglob(pattern):
            assert file.relative_to(ROOT).as_posix() in names
    assert any("/caselog/migrations/versions/" in name for name in names)
    assert not [name for name in names if name.startswith(("tests/", "bench/", "selectors/", "demo-data/"))]
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_the_installed_program_works_from_another_folder(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    env = os.environ | {"PYTHONPATH": str(site), "APPEALDESK_HOME": str(tmp_path / "home"), "PYTHONUTF8": "1"}

    def python(*words: str) -> str:
        command = [sys.executable, *words]
        done = subprocess.run(
            command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False, encoding="utf-8"
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert str(site) in python("-c", "import automation; print(automation.__file__)")
    assert "douyin_shop" in python("-m", "automation.cli", "packs", "list")
    assert "the log is whole" in python("-m", "automation.cli", "log", "verify")
    assert "douyin_shop" in python("-c", "from automation.flow import flows; print(*flows())")
    assert python("-m", "automation.cli", "--version").startswith("appealdesk ")
