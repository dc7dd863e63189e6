"""Made-up secrets go through full runs whose steps fail; then everything that was written or said is searched for them.

    python -m bench.prove.canary [--only PLATFORM] [--stride 4]

Searched, in every spelling, also within archives and databases: the data folder with log, traces, evidence and vault;
what the worker, the console and the commands say; every page, answer and file of the console; notices; arguments and
environment of the worker's children. Fields that held a secret are looked for in the pictures of failures.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

import httpx
import pyotp
from PIL import Image

from automation.console.channels import Topic
from automation.model import Account, Case, Challenge, Medium, SignIn
from automation.packs import Packs
from automation.secret import PASSPHRASE as VARIABLE
from bench.processes import PROC, descendants
from bench.prove.baited import FAILS, Bait, Order, work
from bench.prove.residue import Search
from fixtures import backoffice
from fixtures.backoffice.sites import platforms
from fixtures.qa.scene import PASSPHRASE, Scene, scene

PASSWORD: Final = 'canary-Pa"ss w&rd+<7>/é'
WRONG: Final = "canary-Wrong%pass'word=9"
SEED: Final = "KNSWG4TFOQQHGZLFMQQGKZTHNBUW4ZDF"
TOKEN: Final = "canary-notice-token-77"
WRONG_CODE: Final = "918273"

STRIDE: Final = 4  # every fourth step fails, others on each platform
_ENTRY: Final = 16  # calls to the page until one is inside, about
_CALLS: Final = 48  # of a whole run, about
_LONGEST: Final = 900.0  # seconds that a worker may take
_COVER: Final = (0x5B, 0x64, 0x70)  # what covers a field in a picture
_LINK: Final = re.compile(r"""(?:href|src|hx-get|sse-connect|data-src)=["'](/[^"'#]*)["']""")
_LEFT_OUT: Final = re.compile(r"/static/|/news$|/live$|/cases/(?!1/).*dossier")  # endless, or more of the same
_COMMANDS: Final = (
    ("queue",),
    ("show", "1"),
    ("show", "1", "--json"),
    ("case", "list"),
    ("log", "verify"),
    ("log", "show", "1"),
    ("settings", "--json"),
    ("account", "list", "--json"),
    ("challenge", "list"),
    ("report",),
    ("doctor",),
    ("backup",),
    ("run",),
)
BRIEF: Final = _COMMANDS[1:2]


@dataclass
class Tally:
    """What came of one platform, or of several. `failures` is how many pictures of failures were kept."""

    runs: int = 0
    failures: int = 0
    signed_in: int = 0
    covered: int = 0  # fields with a secret that were found covered
    files: int = 0
    texts: int = 0
    bytes: int = 0
    leaks: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Put another platform's figures to these."""
        for name in vars(self):
            setattr(self, name, getattr(self, name) + getattr(other, name))


def baits(platform: str, stride: int) -> list[Bait]:
    """One account for each step that fails, on each way in; and one each for what the site or a person gets wrong."""
    methods = Packs().pack(platform).sign_in.methods
    ways = [(SignIn(method), "") for method in methods] + [(SignIn.PASSWORD, "totp"), (SignIn.PASSWORD, "risk")]
    found: list[Bait] = []
    for place, (sign_in, factor) in enumerate(ways, start=platforms().index(platform)):
        calls = range(1 + place % stride, (_ENTRY if found else _CALLS) + 1, stride)
        for number, at in enumerate(calls):
            found.append(Bait("", sign_in, factor, at, FAILS[(number + place) % len(FAILS)]))
        found.append(Bait("", sign_in, factor, wrong="" if sign_in is SignIn.QR else "code"))
    found.append(Bait("", SignIn.PASSWORD, wrong="password"))
    return [replace(bait, account=f"a{number}") for number, bait in enumerate(found, start=1)]


def canary(
    platform: str, folder: Path, chosen: list[Bait], *, commands: Iterable[tuple[str, ...]] = _COMMANDS
) -> Tally:
    """Let a worker fall for every bait of a platform, and search. `folder`: an empty one."""
    home = folder / "home"
    home.mkdir()
    settings = {"traces": "full", "log_level": "debug", "operator": "bob", "challenge_seconds": 10, "step_seconds": 5}
    lines = "".join(f"{name} = {json.dumps(value)}\n" for name, value in settings.items())
    (home / "appealdesk.toml").write_text(lines, "utf-8")
    heard = folder / "heard"
    heard.mkdir()
    began = time.time()
    with scene(home, platform=platform, stores=len(chosen)) as stage, _sink() as (sink, notices):
        cases = _bait(stage, chosen)
        with _console(home, heard) as client:
            where = f"json://127.0.0.1:{sink}/{TOKEN}"
            client.post("/notices", data={"name": "team", "url": where, "topics": [*Topic]})
            order = Order(home, PASSPHRASE, tuple(chosen), heard / "worker.txt", folder / "typed")
            children = _run(stage, order, client)
            answers = dict(_crawl(client))
            said = [_command(home, words, folder) for words in commands]
        search = Search(_secrets(stage), _codes(stage, chosen, began))
        search.folder(home)
        search.folder(heard)
        for where, data in [*answers.items(), *((f"notice {n}", d) for n, d in enumerate(notices))]:
            search.data(where, data)
        for where, told in [*said, *children]:
            search.data(where, told)
        tally = Tally(len(chosen), len(list(home.rglob("failures/*/*.png"))), stage.site.control.counts().sign_ins)
        tally.files, tally.texts, tally.bytes, tally.leaks = search.files, search.texts, search.size, search.leaks
        _look(home, folder / "typed", cases, {PASSWORD, WRONG, *search.codes}, tally)
    return tally


