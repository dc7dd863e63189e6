from __future__ import annotations

import sys
from pathlib import Path

import pytest

from automation.browser.launch import candidates, find_browser, has_cjk_font, registry, steps
from automation.errors import BrowserUnavailable
from automation.settings import Settings
from tests.browser import parts

CHROME = "Google/Chrome/Application/chrome.exe"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return parts.settings(tmp_path / "home")


def _made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("")
    return path


def test_a_browser_is_found_and_says_its_version(settings: Settings) -> None:
    found = find_browser(settings)
    assert found.path.is_file()
    assert sys.platform == "win32" or "." in found.version()


def test_the_setting_goes_first(tmp_path: Path, settings: Settings) -> None:
    mine = _made(tmp_path / "my-chrome")
    found = find_browser(settings.model_copy(update={"browser_path": mine}))
    assert (found.path, found.what) == (mine, "the setting browser_path")


def test_a_setting_that_names_no_file_is_refused(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(BrowserUnavailable, match="no such file"):
        find_browser(settings.model_copy(update={"browser_path": tmp_path / "none"}))


def test_a_window_needs_a_full_browser(tmp_path: Path, settings: Settings) -> None:
    shell = _made(tmp_path / "chromium-headless-shell")
    with pytest.raises(BrowserUnavailable, match="has no windows"):
        find_browser(settings.model_copy(update={"browser_path": shell, "headless": False}))


def test_playwrights_own_goes_before_the_systems(tmp_path: Path) -> None:
    environment = {"PLAYWRIGHT_BROWSERS_PATH": str(tmp_path), "PATH": ""}
    none = [one.what for one in candidates("linux", environment, tmp_path)]
    assert "Playwright's own" not in none
    listed = next(iter(candidates("linux", environment, tmp_path))).path
    for revision in range(1200, 1500):  # whichever this Playwright wants
        _made(tmp_path / f"chromium_headless_shell-{revision}" / "chrome-linux" / "headless_shell")
    first = next(iter(candidates("linux", environment, tmp_path)))
    assert (first.what, first.windows, first.path == listed) == ("Playwright's own", False, False)


@pytest.mark.parametrize(
    ("system", "environment", "expected"),
    [
        (
            "win32",
            {"ProgramFiles": "P", "LOCALAPPDATA": "L"},
            [f"P/{CHROME}", f"L/{CHROME}", "P/Microsoft/Edge/Application/msedge.exe"],
        ),
        (
            "darwin",
            {},
            [f"/Applications/{name}.app/Contents/MacOS/{name}" for name in ("Google Chrome", "Microsoft Edge")],
        ),
        (
            "linux",
            {"PATH": ""},
            ["/usr/lib/chromium/chromium-headless-shell", "/opt/google/chrome/chrome", "/usr/lib/chromium/chromium"],
        ),
    ],
)
def test_the_systems_browsers_are_looked_for_where_they_lie(
    system: str, environment: dict[str, str], expected: list[str], tmp_path: Path
) -> None:
    found = [one.path.as_posix() for one in candidates(system, environment, tmp_path)]
    assert [path for path in found if path in expected] == expected


@pytest.mark.parametrize(
    ("system", "below"),
    [
        ("linux", ".cache/ms-playwright"),
        ("darwin", "Library/Caches/ms-playwright"),
        ("win32", "AppData/Local/ms-playwright"),
    ],
)
def test_playwrights_folder_is_known_on_every_system(tmp_path: Path, system: str, below: str) -> None:
    assert registry(system, {}, tmp_path) == tmp_path / below


def test_without_any_browser_the_error_says_what_to_run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")  # whose folders are not here
    monkeypatch.delenv("ProgramFiles", raising=False)
    with pytest.raises(BrowserUnavailable, match="browser install"):
        find_browser(settings)


def test_on_debian_the_systems_package_is_tried_first_without_what_it_recommends() -> None:
    ways = steps(apt=True)
    assert [step.command[0] for step in ways[0]] == ["apt-get", "apt-get"]
    assert {"--no-install-recommends", "chromium-headless-shell"} <= set(ways[0][1].command)
    assert "--only-shell" in ways[1][0].command
    assert all(step.why for way in ways for step in way)


def test_elsewhere_playwright_brings_its_own_and_a_window_needs_all_of_it() -> None:
    ((step,),) = steps(apt=False)
    assert step.command[1:] == ("-m", "playwright", "install", "chromium", "--only-shell")
    ((full,),) = steps(apt=False, shell=False)
    assert "--only-shell" not in full.command


def test_a_font_for_chinese_is_there_for_the_screenshots() -> None:
    assert has_cjk_font()
