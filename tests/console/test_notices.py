"""Notices leave the house once, hold no secret, and never stand in anybody's way."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from typing import Any

import pytest

from automation.console.access import Role
from automation.model import Medium
from tests.console.room import Room

SECONDS = 20


@dataclass
class Service:
    """Takes notices as a chat service does, or refuses them."""

    url: str
    status: int = 200
    taken: Queue[dict[str, Any]] = field(default_factory=Queue)

    def next(self) -> str:
        body: str = self.taken.get(timeout=SECONDS)["message"]
        return body


@pytest.fixture
def service() -> Iterator[Service]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = json.loads(self.rfile.read(int(self.headers["content-length"])))
            made.taken.put(sent)
            self.send_response(made.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = Service(f"json://127.0.0.1:{server.server_port}/a-made-up-token")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()


def test_what_waits_is_told_at_once_and_once_and_without_the_buyers_words(console: Room, service: Service) -> None:
    with console.client() as client:
        sent = {"name": "team", "url": service.url, "topics": ["approval", "challenge"]}
        assert client.post("/notices", data=sent).headers["location"] == "/notices?done=kept"
        page = client.get("/notices").text
        assert "team" in page
        assert "a-made-up-token" not in page
        assert client.post("/notices/team/try").headers["location"] == "/notices?done=sent"
        assert "Li Na" in service.next()
        case = console.case()
        told = service.next()
        assert f"案件 {case.id}（1号测试店）：待审批" in told
        assert case.packet.review.text not in told
        console.log.open_challenge("a1", "s1", Medium.SMS, seconds=60)
        assert f"案件 {case.id}" not in (asked := service.next())
        assert "短信验证码" in asked
    assert service.taken.empty()
    assert "a-made-up-token" not in "".join(str(event.data) for event in console.log.events())


def test_a_service_that_fails_is_shown_and_holds_nothing_up(console: Room, service: Service) -> None:
    service.status = 500
    with console.client() as client:
        client.post("/notices", data={"name": "down", "url": service.url, "topics": ["approval"]})
        assert client.post("/notices/down/try").status_code == 422
        assert 'class="wrong"' in client.get("/notices").text
        assert client.get(f"/cases/{console.case().id}").status_code == 200


@pytest.mark.parametrize(("url", "topics"), [("no such service", ["approval"]), ("json://127.0.0.1", [])])
def test_a_channel_that_cannot_work_is_refused(console: Room, url: str, topics: list[str]) -> None:
    with console.client() as client:
        assert client.post("/notices", data={"name": "bad", "url": url, "topics": topics}).status_code == 422
        assert "bad" not in client.get("/notices").text
    with console.client("Wang", Role.APPROVER) as client:
        assert client.get("/notices").status_code == 403
