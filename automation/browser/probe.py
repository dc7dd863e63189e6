"""Asking the page about one element with one message: Playwright's own `evaluate` takes three."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Locator


async def probe(place: Locator, script: str, given: Any = None, *, timeout: float | None = None) -> Any:
    """What `script`, a function of the element and `given`, says of the one element that matches now.

    Where there is none yet, or more than one, Playwright's `evaluate` waits (`timeout` milliseconds, by default as
    long as a step may take), or refuses, as ever.
    """
    alone = f"async (all, given) => (all.length === 1 ? [await ({script})(all[0], given)] : null)"
    said = await place.evaluate_all(alone, given)
    return said[0] if said else await place.evaluate(script, given, timeout=timeout)
