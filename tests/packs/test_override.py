"""Writing into a user's own pack: what is there stays, comments too, and nothing that does not fit is put in place."""

from __future__ import annotations

from pathlib import Path

import pytest

from automation.errors import PackError
from automation.override import keep_label
from automation.packs import Packs

HEAD = "# mine\nformat: 1\nplatform: douyin_shop\n"
LISTED = """pause_seconds: 3 # slow shop
channels:
  review_appeal:
    reasons:
      extortion: # as of spring
        source: assumed
        labels:
          - 利用评价要挟 # the old name
          # and nothing else
    # end of reasons
# end
"""
INLINE = "channels: { review_appeal: { reasons: { extortion: { source: assumed, labels: [要挟] } } } } # short\n"


def labels(folder: Path) -> tuple[str, ...]:
    return Packs(folder).pack("douyin_shop").channels["review_appeal"].reasons["extortion"].labels


@pytest.mark.parametrize("mine", [None, HEAD, HEAD + LISTED, HEAD + INLINE, HEAD + "channels: {}\n", HEAD.strip()])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_label_is_added_and_all_else_stays(tmp_path: Path, mine: str | None, end: str) -> None:
    file = tmp_path / "packs" / "douyin_shop.yaml"
    file.parent.mkdir()
    if mine is not None:
        file.write_bytes(mine.replace("\n", end).encode())
    before = labels(file.parent)
    assert keep_label(file.parent, "douyin_shop", "review_appeal", "extortion", "恶意敲诈: 新") == file
    assert labels(file.parent) == ("恶意敲诈: 新", *before)
    now = file.read_bytes().decode()
    for line in (mine or "").split("\n"):
        rest = iter(now)
        assert all(one in rest for one in line)  # in this order, with nothing taken out
    assert [one.name for one in file.parent.iterdir()] == [file.name]
    assert all(part in now for part in ("# slow shop", "# the old name", "# and nothing else") if part in (mine or ""))


def test_what_a_person_judged_is_not_claimed_to_be_verified(tmp_path: Path) -> None:
    keep_label(tmp_path, "douyin_shop", "abnormal_review_report", "extortion", "敲诈")
    reason = Packs(tmp_path).pack("douyin_shop").channels["abnormal_review_report"].reasons["extortion"]
    assert (reason.source, reason.verified_on) == ("assumed", None)


def test_an_option_that_means_another_reason_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "douyin_shop.yaml"
    file.write_text(HEAD, "utf-8")
    other = Packs().pack("douyin_shop").channels["review_appeal"].reasons
    label = next(reason.labels[0] for term, reason in other.items() if term != "extortion")
    with pytest.raises(PackError, match="also a label"):
        keep_label(tmp_path, "douyin_shop", "review_appeal", "extortion", label)
    assert file.read_text("utf-8") == HEAD
