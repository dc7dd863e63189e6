"""Documents that must keep up with the code, and whose links must lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from automation.errors import AppealdeskError, PersonNeeded

ROOT = Path(__file__).parents[1]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


def kinds(root: type[BaseException]) -> Iterator[type[BaseException]]:
    yield root
    for kind in root.__subclasses__():
        if kind.__module__ == "automation.errors":
            yield from kinds(kind)


@pytest.mark.parametrize("kind", [*kinds(AppealdeskError), *kinds(PersonNeeded)], ids=lambda kind: kind.__name__)
def test_every_error_is_documented_with_who_acts_next(kind: type[AppealdeskError | PersonNeeded]) -> None:
    page = (ROOT / "docs" / "errors.md").read_text("utf-8")
    rows = [line for line in page.splitlines() if line.startswith(f"| `{kind.__name__}` |")]
    assert len(rows) == 1, f"docs/errors.md needs one row for {kind.__name__}"
    assert f"| {kind.next} |" in rows[0]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
