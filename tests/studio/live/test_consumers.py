import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.test import Client

from studio.access.models import Membership
from studio.accounts.models import User
from studio.live import consumers, topics
from studio.live.publish import publish
from tests.factories import make_run
from tests.people import People, make_people
from tests.sockets import SocketClient

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(transactional_db: None) -> People:
    return make_people()


class Sockets:
    """Opens sockets as a browser would and closes them after the test."""

    def __init__(self) -> None:
        self.opened: list[SocketClient] = []
        self.clients: dict[int, Client] = {}

    async def open(self, user: User | None, origin: str = "http://testserver") -> SocketClient:
        from studio.asgi import application

        headers = [(b"host", b"testserver"), (b"origin", origin.encode())]
        if user is not None:
            cookie = await sync_to_async(self._cookie)(user)
            headers.append((b"cookie", cookie.encode()))
        socket = SocketClient(application, "/ws/live/", headers)
        self.opened.append(socket)
        return socket

    def _cookie(self, user: User) -> str:
        client = self.clients.setdefault(user.pk, Client())
        client.force_login(user)
        return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


@pytest.fixture
async def sockets() -> AsyncIterator[Sockets]:
    opened = Sockets()
    yield opened
    for socket in opened.opened:
        await socket.leave()


async def joined(sockets: Sockets, user: User, topic: str) -> SocketClient:
    socket = await sockets.open(user)
    assert await socket.connect()
    await socket.send_text(json.dumps({"subscribe": topic}))
    assert await answer(socket) == {"subscribed": True, "topic": topic, "event": ""}
    return socket


async def answer(socket: SocketClient) -> dict[str, Any]:
    return json.loads(await socket.receive_text())


async def tell(topic: str, event: str, **offsets: Any) -> None:
    await sync_to_async(publish)(topic, event, **offsets)


async def test_a_member_hears_hints_of_the_workspace(people: People, sockets: Sockets) -> None:
    socket = await joined(sockets, people.rita, "workspace:vision")
    await tell(topics.workspace("vision"), "runs", count=3)
    assert await answer(socket) == {"topic": "workspace:vision", "event": "runs", "count": 3}


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.invalid",
        "http://testserver:8888",
        "http://testserver.evil.invalid",
        "null",
        "",
        "https://testserver",
    ],
)
async def test_A61_A62_a_foreign_origin_is_refused(people: People, sockets: Sockets, origin: str) -> None:
    socket = await sockets.open(people.ada, origin=origin)
    assert not await socket.connect()


async def test_a_visitor_gets_no_socket(people: People, sockets: Sockets) -> None:
    assert not await (await sockets.open(None)).connect()


async def test_A65_nobody_joins_what_they_can_not_see(people: People, sockets: Sockets) -> None:
    socket = await sockets.open(people.stan)
    await socket.connect()
    run = await sync_to_async(make_run)(people.workspace)
    wrong = [
        "workspace:vision",
        f"user:{people.ada.pk}",
        f"run:{run.pk}",
        "t.0123",
        "group:all",
        "",
        "user:",
        "x" * 300,
    ]
    for topic in wrong:
        await socket.send_text(json.dumps({"subscribe": topic}))
        assert (await answer(socket))["error"] == "not_found"
    await tell(topics.workspace("vision"), "runs")
    assert await socket.receive_nothing(0.1)


async def test_a_member_hears_a_run_and_a_stranger_does_not(people: People, sockets: Sockets) -> None:
    run = await sync_to_async(make_run)(people.workspace)
    socket = await joined(sockets, people.rita, topics.run(run.pk))
    await tell(topics.run(run.pk), "status")
    assert (await answer(socket))["event"] == "status"


async def test_A28_a_removed_member_stops_hearing_at_once(people: People, sockets: Sockets) -> None:
    socket = await joined(sockets, people.ben, "workspace:vision")
    await sync_to_async(Membership.objects.filter(user=people.ben).delete)()
    await tell(topics.user(people.ben.pk), "access")
    assert await answer(socket) == {"error": "not_found", "topic": "workspace:vision"}
    await tell(topics.workspace("vision"), "runs")
    assert await socket.receive_nothing(0.1)


async def test_A28_without_a_hint_the_half_minute_check_finds_it(
    people: People, sockets: Sockets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "RECHECK_SECONDS", 0.05)
    socket = await joined(sockets, people.ben, "workspace:vision")
    await sync_to_async(Membership.objects.filter(user=people.ben).delete)()
    assert (await answer(socket))["error"] == "not_found"


async def test_a_socket_closes_when_its_session_ends(people: People, sockets: Sockets) -> None:
    socket = await joined(sockets, people.ben, "workspace:vision")
    await sync_to_async(sockets.clients[people.ben.pk].post)("/sign-out/")
    assert await socket.closed_with() == consumers.NOT_SIGNED_IN


async def test_a_socket_closes_when_its_person_is_disabled(people: People, sockets: Sockets) -> None:
    socket = await joined(sockets, people.ben, "workspace:vision")
    await sync_to_async(User.objects.filter(pk=people.ben.pk).update)(is_active=False)
    await tell(topics.user(people.ben.pk), "access")
    assert await socket.closed_with() == consumers.NOT_SIGNED_IN


async def test_unsubscribing_ends_the_hints(people: People, sockets: Sockets) -> None:
    socket = await joined(sockets, people.ben, "workspace:vision")
    await socket.send_text(json.dumps({"unsubscribe": "workspace:vision"}))
    await asyncio.sleep(0.05)
    await tell(topics.workspace("vision"), "runs")
    assert await socket.receive_nothing(0.1)


@pytest.mark.parametrize(
    "frame", ["", "{", "[]", "7", '{"subscribe": 5}', '{"a":1,"a":2}', "[" * 5000, '{"x": "\\ud800"}']
)
async def test_A63_a_bad_frame_is_answered_and_harms_nothing(people: People, sockets: Sockets, frame: str) -> None:
    socket = await joined(sockets, people.ben, "workspace:vision")
    await socket.send_text(frame)
    assert (await answer(socket))["error"] == "bad_message"
    await tell(topics.workspace("vision"), "runs")
    assert (await answer(socket))["event"] == "runs"


async def test_A63_a_huge_frame_closes_the_socket(people: People, sockets: Sockets) -> None:
    socket = await joined(sockets, people.ben, "workspace:vision")
    await socket.send_text("x" * (consumers.LARGEST_FRAME + 1))
    assert await socket.closed_with() == consumers.TOO_LARGE


async def test_A63_a_flood_of_frames_closes_the_socket(people: People, sockets: Sockets) -> None:
    socket = await joined(sockets, people.ben, "workspace:vision")
    for _ in range(int(consumers.FRAMES_AT_ONCE) + 50):
        await socket.send_text('{"unsubscribe": "run:x"}')
    assert await socket.closed_with() == consumers.POLICY_VIOLATED


async def test_a_socket_holds_a_bounded_number_of_topics(
    people: People, sockets: Sockets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "MOST_TOPICS", 1)
    socket = await joined(sockets, people.ben, "workspace:vision")
    await socket.send_text(json.dumps({"subscribe": topics.user(people.ben.pk)}))
    assert (await answer(socket))["error"] == "too_many_topics"
