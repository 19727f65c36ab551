"""A browser on the component page."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tests.people import make_people

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--no-first-run",
             "--disable-component-update", "--disable-sync"]  # fmt: skip


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM.exists() and not os.environ.get("CI"):
        pytest.skip("There is no /usr/bin/chromium: install Debian's chromium.")
    # Playwright keeps an event loop in this thread; Django takes that for async code.
    with pytest.MonkeyPatch.context() as patch, sync_api.sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        started = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def session(transactional_db: None) -> str:
    client = Client()
    client.force_login(make_people().ada)
    return str(client.cookies[settings.SESSION_COOKIE_NAME].value)


@pytest.fixture
def open_page(live_server: Any, session: str, chromium: Any) -> Iterator[Any]:
    """`open_page(theme="dark", width=360)`: the component page, with what went wrong in `page.problems`."""
    contexts = []

    def opened(
        *, theme: str = "light", width: int = 1280, before: Callable[[Any], None] | None = None, **options: Any
    ) -> Any:
        context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=theme, **options)
        contexts.append(context)
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        page = context.new_page()
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on("console", lambda message: "Content Security" in message.text and page.problems.append(message.text))
        if before is not None:
            before(page)
        page.goto(f"{live_server.url}/ui/")
        page.wait_for_selector("shortcut-sheet:defined", state="attached")
        return page

    yield opened
    for context in contexts:
        context.close()
