"""What the frame of every page knows."""

from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from django.urls import resolve

from studio.accounts.models import User
from studio.web import context
from tests.people import People


def shell_for(user: object, path: str = "/ui/", *, cookie: str = "") -> context.Shell:
    request = RequestFactory().get(path)
    request.user = user  # type: ignore[assignment]
    request.resolver_match = resolve(path)
    if cookie:
        request.COOKIES["atelier_workspace"] = cookie
    return context.Shell(request)


def test_the_workspace_is_the_one_in_the_url(people: People) -> None:
    shell = shell_for(people.ada, "/w/vision/")

    assert shell.workspace == people.workspace
    assert [item.label for group in shell.groups for item in group.items if item.is_current] == ["Home"]


def test_a_stranger_does_not_get_the_workspace_in_the_url(people: People) -> None:
    shell = shell_for(people.stan, "/w/vision/")

    assert shell.workspaces == [people.elsewhere]
    assert shell.workspace == people.elsewhere


def test_outside_workspaces_the_last_one_visited_is_kept(people: People) -> None:
    assert shell_for(people.ada, cookie="vision").workspace == people.workspace
    assert shell_for(people.stan, cookie="vision").workspace == people.elsewhere


def test_a_visitor_sees_no_workspace_and_no_way() -> None:
    shell = shell_for(AnonymousUser())

    assert (shell.workspaces, shell.workspace, shell.groups) == ([], None, ())


def test_a_way_without_a_page_is_left_out() -> None:
    assert context.address("there-is-no-such-page", workspace="vision") == ""


def test_a_fragment_costs_no_query(people: People, django_assert_num_queries: object) -> None:
    request = RequestFactory().get("/w/vision/")
    request.user = people.ada
    request.resolver_match = resolve("/w/vision/")

    with django_assert_num_queries(0):  # type: ignore[operator]
        context.shell(request)


def test_the_component_page_shows_the_frame(ada: User, browser: object) -> None:
    client: Client = browser(ada)  # type: ignore[operator]
    answer = client.get("/ui/").content.decode()

    assert 'data-topics="user:' in answer
    assert "workspace:vision" in answer
    assert "Skip to content" in answer


def test_a_visitor_is_sent_to_sign_in(client: Client, db: None) -> None:
    answer = client.get("/ui/")

    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/")
