"""The bootstrap: each step once, again when its cause changes, and plain words where it cannot go on."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from fixtures import setup
from fixtures.setup import NPM_PINS, PINS, ROOT, Place, SetupFailed, newer_python


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = Place(tmp_path)
    made.venv.mkdir()
    (tmp_path / "requirements.txt").write_text("one\n", encoding="utf-8")
    return made


def test_a_step_is_done_once_for_the_same_cause(place: Place) -> None:
    done: list[str] = []

    def step() -> bool:
        key = place.fingerprint("requirements.txt", "missing.txt")
        return place.once("packages", key, lambda: done.append("x"), doing="packages")

    assert (step(), step(), len(done)) == (True, False, 1)
    (place.root / "requirements.txt").write_text("two\n", encoding="utf-8")
    assert (step(), step(), len(done)) == (True, False, 2)
    (place.root / "missing.txt").write_text("", encoding="utf-8")  # as good as not there
    assert step() is False


def test_a_step_that_fails_is_tried_again(place: Place) -> None:
    def fail() -> None:
        raise SetupFailed("no network")

    for _ in range(2):
        with pytest.raises(SetupFailed, match="no network"):
            place.once("packages", "key", fail, doing="packages")
    assert place.once("packages", "key", lambda: None, doing="packages")


def test_a_checkout_that_moved_is_set_up_anew(place: Place, tmp_path: Path) -> None:
    moved = Place(tmp_path / "elsewhere")
    moved.root.mkdir()
    (moved.root / "requirements.txt").write_text("one\n", encoding="utf-8")
    assert moved.fingerprint("requirements.txt") != place.fingerprint("requirements.txt")


def test_the_environment_is_made_with_a_pip_and_kept(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.make_environment()
    made = place.python.stat().st_mtime_ns
    place.make_environment()
    assert place.python.stat().st_mtime_ns == made
    assert setup.succeeds([place.python, "-m", "pip", "--version"])


def test_an_old_python_hands_over_or_says_which_is_needed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert newer_python() is None
    monkeypatch.setattr(sys, "version_info", (3, 9, 18, "final", 0))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetupFailed, match=r"3\.11 or newer"):
        newer_python()
    if os.name == "posix":
        (tmp_path / "python3.12").symlink_to(sys.executable)
        assert newer_python() == str(tmp_path / "python3.12")


def test_help_and_unknown_targets_explain_themselves(capsys: pytest.CaptureFixture[str]) -> None:
    assert setup.main(["--help"]) == 0
    assert setup.main(["tets"]) == 2
    assert "python -m fixtures.setup demo" in capsys.readouterr().out


def test_the_bootstrap_needs_the_standard_library_alone() -> None:
    code = "import sys; sys.path.insert(0, sys.argv[1]); import fixtures.setup"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code, str(ROOT)], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_make_and_the_bootstrap_know_the_same_targets() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    (targets,) = re.findall(r"^((?:\w+ )+\w+):\n\t@\$\(PYTHON\) -m fixtures.setup", text, flags=re.MULTILINE)
    assert set(targets.split()) == {"setup", "demo", "test", "check", "bench", "prove", "qa", "lock"}
    for target in targets.split():
        assert f"fixtures.setup {target}" in (setup.__doc__ or "")
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def pinned(file: str) -> dict[str, tuple[str, int]]:
    """Name -> (version, number of hashes)."""
    found: dict[str, tuple[str, int]] = {}
    for block in re.split(r"\n(?=[a-z0-9])", (ROOT / file).read_text(encoding="utf-8")):
        name, version = re.match(r"([a-z0-9._-]+)==([^\s;\\]+)", block).groups()  # type: ignore[union-attr]
        found[name] = (version, len(re.findall(r"--hash=sha256:[0-9a-f]{64}", block)))
    return found


@pytest.mark.parametrize("file", [*PINS, NPM_PINS])
def test_every_package_is_pinned_by_hash_and_no_index_is_named(file: str) -> None:
    assert all(hashes >= 1 for _, hashes in pinned(file).values())
    text = (ROOT / file).read_text(encoding="utf-8")
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links|--trusted-host", text)


def test_the_pins_cover_every_platform() -> None:
    pins = pinned(PINS[1])
    assert {"colorama", "pywin32-ctypes", "secretstorage"} <= pins.keys()  # of Windows, Windows and Linux alone
    for name in ("cryptography", "pillow", "playwright", "greenlet", "pydantic-core", "psycopg-binary", "rapidfuzz"):
        assert pins[name][1] >= 6, f"{name}: wheels of some platform are missing"


def test_the_pins_are_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    small, whole = pinned(PINS[0]), pinned(PINS[1])

    def names(wanted: list[str]) -> set[str]:
        return {re.split(r"[\[<>=~!; ]", one)[0].lower() for one in wanted}

    groups = project["dependency-groups"]
    assert names(project["project"]["dependencies"]) | names(groups["build"]) <= small.keys()
    assert names(groups["dev"]) <= whole.keys(), "write them again: make lock"
    assert {name: whole[name][0] for name in small} == {name: version for name, (version, _) in small.items()}
