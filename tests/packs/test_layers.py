"""A user's override pack over the shipped one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from automation.errors import PackError
from automation.packs import Packs
from tests.packs.conftest import GOOD, Shelf

HEAD = "format: 1\nplatform: acme\n"
RENAMED = (
    HEAD
    + """\
elements:
  form.text:
    source: verified
    verified_on: '2026-11-21'
    find: [{ label: Statement }]
"""
)


def test_an_override_names_only_what_it_changes(shelf: Shelf) -> None:
    pack = shelf(GOOD, RENAMED).pack("acme")
    text = pack.elements["form.text"]
    assert [way.label for way in text.find] == ["Statement"]
    assert text.within == "form.box"
    assert str(text.verified_on) == "2026-11-21"
    assert pack.elements["form.box"] == shelf().pack("acme").elements["form.box"]


def test_maps_merge_while_lists_and_values_replace(shelf: Shelf) -> None:
    more = """\
title: Mine
origins: ["http://127.0.0.1:8000"]
elements:
  form.new: { source: assumed, control: display, find: [{ text: new }] }
channels:
  appeal:
    reasons:
      rival: { source: assumed, title: Rival, labels: [Rival] }
    limits: { files_max: 9 }
"""
    pack = shelf(GOOD, HEAD + more).pack("acme")
    assert (pack.title, pack.origins) == ("Mine", ("http://127.0.0.1:8000",))
    assert set(pack.channels["appeal"].reasons) == {"extortion", "rival"}
    assert (pack.channels["appeal"].limits.files_max, pack.channels["appeal"].limits.description_max) == (9, 100)
    assert {"form.new", "form.text"} <= set(pack.elements)


@pytest.mark.parametrize(
    ("override", "file", "line"),
    [
        (HEAD + "titel: x\n", "mine", 3),
        (HEAD + "pages:\n  form:\n    here_when: [form.nothing]\n", "mine", 5),
        (HEAD + "elements:\n  form.box: text\n", "mine", 4),
        (HEAD + "elements:\n  form.text:\n    find: []\n", "mine", 5),
        ("platform: acme\n", "mine", 1),
        ("format: 1\n", "mine", 1),
        ("format: 2\nplatform: acme\n", "mine", 1),
        ("format: 1\nplatform: other\n", "mine", 2),
        (HEAD + "title: no\n", "mine", 3),
    ],
)
def test_an_error_names_the_file_it_stands_in(
    shelf: Shelf, tmp_path: Path, override: str, file: str, line: int
) -> None:
    with pytest.raises(PackError) as caught:
        shelf(GOOD, override).pack("acme")
    assert caught.value.file == str(tmp_path / file / "acme.yaml")
    assert caught.value.line == line
    assert not caught.value.others


def test_an_error_that_an_override_causes_in_the_shipped_pack_names_the_shipped_line(
    shelf: Shelf, tmp_path: Path
) -> None:
    with pytest.raises(PackError) as caught:
        shelf(GOOD, HEAD + "elements:\n  form.send: { irreversible: false }\n").pack("acme")
    assert caught.value.file == str(tmp_path / "shipped" / "acme.yaml")
    assert caught.value.field == "channels.appeal.submit.press"


def test_the_digest_is_of_what_the_layers_say_together_and_not_of_how(shelf: Shelf) -> None:
    plain = shelf(GOOD).pack("acme").digest
    assert shelf(GOOD, HEAD).pack("acme").digest == plain
    assert shelf("# a remark\n" + GOOD.replace("title: Acme", 'title: "Acme"'), HEAD).pack("acme").digest == plain
    assert shelf(GOOD, RENAMED).pack("acme").digest != plain


def test_every_fact_tells_its_source_and_the_layers_that_say_it(shelf: Shelf, tmp_path: Path) -> None:
    facts = {fact.key: fact for fact in shelf(GOOD, RENAMED).facts("acme")}
    text, box = facts["elements.form.text"], facts["elements.form.box"]
    assert (text.source, str(text.verified_on), text.layers) == ("verified", "2026-11-21", ("shipped", "override"))
    assert (box.source, box.layers, box.file) == ("assumed", ("shipped",), str(tmp_path / "shipped" / "acme.yaml"))
    assert facts["channels.appeal.outcomes[0]"].source == "assumed"
    assert facts["channels.appeal"].layers == ("shipped",)
    assert facts["channels.appeal.reasons.extortion"].source == "seed 1"


def test_a_platform_of_the_users_own_needs_no_shipped_pack(shelf: Shelf) -> None:
    packs = shelf(None, GOOD)
    assert packs.platforms() == ["acme"]
    assert packs.pack("acme").title == "Acme"


def test_an_unknown_platform_names_the_nearest(shelf: Shelf) -> None:
    with pytest.raises(PackError, match="did you mean `acme`"):
        shelf().pack("acne")


def test_a_changed_file_is_read_again_and_an_unchanged_one_is_not(shelf: Shelf, tmp_path: Path) -> None:
    packs = shelf()
    before = packs.pack("acme")
    assert packs.pack("acme") is before
    file = tmp_path / "shipped" / "acme.yaml"
    file.write_text(GOOD.replace("title: Acme", "title: Acne"), encoding="utf-8")
    os.utime(file, ns=(1, 1))
    assert packs.pack("acme").title == "Acne"


def test_a_folder_that_is_not_there_overrides_nothing(tmp_path: Path) -> None:
    assert Packs(tmp_path / "missing").platforms() == Packs().platforms()


def test_a_pack_stands_on_a_base_and_says_only_what_differs(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    base = GOOD.replace("platform: acme\n", "").replace("base: ", "")
    (tmp_path / "base" / "common.yaml").write_text(base, "utf-8")
    (tmp_path / "acme.yaml").write_text(HEAD + "base: common\ntitle: Ours\n", "utf-8")
    pack = Packs(shipped=tmp_path).pack("acme")
    assert pack.title == "Ours"
    assert "form.send" in pack.elements
    assert "form.send" in pack.inherited


def test_a_base_that_is_not_there_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "common.yaml").write_text("format: 1\n", "utf-8")
    (tmp_path / "acme.yaml").write_text(GOOD + "base: comon\n", "utf-8")
    with pytest.raises(PackError, match=r"acme\.yaml:\d+ \[base\]: there is no base 'comon'"):
        Packs(shipped=tmp_path).pack("acme")


def test_a_base_is_for_no_platform(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "common.yaml").write_text("format: 1\nplatform: acme\n", "utf-8")
    (tmp_path / "acme.yaml").write_text(GOOD + "base: common\n", "utf-8")
    with pytest.raises(PackError, match="a base has no `platform`"):
        Packs(shipped=tmp_path).pack("acme")


def test_a_file_is_validated_with_the_base_that_it_names(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "common.yaml").write_text(GOOD.replace("platform: acme\n", ""), "utf-8")
    (tmp_path / "draft.yaml").write_text(HEAD + "base: common\n", "utf-8")
    assert Packs(shipped=tmp_path).validate(tmp_path / "draft.yaml").platform == "acme"
