"""What a row says, and what is said of a row that is wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from automation.errors import InputError
from automation.intake import COLUMNS, gather
from automation.intake.columns import page
from automation.intake.problems import explanations
from automation.model import EvidenceKind, State
from automation.packet import deadline, digest
from tests.intake.office import PACK, SECOND_CHANNEL, Office, office
from tests.packet.material import picture

ROOT = Path(__file__).parents[2]


def only(problems: tuple[InputError, ...]) -> InputError:
    (one,) = problems
    return one


def test_a_good_row_becomes_a_ready_case_with_its_evidence_kept(desk: Office) -> None:
    (case,) = desk.add().entered
    packet = case.packet
    assert (case.state, case.entered_by, case.findings) == (State.READY, "ann", ())
    assert (packet.platform, packet.channel, packet.store, packet.round) == ("shop", "review_appeal", "s1", 1)
    assert packet.review.posted_at == datetime(2025, 3, 6, 2, 0, tzinfo=UTC)
    assert (packet.review.stars, packet.review.buyer) == (1, "u***8")
    (piece,) = packet.evidence
    assert (piece.kind, piece.name, piece.caption) == (EvidenceKind.CHAT, "chat.png", "买家索要50元")
    assert piece.shows_at == datetime(2025, 3, 6, 3, 0, tzinfo=UTC)
    assert piece.path.read_bytes() == (desk.folder / "chat.png").read_bytes()
    assert case.digest == digest(packet)
    assert case.deadline == deadline(packet.review, desk.packs.pack("shop").channels["review_appeal"])


def test_all_that_is_wrong_with_a_row_is_said_at_once(desk: Office) -> None:
    report = desk.add(order_no="1.23E+17", stars="6", posted_at="soon", reason="magic", evidence="chat:no.png")
    assert [one.field for one in report.problems] == ["reason", "order_no", "posted_at", "stars", "evidence"]
    assert report.entered == ()
    assert desk.log.cases() == []


@pytest.mark.parametrize(("changes", "first"), [({"store": "nowhere"}, "store"), ({"channel": "by letter"}, "channel")])
def test_a_row_without_its_store_or_channel_says_what_else_is_wrong(
    desk: Office, changes: dict[str, str], first: str
) -> None:
    (desk.folder / "a.gif").write_bytes(picture("GIF"))  # of a kind that some channel might take
    report = desk.add(**changes, stars="6", reason="magic", evidence="chat:no.png;chat:a.gif;chat:chat.png")
    assert [one.field for one in report.problems] == [first, "reason", "stars", "evidence"]
    assert "magic" in report.problems[1].reason
    assert "no.png" in report.problems[3].reason
    assert [one.field for one in desk.add(**changes).problems] == [first]
    assert desk.log.cases() == []


def test_a_row_that_is_not_fit_enters_as_a_draft_with_its_findings(desk: Office) -> None:
    (case,) = desk.add(evidence="", posted_at="2024-01-01").entered
    assert case.state is State.DRAFT
    assert {one.code for one in case.findings} == {"window_closed", "reason_needs_evidence"}


def test_a_second_time_the_same_row_adds_nothing(desk: Office) -> None:
    (case,) = desk.add().entered
    again = desk.add()
    assert ([one.id for one in again.known], again.entered, again.differing) == ([case.id], (), ())


def test_a_known_review_with_other_words_is_told_and_not_changed(desk: Office) -> None:
    (case,) = desk.add().entered
    again = desk.add(description="该买家3月5日签收后，要求补偿。")
    assert [one.id for one in again.differing] == [case.id]
    assert desk.log.case(case.id).digest == case.digest


# --- store, channel, reason


def test_a_store_may_be_called_by_its_name(desk: Office) -> None:
    assert desk.add(store="星河旗舰店").entered[0].store.id == "s1"


def test_an_unknown_store_names_the_nearest_and_all(desk: Office) -> None:
    one = only(desk.add(store="星河旗舰").problems)
    assert "星河旗舰店" in one.reason
    assert "s2 (同名店)" in one.hint


def test_a_name_that_two_stores_have_is_refused(desk: Office) -> None:
    assert "s2 (shop), s3 (mall)" in only(desk.add(store="同名店").problems).reason


def test_the_only_channel_need_not_be_named(desk: Office) -> None:
    assert desk.add(channel=None).entered[0].packet.channel == "review_appeal"
    assert desk.add(channel="评价申诉").known


def test_with_several_channels_one_must_be_named(tmp_path: Path) -> None:
    with office(tmp_path, PACK + SECOND_CHANNEL) as desk:
        one = only(desk.add(channel="").problems)
        assert (one.field, "review_appeal (评价申诉), abnormal_report (评价申诉)" in one.hint) == ("channel", True)
        assert "没有申诉渠道" in only(desk.add(channel="nowhere").problems).reason
        assert desk.add(channel="abnormal_report").entered


@pytest.mark.parametrize("name", ["extortion", "利用评价要挟", "利用评价要挟/勒索", " 利用评价要挟/勒索 "])
def test_a_reason_may_be_our_term_its_title_or_an_option_of_the_platform(desk: Office, name: str) -> None:
    assert desk.add(reason=name).entered[0].packet.reason == "extortion"


def test_a_name_that_may_mean_two_reasons_is_refused(desk: Office) -> None:
    assert "meaningless, spam" in only(desk.add(reason="无实际含义的评价").problems).reason


def test_an_unknown_reason_names_the_nearest(desk: Office) -> None:
    one = only(desk.add(reason="评价要挟勒索").problems)
    assert "利用评价要挟/勒索" in one.reason


# --- numbers, times, stars


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("6912345678901234567", "6912345678901234567"),
        ("\t6912345678901234567 ", "6912345678901234567"),
        ('="6912345678901234567"', "6912345678901234567"),
        ("６９１２", "6912"),
        ("'691234567890123000", "691234567890123000"),
        ("250305-1234567890", "250305-1234567890"),
        ("1234567890123400", "1234567890123400"),
    ],
)
def test_order_numbers_are_text(desk: Office, raw: str, number: str) -> None:
    assert desk.add(order_no=raw).entered[0].packet.review.order_no == number


@pytest.mark.parametrize("raw", ["1.23E+17", "6.91235e+18", "691234567890123000", "6912345678901230000"])
def test_an_order_number_that_a_spreadsheet_rounded_is_refused(desk: Office, raw: str) -> None:
    one = only(desk.add(order_no=raw).problems)
    assert (one.field, "末尾几位已丢失" in one.reason, "文本" in one.hint) == ("order_no", True, True)


@pytest.mark.parametrize("raw", ["=1+1", "@cmd", "12 34", "订单1", "x" * 65])
def test_what_does_not_look_like_a_number_is_refused(desk: Office, raw: str) -> None:
    assert only(desk.add(order_no=raw).problems).field == "order_no"


@pytest.mark.parametrize(
    "raw",
    [
        "2025-03-06 10:00",
        "2025/3/6 10:00:00",
        "2025.3.6 10:00",
        "2025年3月6日 10:00",
        "2025年3月6日10时0分",
        "2025-03-06T10:00:00+08:00",
        "2025-03-06T02:00:00Z",
        "2025-03-05T22:00-0400",
        "２０２５-03-06　10：00",
        "2025-03-06 10:00:00.123",
    ],
)
def test_times_are_those_of_shanghai_unless_a_zone_is_given(desk: Office, raw: str) -> None:
    assert desk.add(posted_at=raw).entered[0].packet.review.posted_at == datetime(2025, 3, 6, 2, tzinfo=UTC)


def test_a_date_alone_is_its_beginning() -> None:
    from automation.intake.cells import moment  # noqa: PLC0415

    assert moment("2025-03-06") == datetime(2025, 3, 6, tzinfo=timezone(timedelta(hours=8)))


@pytest.mark.parametrize(
    "raw", ["", "soon", "2025-13-01", "2025-02-30", "45722.5", "03/06/2025", "1025-03-06", "2025-03-06 25:00"]
)
def test_what_is_no_time_is_refused(desk: Office, raw: str) -> None:
    assert only(desk.add(posted_at=raw).problems).field == "posted_at"


@pytest.mark.parametrize(("raw", "stars"), [("5", 5), ("1星", 1), ("３", 3), ("2.0", 2), ("", None)])
def test_stars_are_one_to_five_or_unknown(desk: Office, raw: str, stars: int | None) -> None:
    assert desk.add(stars=raw).entered[0].packet.review.stars == stars


@pytest.mark.parametrize("raw", ["0", "6", "1.5", "一", "-1"])
def test_other_stars_are_refused(desk: Office, raw: str) -> None:
    assert only(desk.add(stars=raw).problems).field == "stars"


def test_a_review_must_be_findable(desk: Office) -> None:
    assert only(desk.add(order_no="", review_id="", buyer="").problems).field == "order_no"
    assert desk.add(order_no="", review_id="").entered


@pytest.mark.parametrize("key", ["store", "reason", "description", "posted_at"])
def test_what_is_required_must_be_there(desk: Office, key: str) -> None:
    for value in ("  ", None):
        assert only(desk.add(**{key: value}).problems).field == key


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)"])
def test_text_that_looks_like_a_formula_is_kept_as_it_stands(desk: Office, text: str) -> None:
    assert desk.add(review_text=text).entered[0].packet.review.text == text


@pytest.mark.parametrize("text", ["a\0b", "a\ud800"])
def test_characters_that_no_database_takes_are_refused(desk: Office, text: str) -> None:
    assert only(desk.add(product=text).problems).field == "product"


@pytest.mark.parametrize("value", [["x"], {"a": 1}, 5, datetime(2025, 3, 6, tzinfo=UTC), "x" * 20_001])
def test_values_of_other_kinds_are_refused(desk: Office, value: Any) -> None:
    assert only(desk.add(product=value).problems).field == "product"


# --- evidence


@pytest.mark.parametrize(
    ("raw", "kinds"),
    [
        ("chat:chat.png;photo:sub/way.png", ["chat", "photo"]),
        ("聊天记录:chat.png\n物流凭证:sub/way.png", ["chat", "logistics"]),
        ("聊天：chat.png； sub\\way.png ;", ["chat", "other"]),
        ("CHAT: chat.png", ["chat"]),
        (["录音:chat.png", {"path": "sub/way.png", "kind": "订单记录", "name": "order.png"}], ["recording", "order"]),
    ],
)
def test_evidence_is_listed_with_its_kind(desk: Office, raw: Any, kinds: list[str]) -> None:
    assert [piece.kind for piece in desk.add(evidence=raw).entered[0].packet.evidence] == kinds


@pytest.mark.parametrize(
    "raw",
    ["magic:chat.png", "chat:", "chat:a|b|c|d", "chat:chat.png|x|soon", [5], [{"path": ""}], [{"file": "x"}], [[]], {}],
)
def test_evidence_that_is_not_understood_is_refused(desk: Office, raw: Any) -> None:
    assert only(desk.add(evidence=raw).problems).field == "evidence"


def test_every_bad_file_of_a_row_is_named(desk: Office) -> None:
    (desk.folder / "a.gif").write_bytes(picture("GIF"))
    (desk.folder / "empty.png").touch()
    report = desk.add(evidence="chat:no.png;chat:a.gif;chat:empty.png;chat:chat.png")
    assert [one.reason.split("”")[0] for one in report.problems] == ["找不到文件“no.png", "“a.gif", "“empty.png"]


def test_a_warning_about_a_file_goes_with_the_case(desk: Office) -> None:
    (desk.folder / "a.jpg").write_bytes((desk.folder / "chat.png").read_bytes())
    (case,) = desk.add(evidence="chat:a.jpg").entered
    assert [one.code for one in case.findings] == ["extension_wrong"]
    assert case.state is State.READY


def test_one_case_may_take_evidence_from_anywhere(desk: Office, tmp_path: Path) -> None:
    (tmp_path / "far.png").write_bytes((desk.folder / "chat.png").read_bytes())
    assert desk.add(evidence=f"chat:{tmp_path / 'far.png'}").entered


def test_evidence_for_a_case_that_is_there_is_kept_or_refused_with_its_reason(desk: Office) -> None:
    limits = desk.packs.pack("shop").channels["review_appeal"].limits
    good = gather("chat:chat.png", log=desk.log, limits=limits, folder=desk.folder)
    assert [piece.name for piece in good.evidence] == ["chat.png"]
    bad = gather(["chat:chat.png", "chat:no.png"], log=desk.log, limits=limits, folder=desk.folder)
    assert (bad.evidence, only(bad.problems).field) == ((), "evidence")
    assert gather("magic:x", log=desk.log, limits=limits).problems


def test_an_unknown_column_names_the_nearest(desk: Office) -> None:
    assert "description" in only(desk.add(desciption="x").problems).reason


# --- the tables


def test_the_page_on_importing_is_what_the_columns_say() -> None:
    assert (ROOT / "docs" / "import.md").read_text(encoding="utf-8") == page(), "run: python -m automation.intake"


def test_no_two_columns_share_a_name() -> None:
    names = [name for column in COLUMNS for name in column.names]
    assert len(names) == len(set(names))


def test_every_problem_of_the_catalogue_is_used_and_has_both_languages() -> None:
    import re  # noqa: PLC0415

    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "automation" / "intake").glob("*.py"))
    assert set(re.findall(r'Fault\(\s*"([a-z_]+)"', source)) == set(explanations())
    for code, entry in explanations().items():
        places = [set(re.findall(r"\{(\w+)", text)) for text in (entry.zh + entry.zh_hint, entry.en + entry.en_hint)]
        assert places[0] == places[1], code
        assert bool(entry.zh_hint) == bool(entry.en_hint), code
