"""Every proof, one after the other: `make prove` (docs/promises.md says which promise each is about).

    python -m bench.prove [--every 1] [--only crash,model,fuzz,canary,soak]

Each can be run alone, at any length: `python -m bench.prove.NAME --help`. With `--every 8` an eighth of all is tried.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from typing import Final

PROOFS: Final[Mapping[str, tuple[str, Callable[[int], list[str]]]]] = {
    "crash": ("killed at every step", lambda every: ["--every", str(every)]),
    "model": ("a server, people and workers at their worst", lambda every: ["--minutes", f"{4 / every:.2f}"]),
    "fuzz": ("files from a hostile world", lambda every: ["--minutes", f"{3 / every:.2f}"]),
    "canary": ("secrets that must be nowhere", lambda every: ["--stride", str(8 * every)]),
    "soak": ("one worker for long", lambda every: ["--minutes", f"{max(1.0, 6 / every):.2f}"]),
}


def main(arguments: list[str]) -> int:
    """Exit code 0 where every proof held; 2 for a proof that there is not."""
    parser = argparse.ArgumentParser(prog="python -m bench.prove", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--every", type=int, default=1, metavar="N", help="try an N-th of it")
    parser.add_argument("--only", default=",".join(PROOFS), metavar="NAME,...")
    given = parser.parse_args(arguments)
    names = given.only.split(",")
    if unknown := set(names) - PROOFS.keys():
        parser.error(f"no proof {', '.join(sorted(unknown))}; there are {', '.join(PROOFS)}")
    lines, broken = [], False
    for name in names:
        title, words = PROOFS[name]
        print(f"\n== {name}: {title}", flush=True)
        began = time.monotonic()
        code = subprocess.run(
            [sys.executable, "-m", f"bench.prove.{name}", *words(given.every)], check=False
        ).returncode
        broken |= code != 0
        lines.append(f"{name:8} {title:44} {(time.monotonic() - began) / 60:5.1f} min   {'BROKEN' if code else 'held'}")
    print("\n== proofs\n" + "\n".join(lines))
    return int(broken)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
