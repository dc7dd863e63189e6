"""A form that calls its reasons otherwise: the case comes back with what is offered, and one is chosen."""

from __future__ import annotations

from dataclasses import replace

from automation.model import State
from tests.engine.conftest import Scenes

PLATFORM = "douyin_shop"


def test_the_option_that_a_person_chose_is_sent(scenes: Scenes) -> None:
    stage = scenes(here_before=True)
    case = stage.approved()
    stage.site.control.fault("changed_reason_list")
    stage.work()
    assert stage.state(case) is State.DRAFT
    offered = stage.log.offered(case.id)
    assert len(offered) > 1
    assert stage.sent(case) == []

    packet = replace(case.packet, reason=f"{case.packet.reason}={offered[1]}")
    stage.log.change_packet(case.id, packet, by="ann")
    stage.work()
    assert stage.sent(case) == []  # nobody approved the choice yet
    stage.approve(case)
    stage.work()
    assert stage.state(case) is State.SUBMITTED, stage.told()
    (arrived,) = stage.sent(case)
    assert arrived.reason == offered[1]
    stage.log.verify()
