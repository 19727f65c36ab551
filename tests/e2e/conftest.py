"""A real studio and a real browser for the stories people live through."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import real_studio
from tests.real_studio import RealStudio

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--no-first-run"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
]
MISSING = "no Chromium on the PATH: install it (Debian: apt install chromium) to run the browser tests"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealStudio]:
    """A studio of its own for the browser tests: `url`, `token` of the administrator, `new_link()`, `data_dir`."""
    running = real_studio.start(tmp_path_factory.mktemp("studio") / "var")
    yield running
    running.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator["object"]:
    """The browser. Without one the tests are skipped with the reason; where CI is set that is a failure."""
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        pytest.fail(MISSING) if os.environ.get("CI") else pytest.skip(MISSING)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def signed_in(chromium, studio: RealStudio) -> dict[str, list[object]]:
    """The cookies of the signed-in administrator, for `new_page(storage_state=signed_in)`: a link takes seconds to make."""
    context = chromium.new_context(base_url=studio.url)
    page = context.new_page()
    page.goto(studio.new_link())
    page.wait_for_url(lambda url: "/sign-in" not in url)
    cookies = context.cookies()
    context.close()
    return {"cookies": cookies, "origins": []}


@pytest.fixture
def new_page(chromium, studio: RealStudio, request: pytest.FixtureRequest) -> Iterator[Callable[..., "object"]]:
    """`new_page()`: a page of a visitor nobody knows; `new_page(link)`: of the person whom this sign-in link signs in;
    `new_page(storage_state=signed_in)`: of the administrator.

    Errors of any page's script or console fail the test.
    """
    contexts, errors = [], []

    def make(link: str = "", **options):
        context = chromium.new_context(
            **{"base_url": studio.url, "viewport": {"width": 1280, "height": 800}, **options}
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if _is_error(message) else None)
        if link:
            page.goto(link)
            page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    yield make
    for number, context in enumerate(contexts):
        if getattr(request.node, "failed", False):
            _keep_pictures(context, request.node.name, number)
        context.close()
    assert not errors, "\n".join(errors)


@pytest.fixture
def page(new_page, signed_in: dict[str, list[object]]):
    """A page of the signed-in administrator."""
    return new_page(storage_state=signed_in)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    outcome = yield
    if call.when == "call" and outcome.get_result().failed:  # type: ignore[attr-defined]
        item.failed = True  # type: ignore[attr-defined]


def _is_error(message) -> bool:
    """Answers like 404 and 422 are logged as errors by the browser; tests look at the page instead."""
    return message.type == "error" and not message.text.startswith("Failed to load resource")


def _keep_pictures(context, name: str, number: int) -> None:
    """What a failed test's pages looked like, for whoever reads the failure."""
    folder = Path("test-results")
    folder.mkdir(exist_ok=True)
    for index, page in enumerate(context.pages):
        page.screenshot(path=folder / f"{re.sub(r'[^A-Za-z0-9_-]+', '-', name)}-{number}-{index}.png")
