"""What a person does with a mouse at the console."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.async_api import Locator, Page, expect

KNOB = (22, 93, 255)
EN: dict[str, Any] = {"locale": "en-GB", "viewport": {"width": 1280, "height": 1100}}
_FILES = """(files) => {
  const moved = new DataTransfer();
  for (const [name, type, bytes] of files) moved.items.add(new File([new Uint8Array(bytes)], name, { type }));
  return moved;
}"""


async def drop(place: Locator, *files: Path) -> None:
    """Files from the desktop, let fall there."""
    kinds = {".csv": "text/csv", ".png": "image/png"}
    sent = [[file.name, kinds[file.suffix], list(file.read_bytes())] for file in files]
    await place.dispatch_event("drop", {"dataTransfer": await place.page.evaluate_handle(_FILES, sent)})


async def _knob(screen: Locator) -> tuple[int, int, int]:
    """The middle of the slider's knob in the picture, found as a person finds it, and how far its track goes."""
    shot = Image.open(BytesIO(await screen.screenshot())).convert("RGB")
    near = [
        (x, y)
        for y in range(0, shot.height, 2)
        for x in range(0, shot.width, 2)
        if all(abs(one - other) < 24 for one, other in zip(shot.getpixel((x, y)), KNOB, strict=True))  # type: ignore[arg-type]
    ]
    assert near, "no knob in the picture"
    left, right = min(x for x, _ in near), max(x for x, _ in near)
    return (left + right) // 2, (min(y for _, y in near) + max(y for _, y in near)) // 2, (right - left) * 7


async def drag(page: Page) -> None:
    """Move the knob of the slider in the live view to its end."""
    screen = page.get_by_label("Live view of the sign-in page")
    await expect(screen).to_be_visible(timeout=15_000)
    x, y, far = await _knob(screen)
    box = await screen.bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + x, box["y"] + y)
    await page.mouse.down()
    await page.mouse.move(box["x"] + x + far, box["y"] + y + 3, steps=12)
    await page.mouse.up()
