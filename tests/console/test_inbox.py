"""What waits for a person is found, in the order in which it is needed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from automation.model import Medium
from tests.console.room import Room


def numbers(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'data-row="(\d+)"', page)]


def days_ago(days: float) -> str:
    return f"{datetime.now(UTC) - timedelta(days=days):%Y-%m-%d %H:%M}"


def test_the_soonest_window_comes_first_and_one_that_is_too_late_is_marked(console: Room) -> None:
    calm, soon = console.case(posted_at=days_ago(2)), console.case(posted_at=days_ago(20))
    late = console.case(posted_at=days_ago(29.997))  # the window is open, but shorter than the work takes
    with console.client() as client:
        page = client.get("/").text
    assert numbers(page) == [late.id, soon.id, calm.id]
    assert re.findall(r'class="row late" data-row="(\d+)"', page) == [str(late.id)]


def test_open_questions_of_sign_ins_are_on_top(console: Room) -> None:
    case = console.case()
    challenge = console.log.open_challenge("a1", "s1", Medium.SMS, destination="139****0001", seconds=90)
    with console.client() as client:
        page = client.get("/").text
        assert page.index(f"/challenges/{challenge.id}") < page.index(f"/cases/{case.id}")
        assert "139****0001" in page


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("client=North", [1]),
        ("store=s2", [2]),
        ("q=6920000000000000002", [2]),
        ("q=五十块", [1]),
        ("q=%25", []),
        ("q=2", [1, 2]),  # a case's number, and digits of orders
        ("reason=extortion", [1, 2]),
        ("reason=competitor", []),
        ("due=1", []),
        ("view=confirm", []),
        ("view=all&state=ready", [1, 2]),
    ],
)
def test_filters_narrow_the_list(console: Room, asked: str, found: list[int]) -> None:
    console.case("s1", posted_at=days_ago(4))
    console.case("s2", review_text="质量很差")
    with console.client() as client:
        assert sorted(numbers(client.get(f"/?{asked}").text)) == found


def test_counts_say_how_many_there_are_and_pages_hold_them_all(console: Room) -> None:
    for _ in range(51):
        console.case()
    with console.client() as client:
        first, second = (client.get(f"/?page={page}").text for page in (1, 2))
    assert 'aria-current="page">全部待办 <span class="count">51</span>' in first
    assert len(numbers(first)) == 50
    assert len({*numbers(first), *numbers(second)}) == 51


def test_only_the_list_is_sent_where_only_the_list_is_asked_for(console: Room) -> None:
    console.case()
    with console.client() as client:
        part = client.get("/", headers={"hx-target": "list"}).text
    assert part.lstrip().startswith('<section id="list"')


def test_an_open_page_hears_of_news(console: Room) -> None:
    with console.client() as client, client.stream("GET", "/news") as news:
        told = news.iter_lines()
        assert next(told) == "retry: 2000"
        console.case()
        assert "event: changed" in (next(told), next(told))
