"""The page's side of the live socket: topics, hints, losing the connection and finding it again."""

import json
from typing import Any


class Socket:
    """The server's end of the page's sockets: what it heard, and the newest connection."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.connections: list[Any] = []
        self.refuses = False

    def attach(self, page: Any) -> None:
        page.route_web_socket("**/ws/live/", self._opened)

    def _opened(self, route: Any) -> None:
        self.connections.append(route)
        if self.refuses:
            route.close()
            return
        route.on_message(self._received)

    def _received(self, text: str) -> None:
        message = json.loads(text)
        self.heard.append(message)
        if "subscribe" in message:
            self.say({"subscribed": True, "topic": message["subscribe"], "event": ""})

    def say(self, message: dict[str, Any]) -> None:
        self.connections[-1].send(json.dumps(message))

    @property
    def topics(self) -> list[str]:
        return [message["subscribe"] for message in self.heard if "subscribe" in message]


RECORD = """() => { window.hints = [];
    for (const name of ["live:workspace-vision:runs", "live:workspace-vision", "live:run-k3v9x2m7qabc:metrics"])
        document.body.addEventListener(name, (event) => window.hints.push([name, event.detail])); }"""


def live_page(open_page: Any, socket: Socket) -> Any:
    def before(page: Any) -> None:
        page.clock.install()
        socket.attach(page)

    page = open_page(before=before)
    page.evaluate(RECORD)
    return page


def wait_for_chip(page: Any, state: str) -> None:
    page.wait_for_selector(f'.live[data-state="{state}"]')


def test_the_page_joins_its_topics_and_turns_hints_into_events(open_page: Any) -> None:
    socket = Socket()
    page = live_page(open_page, socket)
    wait_for_chip(page, "live")

    assert "workspace:vision" in socket.topics
    assert any(topic.startswith("user:") for topic in socket.topics)
    hint = {"topic": "workspace:vision", "event": "runs", "seq": 7}
    socket.say(hint)
    page.wait_for_timeout(50)
    assert page.evaluate("hints") == [["live:workspace-vision:runs", hint], ["live:workspace-vision", hint]]


def test_an_element_that_a_swap_brings_is_joined_and_left_again(open_page: Any) -> None:
    socket = Socket()
    page = live_page(open_page, socket)
    wait_for_chip(page, "live")

    page.evaluate("""() => { const one = document.createElement("div"); one.id = "one"; one.dataset.topic = "run:k3v9x2m7qabc";
        document.querySelector(".content").append(one); htmx.trigger(document.body, "htmx:afterSettle", {target: one}); }""")
    page.wait_for_timeout(50)
    assert socket.topics[-1] == "run:k3v9x2m7qabc"
    # What happened before the join was hinted to nobody, so the page looks once.
    assert page.evaluate("hints.map(([name]) => name)") == ["live:run-k3v9x2m7qabc:metrics"]

    page.evaluate("""() => { document.getElementById("one").remove();
        htmx.trigger(document.body, "htmx:afterSettle", {target: document.body}); }""")
    page.wait_for_timeout(50)
    assert socket.heard[-1] == {"unsubscribe": "run:k3v9x2m7qabc"}


def test_without_the_socket_the_page_asks_every_five_seconds_and_looks_again_when_it_is_back(open_page: Any) -> None:
    socket = Socket()
    page = live_page(open_page, socket)
    wait_for_chip(page, "live")

    socket.refuses = True
    socket.connections[-1].close()
    wait_for_chip(page, "reconnecting")
    page.clock.run_for(5100)
    polled = page.evaluate("hints")
    assert [name for name, _ in polled] == ["live:workspace-vision:runs", "live:workspace-vision"]
    assert polled[0][1]["polled"] is True

    socket.refuses = False
    page.evaluate("window.hints.length = 0")
    page.clock.run_for(30000)
    wait_for_chip(page, "live")
    page.wait_for_timeout(50)
    assert "live:workspace-vision:runs" in page.evaluate("hints.map(([name]) => name)")


def test_pausing_closes_the_socket_and_resuming_opens_it(open_page: Any) -> None:
    socket = Socket()
    page = live_page(open_page, socket)
    wait_for_chip(page, "live")

    page.locator("live-chip button").click()
    wait_for_chip(page, "paused")
    page.clock.run_for(20000)
    assert page.evaluate("hints") == []
    assert len(socket.connections) == 1

    page.locator("live-chip button").click()
    wait_for_chip(page, "live")
    assert len(socket.connections) == 2


def test_a_refused_topic_is_not_asked_for_again(open_page: Any) -> None:
    socket = Socket()
    page = live_page(open_page, socket)
    wait_for_chip(page, "live")

    socket.say({"error": "not_found", "topic": "workspace:vision"})
    page.wait_for_timeout(50)
    page.evaluate('htmx.trigger(document.body, "htmx:afterSettle", {target: document.body})')
    page.wait_for_timeout(50)
    assert socket.topics.count("workspace:vision") == 1


def test_when_the_session_is_over_the_page_says_so_and_stops(open_page: Any) -> None:
    socket = Socket()
    page = live_page(open_page, socket)
    wait_for_chip(page, "live")

    socket.connections[-1].close(code=4401)
    wait_for_chip(page, "signed-out")
    assert "You are signed out" in page.locator(".toast-error").inner_text()
    page.clock.run_for(60000)
    assert len(socket.connections) == 1


def refresh(page: Any, socket: Socket) -> None:
    with page.expect_response("**/ui/"):
        socket.say({"topic": "workspace:vision", "event": "runs"})
    page.wait_for_selector("#sample-rows:not(.htmx-request, .htmx-swapping, .htmx-settling)")
    page.wait_for_timeout(100)


def test_a_refresh_keeps_what_is_selected_and_where_the_focus_stands(open_page: Any) -> None:
    socket = Socket()
    page = open_page(before=socket.attach)
    wait_for_chip(page, "live")
    for key in ["j", "x", "j", "x"]:
        page.keyboard.press(key)
    page.evaluate("document.querySelector('#sample-rows').dataset.old = 'yes'")

    refresh(page, socket)

    assert page.evaluate("document.querySelector('#sample-rows').dataset.old") is None
    assert page.locator("[data-bulk-bar] .count").inner_text() == "2 selected"
    assert page.locator("tbody .cell-select input:checked").count() == 2
    assert page.evaluate("document.activeElement.textContent") == "calm-heron-7"
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent").startswith("a-very-long-run-name")


def test_a_refresh_waits_while_a_menu_is_open(open_page: Any) -> None:
    socket = Socket()
    page = open_page(before=socket.attach)
    wait_for_chip(page, "live")
    page.get_by_role("button", name="Actions for calm-heron-7").click()
    page.wait_for_selector(".menu:popover-open")
    page.evaluate("document.querySelector('#sample-rows').dataset.old = 'yes'")

    socket.say({"topic": "workspace:vision", "event": "runs"})
    page.wait_for_timeout(200)
    assert page.evaluate("document.querySelector('#sample-rows').dataset.old") == "yes"

    with page.expect_response("**/ui/"):
        page.keyboard.press("Escape")
    page.wait_for_selector("#sample-rows:not([data-old])")
