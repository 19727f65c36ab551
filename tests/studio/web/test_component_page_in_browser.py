"""The component page in a real browser: no violation of axe or of the Content-Security-Policy, and all by keyboard."""

from typing import Any

import pytest

from tests.axe import violations


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 360])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_window(open_page: Any, theme: str, width: int) -> None:
    page = open_page(theme=theme, width=width)

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert page.evaluate("document.documentElement.dataset.theme") == theme
    assert page.problems == []


def test_dialogs_and_menus_open_by_keyboard_and_give_the_focus_back(open_page: Any) -> None:
    page = open_page()

    page.keyboard.press("Control+k")
    page.wait_for_selector("command-palette dialog[open]")
    page.keyboard.type("exp")
    assert page.locator("command-palette [aria-selected=true]").inner_text().startswith("Experiments")
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.wait_for_selector("command-palette dialog", state="hidden")

    page.keyboard.press("?")
    page.wait_for_selector("shortcut-sheet dialog[open]")
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.wait_for_selector("shortcut-sheet dialog", state="hidden")

    more = page.get_by_role("button", name="More actions")
    more.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".menu-item:focus >> text=Edit")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent.trim()").startswith("Clone")
    assert violations(page) == []
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.ariaLabel") == "More actions"
    assert page.problems == []


def test_rows_are_picked_by_keyboard_and_the_danger_is_asked_about(open_page: Any) -> None:
    page = open_page()

    for key in ["j", "x", "j", "x"]:
        page.keyboard.press(key)
    assert page.locator("[data-bulk-bar] .count").inner_text() == "2 selected"

    page.locator("[data-bulk-bar] button[value=archive]").press("Enter")
    page.wait_for_selector("confirm-dialog dialog[open]")
    assert page.locator("confirm-dialog h2").inner_text() == "Archive 2 runs?"
    assert page.evaluate("document.activeElement.textContent") == "Cancel"
    page.keyboard.press("Escape")

    page.get_by_role("button", name="Clear", exact=True).click()
    assert page.locator("[data-bulk-bar]").is_hidden()


def test_shift_takes_a_range_and_the_header_takes_all(open_page: Any) -> None:
    page = open_page()
    boxes = page.locator("tbody .cell-select input")

    boxes.nth(1).click()
    boxes.nth(3).click(modifiers=["Shift"])
    assert page.locator("[data-count]").inner_text() == "3"
    page.get_by_label("Select all runs").click()
    assert page.locator("[data-count]").inner_text() == str(boxes.count())


def test_single_keys_rest_in_fields_and_can_be_switched_off(open_page: Any) -> None:
    page = open_page()

    page.keyboard.press("/")
    page.keyboard.type("g?")
    assert page.evaluate("document.activeElement.value") == "g?"
    assert page.locator("shortcut-sheet dialog").is_hidden()

    page.keyboard.press("Control+/")
    page.get_by_label("Single-key shortcuts").uncheck()
    page.keyboard.press("Escape")
    page.wait_for_selector("shortcut-sheet dialog", state="hidden")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    assert page.locator("shortcut-sheet dialog").is_hidden()


def test_the_theme_is_remembered_and_set_before_the_first_paint(open_page: Any) -> None:
    page = open_page(theme="light")

    for expected in ["light", "dark"]:  # from the system's on
        with page.expect_response("**/api/v1/me") as answer:
            page.keyboard.press("Alt+m")
        assert answer.value.status == 200
        assert page.evaluate("document.documentElement.dataset.theme") == expected
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    # The script that sets the theme stands before every style sheet and is not deferred.
    first = page.evaluate("document.querySelector('head script, head link[rel=stylesheet]').getAttribute('src')")
    assert "theme" in first


def test_the_drawer_opens_takes_the_focus_and_closes(open_page: Any) -> None:
    page = open_page(width=360)
    toggle = page.get_by_role("button", name="Navigation")

    toggle.click()
    assert page.evaluate("document.activeElement.closest('nav') !== null")
    assert toggle.get_attribute("aria-expanded") == "true"
    assert violations(page) == []
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Navigation"


def test_under_reduced_motion_nothing_turns(open_page: Any) -> None:
    page = open_page(reduced_motion="reduce")

    assert page.evaluate("getComputedStyle(document.querySelector('.state-running > .glyph')).animationName") == "none"


def test_a_message_appears_with_its_action_and_can_be_closed(open_page: Any) -> None:
    page = open_page()

    page.get_by_role("button", name="Error toast").click()
    toast = page.locator(".toast-error")
    assert toast.get_attribute("role") == "alert"
    toast.get_by_role("button", name="Close").click()
    assert toast.count() == 0


def test_plotly_draws_and_zooms_under_the_policy(open_page: Any) -> None:
    page = open_page()
    page.evaluate("""() => new Promise((done) => {
        const link = Object.assign(document.createElement("link"), {id: "plotly.js-style-global",
            className: "no-inline-styles", rel: "stylesheet", href: "/static/vendor/plotly/plotly.css"});
        const script = Object.assign(document.createElement("script"), {src: "/static/vendor/plotly/plotly-cartesian.min.js"});
        script.onload = done;
        const place = Object.assign(document.createElement("div"), {id: "chart"});
        document.querySelector(".content").prepend(place);
        document.head.append(link, script);
    })""")
    page.evaluate("""() => Plotly.newPlot("chart", [{x: [1, 2, 3], y: [3, 1, 2], mode: "lines"}], {height: 300, hovermode: "x"})
        .then(() => Plotly.relayout("chart", {"xaxis.range": [1, 2]}))""")

    assert page.locator("#chart .scatterlayer path.js-line").count() == 1
    assert page.evaluate("getComputedStyle(document.querySelector('#chart .main-svg')).position") == "absolute"
    assert (
        page.evaluate("Plotly.toImage('chart', {format: 'png', width: 300, height: 200}).then((url) => url.length)")
        > 1000
    )
    assert page.problems == []
