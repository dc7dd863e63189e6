"""抖店: every way in, and what stops one outside."""

from __future__ import annotations

from pathlib import Path

import pytest

from automation.errors import ChallengeUnanswered, WrongStore
from automation.model import Medium, SignIn
from fixtures.backoffice import MockSite
from tests.flows.visit import Person, Visit, visit

PLATFORM = "douyin_shop"


async def enter(at: Visit, person: Person) -> tuple[str, Person]:
    await at.sign_in()
    return await at.flow.store_shown(at.site), person


def test_email_and_password_lead_inside(site: MockSite, tmp_path: Path, leave: Path) -> None:
    shown, person = visit(site, tmp_path / "home", enter, leave=leave)
    assert shown == site.control.stores()[0].name
    assert person.asked == []


def test_a_phone_number_asks_a_person_for_the_code_that_was_sent(site: MockSite, tmp_path: Path, leave: Path) -> None:
    shown, person = visit(site, tmp_path / "home", enter, sign_in=SignIn.SMS, leave=leave)
    assert shown == site.control.stores()[0].name
    assert person.asked == [(Medium.SMS, "139****0001")]


def test_the_qr_code_is_shown_to_a_person_and_shown_again_when_it_changes(
    site: MockSite, tmp_path: Path, leave: Path
) -> None:
    site.control.fault("qr_replaced")
    shown, person = visit(site, tmp_path / "home", enter, sign_in=SignIn.QR, late=True, leave=leave)
    assert shown == site.control.stores()[0].name
    assert person.asked[0][0] is Medium.QR
    assert all(picture.startswith(b"\x89PNG") for picture in person.pictures)
    assert len(set(person.pictures)) > 1


@pytest.mark.parametrize("look", ["usual", "new_library"])  # one field for the code, or a box for each character
def test_an_authenticator_code_is_given_without_asking_anybody(
    site: MockSite, tmp_path: Path, leave: Path, look: str
) -> None:
    site.control.drift(look)
    second = site.control.accounts()[1]
    assert second.totp_seed
    shown, person = visit(site, tmp_path / "home", enter, who=second, leave=leave)
    assert shown == next(store.name for store in site.control.stores() if store.id == second.stores[0])
    assert person.asked == []


@pytest.mark.parametrize(("store", "look"), [("s1", "usual"), ("s2", "new_library"), ("s3", "usual")])
def test_the_risk_step_asks_a_person_and_then_exactly_the_named_store_is_chosen(
    site: MockSite, tmp_path: Path, leave: Path, store: str, look: str
) -> None:
    site.control.drift(look)
    agency = site.control.accounts()[2]
    shown, person = visit(site, tmp_path / "home", enter, who=agency, store=store, leave=leave)
    assert shown == next(one.name for one in site.control.stores() if one.id == store)
    [(medium, destination)] = person.asked
    assert medium is Medium.SMS
    assert agency.masked in destination


def test_a_store_that_the_account_does_not_reach_is_never_replaced_by_another(
    site: MockSite, tmp_path: Path, leave: Path
) -> None:
    for who in (site.control.accounts()[0], site.control.accounts()[2]):  # without and with a store picker
        with pytest.raises(WrongStore) as caught:
            visit(site, tmp_path / who.phone, enter, who=who, store="?", leave=leave)
        assert "没有这家店" in str(caught.value)


def test_a_step_that_was_only_seen_in_passing_is_passed_over(site: MockSite, tmp_path: Path, leave: Path) -> None:
    agency = site.control.accounts()[2]
    override = "pages: {totp: {here_when: [stores.title]}}\n"  # as a page that is being drawn may look for a moment
    home = tmp_path / "home"
    shown, _ = visit(site, home, enter, who=agency, store=agency.stores[1], override=override, leave=leave)
    assert shown == next(store.name for store in site.control.stores() if store.id == agency.stores[1])


def test_a_living_session_needs_no_second_sign_in(site: MockSite, tmp_path: Path, leave: Path) -> None:
    async def twice(at: Visit, person: Person) -> str:
        await at.sign_in()
        before = site.control.counts().sign_ins
        await at.sign_in()
        assert site.control.counts().sign_ins == before
        return await at.flow.store_shown(at.site)

    assert visit(site, tmp_path / "home", twice, leave=leave)


def test_one_login_goes_from_store_to_store_inside(site: MockSite, tmp_path: Path, leave: Path) -> None:
    agency = site.control.accounts()[2]
    names = {store.id: store.name for store in site.control.stores()}

    async def change(at: Visit, person: Person) -> list[str]:
        seen = []
        for store in ("s1", "s3", "s2"):
            at.store = type(at.store)(store, at.store.platform, names[store], at.store.account)
            await at.sign_in()
            seen.append(await at.flow.store_shown(at.site))
        assert len(person.asked) == 1
        return seen

    assert visit(site, tmp_path / "home", change, who=agency, leave=leave) == [names["s1"], names["s3"], names["s2"]]


def test_a_wrong_password_stops_the_sign_in_and_is_not_tried_again(site: MockSite, tmp_path: Path, leave: Path) -> None:
    with pytest.raises(ChallengeUnanswered, match="refused"):
        visit(site, tmp_path / "home", enter, password="made-up-Wrong-1", leave=leave)
    assert sum(n for path, n in site.control.counts().posts.items() if path.endswith("/login/email")) == 1


def test_a_refused_code_stops_the_sign_in(site: MockSite, tmp_path: Path, leave: Path) -> None:
    site.control.fault("sms_wrong_once")
    with pytest.raises(ChallengeUnanswered, match="refused"):
        visit(site, tmp_path / "home", enter, sign_in=SignIn.SMS, leave=leave)


def test_nobody_at_the_desk_leaves_one_outside(site: MockSite, tmp_path: Path, leave: Path) -> None:
    with pytest.raises(ChallengeUnanswered):
        visit(site, tmp_path / "home", enter, sign_in=SignIn.SMS, answers=False, leave=leave)
    assert site.control.counts().sign_ins == 0
