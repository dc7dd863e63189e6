"""The whole way in a real browser: from an approval to the platform's own record, and to the result."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace

from automation.engine import Mark, Step, answer
from automation.errors import CaseLogError
from automation.model import Account, FormPolicy, SignIn, State
from tests.engine.conftest import Scenes
from tests.loop import run

PLATFORM = "douyin_shop"


def test_form_is_looked_at_before_anything_is_sent(scenes: Scenes) -> None:
    stage = scenes(here_before=True)
    stage.policy(FormPolicy.ALWAYS)
    case = stage.approved(files=2)
    stage.work()
    assert stage.state(case) is State.PREPARED
    kept = stage.log.read_back(case.id)
    assert kept is not None
    assert kept.screenshot is not None
    assert kept.screenshot.stat().st_size > 10_000
    assert kept.read_back.description == case.packet.description
    assert stage.sent(case) == []

    stage.approve(case)
    stage.work()
    now = stage.log.case(case.id)
    (arrived,) = stage.sent(case)
    assert (now.state, now.record_id) == (State.SUBMITTED, arrived.record_id)
    assert [file.sha256 for file in arrived.files] == [piece.sha256 for piece in case.packet.evidence]
    assert (arrived.store, arrived.description) == ("s1", case.packet.description)


def test_one_sign_in_and_one_look_serve_all_cases_of_a_store(scenes: Scenes) -> None:
    stage = scenes()
    cases = [stage.approved() for _ in range(4)]
    stage.work()
    assert [stage.state(case) for case in cases] == [State.SUBMITTED] * 4
    assert stage.site.control.counts().sign_ins == 1
    assert sum(step.mark is Mark.SIGNED_IN for step in stage.steps) == 1

    for case, outcome in zip(cases, ("upheld", "rejected", "more_evidence", "unknown"), strict=True):
        stage.site.control.decide(case.packet.review.order_no, outcome)
    before = stage.site.control.counts().pages
    stage.work(look_now=True)
    states = [State.UPHELD, State.REJECTED, State.MORE_EVIDENCE, State.NEEDS_PERSON]
    assert [stage.state(case) for case in cases] == states
    assert "证" in stage.log.case(cases[1].id).note  # the platform's own words
    assert stage.site.control.counts().pages - before <= 4
    assert stage.site.control.counts().sign_ins == 1  # the session was kept from the first run
    stage.log.verify()


def test_results_are_looked_for_by_the_pack_s_cadence_and_unknown_words_are_read_by_a_person(scenes: Scenes) -> None:
    stage = scenes(here_before=True)
    case = stage.approved()
    stage.work()
    stage.site.control.fault("unknown_wording")
    stage.site.control.decide(case.packet.review.order_no, "upheld")
    stage.work()
    assert stage.state(case) is State.SUBMITTED
    stage.site.control.advance(hours=24 * 12)  # over any weekend and holiday
    stage.work()
    assert stage.state(case) is State.NEEDS_PERSON


def test_one_character_changed_after_the_approval_posts_nothing(scenes: Scenes) -> None:
    stage = scenes()
    case = stage.approved()
    changed = replace(case.packet, description=case.packet.description + "!")
    stage.log.change_packet(case.id, changed, by="eve")
    stage.work()
    assert stage.state(case) is State.READY
    assert stage.site.control.counts().submits == 0
    assert not any(step.mark is Mark.STARTED for step in stage.steps)


def test_one_byte_of_evidence_changed_after_the_approval_posts_nothing(scenes: Scenes) -> None:
    stage = scenes()
    case = stage.approved()
    kept = case.packet.evidence[0].path
    kept.chmod(0o600)
    data = bytearray(kept.read_bytes())
    data[-1] ^= 1
    kept.write_bytes(data)
    stage.work()
    assert stage.state(case) is State.NEEDS_PERSON
    assert kept.name in stage.log.case(case.id).note
    counts = stage.site.control.counts()
    assert (counts.submits, counts.upload_posts) == (0, 0)


def test_two_accounts_at_once_have_cookies_of_their_own(scenes: Scenes) -> None:
    stage = scenes(stores=2)
    cases = {store: stage.approved(store) for store in ("s1", "s2")}
    stage.work()
    arrived = {store: one for store, case in cases.items() for one in stage.sent(case)}
    for store, number in (("s1", 1), ("s2", 2)):
        assert (arrived[store].store, arrived[store].account) == (store, f"139000{number:05d}")
    assert arrived["s1"].session != arrived["s2"].session
    jobs = [step for step in stage.steps if step.mark in (Mark.STARTED, Mark.DONE)]
    assert {step.store for step in jobs[:2]} == {stage.log.store(store).name for store in cases}  # side by side


def test_one_account_serves_its_stores_one_after_the_other(scenes: Scenes) -> None:
    stage = scenes(stores=2, shared_account=True)
    order = [stage.approved(store) for store in ("s1", "s2", "s1")]
    stage.work()
    assert [stage.state(case) for case in order] == [State.SUBMITTED] * 3
    assert [one.store for case in order for one in stage.sent(case)] == ["s1", "s2", "s1"]
    marks = [step.mark for step in stage.steps]
    assert marks.count(Mark.SIGNED_IN) - marks.count(Mark.RETRY) == 2  # each store once; a second try arrives anew
    assert stage.site.control.counts().sign_ins == 1


def test_answer_for_another_store_s_challenge_is_refused(scenes: Scenes) -> None:
    stage = scenes(stores=2)
    person = next(one for one in stage.site.control.accounts() if one.stores == ("s1",))
    stage.log.put_account(Account("a1", PLATFORM, person.phone, SignIn.SMS), by="ann")
    case = stage.approved("s1")
    refused: list[str] = []

    def give_code() -> None:
        (challenge,) = stage.log.challenges(open_only=True)
        code = stage.site.control.last_sms_code(person.phone)
        try:
            answer(stage.log, stage.vault, challenge.id, store="s2", text=code, by="bob")
        except CaseLogError as error:
            refused.append(error.message)
        answer(stage.log, stage.vault, challenge.id, store="s1", text=code, by="bob")
        worker.wake()

    def on(step: Step) -> None:
        if step.mark is Mark.CHALLENGE:
            threading.Thread(target=give_code).start()

    worker = stage.worker(on)
    run(worker.run_until_idle())
    assert refused
    assert stage.state(case) is State.SUBMITTED
    assert person.phone not in stage.told()


def test_unanswered_challenge_rests_the_account_instead_of_asking_for_each_case(scenes: Scenes) -> None:
    stage = scenes(challenge_seconds=1)
    person = stage.site.control.accounts()[0]
    stage.log.put_account(Account("a1", PLATFORM, person.phone, SignIn.SMS), by="ann")
    cases = [stage.approved() for _ in range(3)]

    def on(step: Step) -> None:
        worker.wake()  # it looks for more to do at every step

    worker = stage.worker(on)
    run(worker.run_until_idle())
    assert [stage.state(case) for case in cases] == [State.NEEDS_PERSON, State.APPROVED, State.APPROVED], stage.told()
    assert stage.site.control.sms_sent() == 1


def test_look_alike_origin_is_given_no_password(scenes: Scenes) -> None:
    stage = scenes()
    stage.site.control.fault("look_alike_origin_redirect")
    case = stage.approved()
    stage.work()
    assert stage.state(case) is State.NEEDS_PERSON
    assert f"wanted to go to {stage.site.look_alike_url}" in stage.log.case(case.id).note
    assert stage.site.control.counts().look_alike_posts == 0


def test_store_that_changes_with_the_click_makes_no_receipt(scenes: Scenes) -> None:
    stage = scenes(here_before=True, stores=2, step_seconds=2)
    stage.site.control.fault("other_store_answers", store="s1", after="submit", to="s2")
    case = stage.approved()
    stage.work()
    assert stage.state(case) is State.UNCERTAIN, stage.told()
    assert stage.log.case(case.id).note.startswith("submit was pressed")
    assert len(stage.sent(case)) == 1  # it may have arrived, and is not sent again


def test_kept_session_that_died_meanwhile_signs_in_again(scenes: Scenes) -> None:
    stage = scenes()
    stage.work()
    first = stage.approved()
    stage.work()
    stage.site.control.fault("session_dead_though_cookies")
    second = stage.approved()
    stage.work()
    assert [stage.state(first), stage.state(second)] == [State.SUBMITTED] * 2


def test_watching_worker_sees_what_another_process_did_and_stops_with_its_receipt(scenes: Scenes) -> None:
    stage = scenes(here_before=True)
    case = stage.case()
    stops: list[Callable[[], None]] = []

    def on(step: Step) -> None:
        if step.mark is Mark.INTENT:
            stops[0]()  # Ctrl-C in the worst moment

    async def watch() -> None:
        stop = asyncio.Event()
        stops.append(stop.set)
        worker = asyncio.ensure_future(stage.worker(on).run(stop))
        await asyncio.to_thread(stage.approve, case)  # in another thread, without a word to the worker
        await worker

    run(watch())
    (arrived,) = stage.sent(case)
    assert (stage.state(case), stage.log.case(case.id).record_id) == (State.SUBMITTED, arrived.record_id)


def test_worker_that_is_stopped_before_the_intent_sends_nothing(scenes: Scenes) -> None:
    stage = scenes(here_before=True)
    case = stage.approved()
    stop = asyncio.Event()

    def on(step: Step) -> None:
        if step.mark is Mark.FORM_OPEN:
            stop.set()

    run(stage.worker(on).run_until_idle(stop=stop))
    assert (stage.state(case), stage.sent(case)) == (State.APPROVED, [])
    assert not any(step.mark is Mark.INTENT for step in stage.steps)
    assert stage.log.take_lease("account:a1", worker="next", seconds=1) is not None
