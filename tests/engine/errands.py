"""Sending for something at the scene's first store."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from automation.engine.errand import Errands
from automation.engine.jobs import JobKind
from automation.engine.visit import Visit
from fixtures.qa.scene import Scene

T = TypeVar("T")


def errand(stage: Scene, kind: JobKind, act: Callable[[Visit], Awaitable[T]]) -> T:
    means = Errands(
        stage.settings, stage.log, stage.vault, stage.packs, stage.steps.append, clock=stage.site.control.now
    )
    with ThreadPoolExecutor(1) as pool:  # the test's thread may have an event loop of its own
        return pool.submit(asyncio.run, means.go("s1", kind, act)).result()