def _bait(stage: Scene, chosen: list[Bait]) -> dict[str, Case]:
    """Everybody has the canary secrets; an approved case waits at each store."""
    control = stage.site.control
    people = [
        backoffice.Account(
            phone=f"138{number:08d}",
            email=f"{bait.account}@example.com",
            password=PASSWORD,
            stores=(f"s{number}",),
            totp_seed=SEED if bait.factor == "totp" else "",
            risk=bait.factor == "risk",
        )
        for number, bait in enumerate(chosen, start=1)
    ]
    control.seed(reviews=3, stores=control.stores(), accounts=people)
    cases = {}
    for number, (bait, person) in enumerate(zip(chosen, people, strict=True), start=1):
        login = person.phone if bait.sign_in is SignIn.SMS else person.email
        stage.log.put_account(Account(bait.account, stage.site.platform, login, bait.sign_in), by="ann")
        stage.vault.set_secret(bait.account, "password", WRONG if bait.wrong == "password" else PASSWORD)
        if bait.factor == "totp":
            stage.vault.set_secret(bait.account, "totp", SEED)
        cases[bait.account] = stage.approved(f"s{number}")
    control.fault("look_alike_origin_redirect", times=1)
    control.fault("session_dies_halfway", times=1, at="form")
    return cases


# --- what runs


def _run(stage: Scene, order: Order, client: httpx.Client) -> list[tuple[str, bytes]]:
    """A worker until it is idle, whose questions are answered; what was seen of the processes below it."""
    process = multiprocessing.get_context("spawn").Process(target=work, args=(order,))
    process.start()
    children: dict[tuple[str, bytes], None] = {}
    people = _People(stage, client, {bait.account for bait in order.baits if bait.wrong == "code"})
    end = time.monotonic() + _LONGEST
    while process.is_alive() and time.monotonic() < end:
        process.join(0.2)
        people.answer()
        for pid in descendants(process.pid or 0):
            for what in ("cmdline", "environ"):
                with suppress(OSError):
                    children[f"{what} of a child of the worker", (PROC / str(pid) / what).read_bytes()] = None
    if process.is_alive() or process.exitcode:
        process.kill()
        raise RuntimeError(f"the worker ended with {process.exitcode}: see {order.out}")
    return list(children)


@dataclass
class _People:
    """Those who are asked. `wrong`: the accounts whose code they mistype once."""

    stage: Scene
    client: httpx.Client
    wrong: set[str]
    answered: set[int] = field(default_factory=set)

    def answer(self) -> None:
        """Type the code that was sent; scan the QR code."""
        for asked in self.stage.log.challenges(open_only=True):
            with suppress(ValueError):  # scanned already, or the code is still under way
                self._deal_with(asked)

    def _deal_with(self, asked: Challenge) -> None:
        control = self.stage.site.control
        login = self.stage.log.account(asked.account).login
        if asked.medium is Medium.QR:
            control.approve_qr(login)
        elif asked.medium.typed and asked.id not in self.answered:
            code = WRONG_CODE if asked.account in self.wrong else control.last_sms_code(login)
            self.wrong.discard(asked.account)
            self.answered.add(asked.id)
            self.client.post(f"/challenges/{asked.id}/answer", data={"store": asked.store, "code": code})


@contextmanager
def _console(home: Path, heard: Path) -> Iterator[httpx.Client]:
    """`appealdesk serve` in a process of its own, and somebody who came in with its link."""
    words = ["serve", "--port", "0", "--no-work", "--no-open"]
    with (heard / "serve.txt").open("wb") as out:
        process = subprocess.Popen(_words(home, words), env=_environment(), stdout=out, stderr=out)
        try:
            link = _link(heard / "serve.txt", process)
            at = link.partition("/enter")[0]
            with httpx.Client(headers={"accept": "text/html"}, timeout=30, base_url=at) as client:
                page = client.get(link, follow_redirects=True)
                token = re.search(r'"X-CSRF-Token": "([^"]+)', page.text)
                assert token is not None, page.text
                client.headers.update({"x-csrf-token": token[1], "origin": at})
                yield client
        finally:
            process.terminate()
            process.wait(30)


def _link(said: Path, process: subprocess.Popen[bytes]) -> str:
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        if found := re.search(r"https?://\S+/enter\S+", said.read_text("utf-8", "replace")):
            return found[0]
        time.sleep(0.1)
    raise RuntimeError(f"the console does not come up: {said.read_text('utf-8', 'replace')}")


