"""The first minute: a link from the terminal, Home, and no way in without it."""

import re


def test_the_link_of_the_first_start_signs_in_once(studio, new_page) -> None:
    link = studio.new_link()
    page = new_page(link)
    assert re.search(r"/w/[a-z0-9-]+/", page.url)
    assert page.locator("h1").first.is_visible()
    stranger = new_page()
    answer = stranger.goto(link)
    assert answer.status == 410
    assert "used already" in stranger.content()


def test_without_signing_in_there_is_only_the_sign_in_page(new_page) -> None:
    page = new_page()
    page.goto("/w/main/")
    assert "/sign-in" in page.url
    assert page.get_by_role("button", name=re.compile("sign in", re.IGNORECASE)).is_visible()
