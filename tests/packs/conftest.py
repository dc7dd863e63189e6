"""A small pack that is right, to be spoilt in one place at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from automation.packs import Packs

GOOD = """\
format: 1
platform: acme
title: Acme
origins: ["https://acme.example"]
library: antd
sign_in:
  methods: [password]
  dead_when: [login]
pages:
  login: { source: public, url: /login, here_when: [login.name] }
  form: { source: assumed, here_when: [form.text] }
elements:
  login.name:
    source: public
    control: text
    find: [{ placeholder: Name }]
  form.box: { source: assumed, control: dialog, find: [{ role: dialog }] }
  form.text: { source: assumed, control: text, within: form.box, find: [{ label: Text }] }
  form.list:
    source: assumed
    control: table
    find: [{ role: table }]
    table:
      rows: [{ role: row }]
      cells:
        order_no: [{ column: Order }]
      next: form.more
  form.more: { source: assumed, control: button, find: [{ text: more }] }
  form.send: { source: assumed, control: button, irreversible: true, find: [{ role: button, name: Send }] }
channels:
  appeal:
    source: seed 1
    title: Appeal
    reasons:
      extortion: { source: seed 1, title: Extortion, labels: [Extortion], needs: [chat] }
    limits: { source: assumed, description_max: 100, files_max: 3, file_bytes_max: 1000, media_types: [image/png] }
    submit: { source: assumed, press: form.send }
    outcomes:
      - { source: assumed, means: upheld, says: [granted] }
      - { source: assumed, means: rejected, says: [refused] }
    cadence: { source: assumed, first_after_hours: 24, every_hours: 12.5, working_days: [1, 3] }
"""

Shelf = Callable[..., Packs]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """Writes packs: `shelf(text)` the shipped one, `shelf(text, override)` with an override over it."""

    def write(shipped: str | bytes | None = GOOD, override: str | None = None) -> Packs:
        for name, text in (("shipped", shipped), ("mine", override)):
            (tmp_path / name).mkdir(exist_ok=True)
            if text is not None:
                data = text.encode() if isinstance(text, str) else text
                (tmp_path / name / "acme.yaml").write_bytes(data)
        return Packs(tmp_path / "mine", shipped=tmp_path / "shipped")

    return write
