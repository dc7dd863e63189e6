"""Finding a browser on the machine, and getting one where there is none.

Search order: the setting, Playwright's own, the system's Chrome, Edge or Chromium. What is needed is any Chromium: the
small headless shell will do unless a window is wanted.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import playwright

from automation.errors import BrowserUnavailable
from automation.settings import Settings

COMMAND: Final = "appealdesk browser install"
_SHELLS: Final = ("chromium-headless-shell", "headless_shell", "chrome-headless-shell")
_ONE_MINUTE: Final = 60
# Folders under Playwright's registry, by the revision's prefix; which of them exists depends on system and version.
_OWN: Final = (
    "chrome-linux*/headless_shell", "chrome-headless-shell-linux*/chrome-headless-shell", "chrome-linux*/chrome",
    "chrome-mac*/headless_shell", "chrome-headless-shell-mac*/chrome-headless-shell",
    "chrome-mac*/*.app/Contents/MacOS/*", "chrome-win*/headless_shell.exe",
    "chrome-headless-shell-win*/chrome-headless-shell.exe", "chrome-win*/chrome.exe",
)  # fmt: skip
_LINUX: Final = (
    ("Chromium headless shell", "/usr/lib/chromium/chromium-headless-shell"),
    ("Chrome", "/opt/google/chrome/chrome"),
    ("Chromium", "/usr/lib/chromium/chromium"),  # Debian: the wrapper in /usr/bin does not exec
    ("Chromium", "/usr/lib64/chromium-browser/chromium-browser"),
    ("Edge", "/opt/microsoft/msedge/msedge"),
)
_CJK_FONTS: Final = (
    "Noto*CJK*",
    "NotoSansSC*",
    "NotoSerifSC*",
    "wqy-*",
    "SourceHanS*",
    "DroidSansFallback*",
    "simsun*",
    "msyh*",
)


@dataclass(frozen=True, slots=True)
class BrowserFound:
    """A browser to launch. `what` says where it comes from; `windows` whether it can show itself."""

    path: Path
    what: str
    windows: bool

    def version(self) -> str:
        """What it says of itself, such as `Chromium 156.0.8078.79`; empty where it cannot be asked.

        Windows' browsers open a window when they are asked.
        """
        if sys.platform == "win32":
            return ""
        try:
            said = subprocess.run(  # noqa: S603  the path was found by us
                [self.path, "--version"], capture_output=True, text=True, timeout=_ONE_MINUTE, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return ""
        return said.stdout.strip()


def find_browser(settings: Settings) -> BrowserFound:
    """The first browser that will do. Raises `BrowserUnavailable`, which says what to do."""
    if settings.browser_path is not None:
        return _check(settings)
    for found in candidates(sys.platform, os.environ, Path.home()):
        if found.path.is_file() and (settings.headless or found.windows):
            return found
    kind = "no browser" if settings.headless else "no browser that can open a window"
    raise BrowserUnavailable(
        f"{kind} was found on this machine",
        hint=f"run `{COMMAND}`, install Chrome, Edge or Chromium, or set browser_path to a Chromium",
    )


def _check(settings: Settings) -> BrowserFound:
    path = settings.browser_path or Path()
    if not path.is_file():
        raise BrowserUnavailable(
            f"browser_path is {path}, and there is no such file", hint="correct the setting, or remove it"
        )
    found = BrowserFound(path, "the setting browser_path", _can_show(path))
    if not settings.headless and not found.windows:
        raise BrowserUnavailable(
            f"{path} is a headless shell, which has no windows",
            hint="set headless = true, or name a full Chrome or Chromium",
        )
    return found


def _can_show(path: Path) -> bool:
    return path.stem not in _SHELLS


def candidates(system: str, environment: Mapping[str, str], user: Path) -> Iterator[BrowserFound]:
    """Where browsers may lie on a system (`sys.platform`), best first; most of the paths do not exist."""
    for path in _playwrights_own(system, environment, user):
        yield BrowserFound(path, "Playwright's own", _can_show(path))
    for name, path in _systems(system, environment, user):
        yield BrowserFound(path, f"the system's {name}", _can_show(path))


def registry(system: str, environment: Mapping[str, str], user: Path) -> Path:
    """Where Playwright keeps its browsers."""
    given = environment.get("PLAYWRIGHT_BROWSERS_PATH")
    if given == "0":
        return Path(playwright.__file__).parent / "driver" / "package" / ".local-browsers"
    if given:
        return Path(given)
    if system == "win32":
        return Path(environment.get("LOCALAPPDATA") or user / "AppData" / "Local") / "ms-playwright"
    if system == "darwin":
        return user / "Library" / "Caches" / "ms-playwright"
    return Path(environment.get("XDG_CACHE_HOME") or user / ".cache") / "ms-playwright"


def _playwrights_own(system: str, environment: Mapping[str, str], user: Path) -> Iterator[Path]:
    listed = Path(playwright.__file__).parent / "driver" / "package" / "browsers.json"
    browsers = {one["name"]: one["revision"] for one in json.loads(listed.read_text("utf-8"))["browsers"]}
    folder = registry(system, environment, user)
    for name in ("chromium-headless-shell", "chromium"):
        if name in browsers:
            own = folder / f"{name.replace('-', '_')}-{browsers[name]}"
            yield from (path for pattern in _OWN for path in sorted(own.glob(pattern)))


def _systems(system: str, environment: Mapping[str, str], user: Path) -> Iterator[tuple[str, Path]]:
    if system == "win32":
        for name, below in (
            ("Chrome", "Google/Chrome/Application/chrome.exe"),
            ("Edge", "Microsoft/Edge/Application/msedge.exe"),
            ("Chromium", "Chromium/Application/chrome.exe"),
        ):
            for variable in ("ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA"):
                if variable in environment:
                    yield name, Path(environment[variable]) / below
    elif system == "darwin":
        for name in ("Google Chrome", "Microsoft Edge", "Chromium"):
            for folder in (Path("/Applications"), user / "Applications"):
                yield name, folder / f"{name}.app" / "Contents" / "MacOS" / name
    else:
        yield from ((name, Path(path)) for name, path in _LINUX)
        for command in ("google-chrome", "google-chrome-stable", "chromium", "chromium-browser", "microsoft-edge"):
            if which := shutil.which(command, path=environment.get("PATH")):
                yield command, Path(which)


# --- getting one


@dataclass(frozen=True, slots=True)
class Step:
    """One command of an installation, and why it is run."""

    command: tuple[str, ...]
    why: str


def steps(*, apt: bool, shell: bool = True) -> tuple[tuple[Step, ...], ...]:
    """Ways to get a browser, best first; a way is a row of commands. `apt`: Debian or Ubuntu, and we are root.

    `shell`: the headless shell, which is half the size; else a full Chromium, which can show itself.
    """
    own: list[str] = [sys.executable, "-m", "playwright", "install", "chromium"]
    if shell:
        own.append("--only-shell")
    ways: list[tuple[Step, ...]] = [
        (Step(tuple(own), "Playwright downloads its own Chromium into the user's cache folder"),)
    ]
    if apt:
        get = ("apt-get", "install", "-y", "-qq", "--no-install-recommends")
        package = "chromium-headless-shell" if shell else "chromium"
        refresh = Step(("apt-get", "update", "-qq"), "the system's list of packages is brought up to date")
        ways.insert(0, (refresh, Step((*get, package), f"the system's package {package} is installed, about 100 MB")))
        with_libraries = (*own, "--with-deps")
        ways[-1] = (Step(with_libraries, "Playwright downloads its own Chromium and installs the libraries it needs"),)
    return tuple(ways)


def install_browser(say: Callable[[str], None], settings: Settings) -> BrowserFound:
    """Get a browser and, on Linux, a font for Chinese. Says every command before it runs it.

    Raises `BrowserUnavailable` where every way failed, with what the last one said.
    """
    said = ""
    for way in steps(apt=_may_apt(), shell=settings.headless):
        try:
            for step in way:
                _run(step, say)
            found = find_browser(settings)
        except BrowserUnavailable as error:
            said = error.message
            say(f"That did not work: {said}")
            continue
        if not has_cjk_font():
            install_font(say)
        return found
    raise BrowserUnavailable(
        f"no browser could be installed; the last try said: {said}",
        hint="install Chrome, Edge or Chromium by hand, or set browser_path",
    )


def install_font(say: Callable[[str], None]) -> None:
    """Get a font for Chinese, as far as that can be done from here; says so where it cannot."""
    if not _may_apt():
        say("There is no font for Chinese: pictures will show boxes. Install one, such as Noto Sans CJK.")
        return
    command = ("apt-get", "install", "-y", "-qq", "--no-install-recommends", "fonts-wqy-microhei")
    try:
        _run(Step(command, "a font for Chinese, so that pictures of pages can be read"), say)
    except BrowserUnavailable as error:
        say(f"That did not work, and pictures will show boxes in place of Chinese: {error.message}")


def has_cjk_font() -> bool:
    """Whether pages in Chinese can be drawn. Windows and macOS always bring fonts for it."""
    if sys.platform in ("win32", "darwin"):
        return True
    if lister := shutil.which("fc-list"):
        said = subprocess.run([lister, ":lang=zh"], capture_output=True, text=True, timeout=_ONE_MINUTE, check=False)  # noqa: S603
        if said.returncode == 0:
            return bool(said.stdout.strip())
    folders = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts"]
    return any(True for folder in folders for font in _CJK_FONTS for _ in folder.rglob(font))


def _may_apt() -> bool:
    return sys.platform == "linux" and os.geteuid() == 0 and shutil.which("apt-get") is not None


def _run(step: Step, say: Callable[[str], None]) -> None:
    say(f"{' '.join(step.command)}   ({step.why})")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(step.command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603  our own words
    except OSError as error:
        raise BrowserUnavailable(f"{step.command[0]}: {error.strerror}") from None
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()[-1]
        raise BrowserUnavailable(f"{step.command[0]} ended with {done.returncode}: {last}")
