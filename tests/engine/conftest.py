"""Fixtures of the engine's tests. A failing test leaves its steps and screenshots under `test-results/`."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from fixtures.qa.scene import Scene, keep_failures, scene

Scenes = Callable[..., Scene]
RESULT = pytest.StashKey[dict[str, pytest.TestReport]]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash.setdefault(RESULT, {})[report.when] = report
    return report


@pytest.fixture
def scenes(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Scenes]:
    """Builds scenes, and puts them away at the test's end. `here_before`: the accounts have living sessions."""
    homes: list[Path] = []
    with ExitStack() as stack:

        def build(*, here_before: bool = False, **words: Any) -> Scene:
            homes.append(tmp_path / f"home{len(homes)}")
            stage = stack.enter_context(scene(homes[-1], **{"traces": "off", **words}))
            if here_before:
                stage.came_before(*(store.id for store in stage.log.stores()))
            return stage

        yield build
    call = request.node.stash.get(RESULT, {}).get("call")
    if call is not None and call.failed:
        for home in homes:
            keep_failures(home, request.config.rootpath / "test-results" / request.node.name / home.name)