def _crawl(client: httpx.Client) -> Iterator[tuple[str, bytes]]:
    """Every page and file that the console links, every answer of its API (about the first of each), with its head."""
    described = client.get("/api/openapi.json")
    gives = [path for path, ways in described.json()["paths"].items() if "get" in ways]
    api = [re.sub(r"\{\w+\}", "1", path) for path in gives]
    todo = ["/", "/api/openapi.json", "/notices", "/dashboard/rounds.csv", "/dashboard/rounds.xlsx", *api]
    seen = set(todo)
    while todo:
        path = todo.pop(0)
        answer = client.get(path, follow_redirects=False)
        head = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
        yield f"the console's answer to {path}", head.encode() + b"\n\n"
        yield f"the console's body for {path}", answer.content
        found = _LINK.findall(answer.text) if "html" in answer.headers.get("content-type", "") else []
        found += [answer.headers["location"]] if answer.headers.get("location", "").startswith("/") else []
        for link in (one.replace("&amp;", "&") for one in found):
            if link not in seen and not _LEFT_OUT.search(link):
                seen.add(link)
                todo.append(link)


def _command(home: Path, words: tuple[str, ...], folder: Path) -> tuple[str, bytes]:
    given = (*words, str(folder / "heard" / "backup.zip")) if words == ("backup",) else words
    done = subprocess.run(_words(home, given), env=_environment(), capture_output=True, check=False, timeout=300)
    return f"appealdesk {' '.join(words)}", done.stdout + b"\n" + done.stderr


def _words(home: Path, words: Iterable[str]) -> list[str]:
    return [sys.executable, "-m", "automation.cli", "--home", str(home), *words]


def _environment() -> dict[str, str]:
    return {**os.environ, VARIABLE: PASSPHRASE, "PYTHONUNBUFFERED": "1"}


@contextmanager
def _sink() -> Iterator[tuple[int, list[bytes]]]:
    """Where notices go: the port, and what came."""
    came: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port, came
    finally:
        server.shutdown()
        server.server_close()


# --- what is looked for


def _secrets(stage: Scene) -> dict[str, str]:
    found = {
        "the password": PASSWORD,
        "the wrong password": WRONG,
        "the passphrase": PASSPHRASE,
        "the seed": SEED,
        "the seed in small letters": SEED.lower(),
        "the notices' token": TOKEN,
    }
    return found | {f"cookie {number}": sid for number, sid in enumerate(sorted(stage.site.control.session_ids()))}


def _codes(stage: Scene, chosen: list[Bait], began: float) -> set[str]:
    made = pyotp.TOTP(SEED)
    codes = set(stage.site.control.codes_sent()) | {WRONG_CODE}
    if any(bait.factor == "totp" for bait in chosen):
        codes |= {made.at(at) for at in range(int(began) - 60, int(time.time()) + 60, 30)}
    return codes


def _look(home: Path, typed: Path, cases: dict[str, Case], secrets: set[str], tally: Tally) -> None:
    """Whether fields that held a secret are covered in the picture of the failure."""
    for line in typed.read_text("utf-8").splitlines() if typed.exists() else ():
        account, places = json.loads(line)
        for picture in home.glob(f"failures/{cases[account].id}-*/*.png"):
            with Image.open(picture) as opened:
                shown = opened.convert("RGB")
            for value, box in places:
                if box is None or (value not in secrets and len(value) > 1):
                    continue  # who signs in, or what is searched for
                middle = int(box["x"] + box["width"] / 2), int(box["y"] + box["height"] / 2)
                if shown.getpixel(middle) == _COVER:
                    tally.covered += 1
                else:
                    tally.leaks.append(f"a field with {value!r} is to be seen in {picture.name} at {middle}")


def report(tally: Tally, seconds: float) -> str:
    """The figures in words, and every leak."""
    lines = [
        f"runs with made-up secrets {tally.runs:8} in {seconds / 60:.1f} minutes",
        f"sign-ins                  {tally.signed_in:8}",
        f"failures pictured, traced {tally.failures:8}",
        f"fields found covered      {tally.covered:8}",
        f"files searched            {tally.files:8}",
        f"texts searched            {tally.texts:8} ({tally.bytes / 1e6:.0f} MB)",
        f"leaks                     {len(tally.leaks):8}",
    ]
    return "\n".join([*lines, *(f"  {leak}" for leak in tally.leaks)])


def main(arguments: list[str]) -> int:
    """Exit code 0 where nothing leaked."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.prove.canary", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--only", default="", metavar="PLATFORM", choices=["", *platforms()])
    parser.add_argument("--stride", type=int, default=STRIDE, help="1: every step of every way in fails once")
    given = parser.parse_args(arguments)
    whole, began = Tally(), time.monotonic()
    for platform in [given.only] if given.only else platforms():
        with tempfile.TemporaryDirectory(prefix="canary-") as folder:
            tally = canary(platform, Path(folder), baits(platform, given.stride))
        print(f"{platform}: {tally.runs} runs, {tally.failures} failures, leaks: {len(tally.leaks)}", flush=True)
        whole.add(tally)
    print(report(whole, time.monotonic() - began))
    return 1 if whole.leaks else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
