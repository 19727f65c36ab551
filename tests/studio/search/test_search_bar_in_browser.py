"""The search bar in a real browser: chips and text are one, the keyboard is enough, a mistake is underlined in its place."""

from typing import Any

import pytest

from runs.tracking.metrics import keys
from studio.access.models import Workspace
from tests.studio.web.conftest import chromium, open_page, session  # noqa: F401

BASE = "/api/v1/workspaces/vision/search"


@pytest.fixture
def bar(open_page: Any) -> Any:  # noqa: F811
    """The empty bar of the component page, asking in the workspace `vision`; the texts it tells are kept in `window.told`."""
    workspace = Workspace.objects.get(slug="vision")
    keys.key_ids(workspace.pk, ["val/acc", "loss", "val loss"])
    page = open_page()
    page.evaluate(
        """base => {
            window.told = [];
            const bar = document.querySelector("search-bar");
            bar.dataset.fieldsUrl = `${base}/fields`;
            bar.dataset.parseUrl = `${base}/parse`;
            bar.addEventListener("search-change", (event) => {
                window.told.push(event.detail.text);
                bar.dataset.told = window.told.length;
            });
        }""",
        BASE,
    )
    return page.locator("search-bar").first


def field(bar: Any) -> Any:
    return bar.get_by_role("combobox")


def told(bar: Any) -> list[str]:
    return bar.page.evaluate("window.told")  # type: ignore[no-any-return]


def heard(bar: Any, count: int) -> None:
    """Waits until the page was told of so many texts."""
    bar.page.wait_for_selector(f'search-bar[data-told="{count}"]')


def write(bar: Any, text: str) -> None:
    field(bar).fill(text)
    field(bar).press("Enter")


def test_a_text_becomes_chips_and_a_chip_taken_away_changes_the_text(bar: Any) -> None:
    write(bar, "metric.loss<1 AND (a OR b) AND tags.t = 'x'")
    heard(bar, 1)
    field(bar).blur()
    chips = bar.locator(".search-chip")
    chips.first.wait_for()
    assert chips.all_inner_texts() == ["metrics.loss < 1", "a OR b", "tags.t = 'x'"]
    bar.get_by_role("button", name="Remove a OR b").click()
    heard(bar, 2)
    assert field(bar).input_value() == "metric.loss<1 AND tags.t = 'x'"
    assert told(bar)[1] == "metric.loss<1 AND tags.t = 'x'"
    bar.get_by_role("button", name="Edit tags.t").click()
    selected = field(bar).evaluate("field => field.value.slice(field.selectionStart, field.selectionEnd)")
    assert selected == "tags.t = 'x'"


def test_a_mistake_is_underlined_in_its_place_and_can_be_corrected(bar: Any) -> None:
    write(bar, "🙂 OR statsu = 'x'")
    bar.locator(".search-wrong").wait_for(state="attached")
    assert bar.locator(".search-wrong").text_content() == "statsu"
    assert field(bar).get_attribute("aria-invalid") == "true"
    assert "statsu" in bar.get_by_role("status").inner_text()
    assert told(bar) == []
    bar.get_by_role("button", name="Use status").click()
    assert field(bar).input_value() == "🙂 OR status = 'x'"
    bar.page.wait_for_selector("search-bar >> nth=0 >> .search-wrong", state="detached")


def test_fields_operators_and_values_are_offered_by_keyboard(bar: Any) -> None:
    page = bar.page
    field(bar).focus()
    page.keyboard.type("loss")
    page.get_by_role("option", name="loss metric").first.wait_for()
    page.keyboard.press("ArrowDown")
    active = field(bar).get_attribute("aria-activedescendant")
    assert page.locator(f"#{active}").get_attribute("aria-selected") == "true"
    page.keyboard.press("Enter")
    assert field(bar).input_value() == "metrics.loss "
    page.get_by_role("option", name="< less than").wait_for()
    page.keyboard.type("< 1 ")
    page.get_by_role("option", name="AND").wait_for()
    page.keyboard.type("AND status = ")
    page.get_by_role("option", name="failed").click()
    assert field(bar).input_value() == "metrics.loss < 1 AND status = 'failed' "
    page.keyboard.press("Escape")
    assert field(bar).get_attribute("aria-expanded") == "false"
    page.keyboard.press("Enter")
    heard(bar, 1)
    assert page.problems == []


def test_odd_names_are_put_in_quotes(bar: Any) -> None:
    field(bar).focus()
    bar.page.keyboard.type("metrics.val l")
    field(bar).fill("metrics.val")
    bar.page.get_by_role("option", name="val loss").click()
    assert field(bar).input_value() == "metrics.`val loss` "


def test_leaving_the_field_tells_a_new_text_once(bar: Any) -> None:
    field(bar).fill("resnet")
    field(bar).blur()
    heard(bar, 1)
    field(bar).focus()
    field(bar).blur()
    bar.page.wait_for_timeout(100)
    assert told(bar) == ["resnet"]
