"""The list of components: page by page, found by what they say of themselves, with as many questions however long."""

from collections.abc import Callable

import pytest
from django.test import Client

from runs.components.models import Component, ComponentVersion
from studio.access.models import Workspace
from studio.accounts.models import User
from tests.factories.components import FILE, make_component

pytestmark = pytest.mark.django_db
PAGE = "/w/vision/components/"
ROWS = 50


def many(workspace: Workspace, count: int) -> None:
    """Registered components without the work of registering each."""
    made = make_component(workspace)
    names = [f"step_{number:05}" for number in range(count)]
    rows = [Component(workspace=workspace, name=name, version_count=1) for name in names]
    facts = {"version": "1", "number": 1, "type": "command", "digest": made.digest}
    versions = [
        ComponentVersion(component=row, definition={**made.definition, "display_name": row.name}, **facts)
        for row in Component.objects.bulk_create(rows)
    ]
    ComponentVersion.objects.bulk_create(versions)


def listed(page: bytes) -> list[str]:
    return [name for name in (f"step_{number:05}" for number in range(120)) if name.encode() in page]


def test_registered_components_come_in_pages_and_the_studios_own_with_the_first(
    browser: Callable[[User], Client], rita: User, workspace: Workspace
) -> None:
    many(workspace, 70)
    first = browser(rita).get(PAGE)
    assert len(listed(first.content)) == ROWS - 1 and b"Split Data" in first.content  # and `scale` before them
    assert first.context["page"].count == 71 + len(first.context["page"].own[0].rows) + sum(
        len(shelf.rows) for shelf in first.context["page"].own[1:]
    )
    second = browser(rita).get(PAGE + first.context["page"].next_url)
    assert len(listed(second.content)) == 21 and b"Split Data" not in second.content
    back = browser(rita).get(PAGE + second.context["page"].previous_url)
    assert listed(back.content) == listed(first.content) and b"Split Data" in back.content


@pytest.mark.parametrize("words", ["tall", "preprocessing tall", "doubling", "MULTIPLIES"])
def test_a_component_is_found_by_all_it_says(
    browser: Callable[[User], Client], rita: User, workspace: Workspace, words: str
) -> None:
    more = "category: Preprocessing\ntags: {doubling: ''}\n"
    make_component(workspace, text=FILE.format(name="resize").replace("Scale", "Make Tall") + more)
    assert b"Make Tall" in browser(rita).get(PAGE, {"q": words}).content


def test_what_nothing_says_is_found_nowhere(
    browser: Callable[[User], Client], rita: User, workspace: Workspace
) -> None:
    make_component(workspace)
    page = browser(rita).get(PAGE, {"q": "no such thing"})
    assert b"No components match" in page.content and b"Scale" not in page.content


def test_only_the_first_archived_ones_are_shown_and_the_page_says_so(
    browser: Callable[[User], Client], rita: User, workspace: Workspace
) -> None:
    many(workspace, 60)
    Component.objects.update(is_archived=True)
    assert b"The first 50 of 61." in browser(rita).get(PAGE).content
    assert b"The first" not in browser(rita).get(PAGE, {"q": "step_0001"}).content


@pytest.mark.parametrize("address", [PAGE, "/api/v1/workspaces/vision/components?source=workspace"])
def test_a_longer_list_asks_no_more(
    browser: Callable[[User], Client], rita: User, workspace: Workspace, address: str,
    django_assert_max_num_queries: Callable,
) -> None:  # fmt: skip
    client = browser(rita)
    with django_assert_max_num_queries(100) as few:
        client.get(address)
    many(workspace, 40)
    with django_assert_max_num_queries(len(few.captured_queries) + 2):
        client.get(address)
