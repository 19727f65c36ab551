"""Every URL, called with every method by everybody: a check that was forgotten shows here.

anonymous       401 from the API; a page sends to sign in or says nothing is there
stranger        404 for everything in a workspace, like an administrator who is not a member
too low a role  403, and never a success of an unsafe method
high enough     past the access line, whatever the rest of the request is worth
"""

from collections import Counter

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from tests.guard import table
from tests.guard.routes import Route, all_routes
from tests.guard.scene import Scene

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
SAFE = frozenset({"GET"})
RANKS = {"reader": table.READER, "contributor": table.CONTRIBUTOR, "owner": table.OWNER}
ROUTES = all_routes()
NAMED = [pytest.param(route, id=route.name or route.pattern) for route in ROUTES]


pytestmark = pytest.mark.django_db


def call(scene: Scene, route: Route, method: str, who: str, path: str = "") -> HttpResponse:
    """One request, without a trace in the database."""
    path = path or route.path(scene.names)
    by_token = route.is_api and who != "anonymous"
    headers = {"Authorization": f"Bearer {scene.token(who)}"} if by_token else {}
    client = scene.visitor("anonymous" if by_token else who)
    with transaction.atomic():
        try:
            return _send(client, route, method, path, headers)
        finally:
            transaction.set_rollback(True)


def _send(client: Client, route: Route, method: str, path: str, headers: dict[str, str]) -> HttpResponse:
    body = table.BODIES.get((route.name, method), {})
    if method == "GET":
        response = client.get(path, headers=headers)
    elif route.is_api or method != "POST":
        send = getattr(client, method.lower())
        response = send(path, body, content_type="application/json", headers=headers)
    else:
        response = client.post(path, body, headers=headers)
    if response.streaming:
        list(response)  # a stream may fail late
    return response


def allowed(route: Route, method: str, role: str) -> bool:
    least = table.TABLE[route.name].get(method)
    return least is not None and table.LEVELS.index(RANKS[role]) >= table.LEVELS.index(least)


def succeeds(response: HttpResponse) -> bool:
    """A success, or a page's redirect to the next page."""
    if response.status_code in (301, 302):
        return not response["Location"].startswith("/sign-in/")
    return response.status_code < 300


def test_every_url_has_a_name_and_an_entry_in_the_table() -> None:
    missing = [route.pattern for route in ROUTES if route.name not in table.TABLE]
    assert missing == []
    names = [route.name for route in ROUTES]
    assert len(set(names)) == len(names)
    assert sorted(set(table.TABLE) - set(names)) == []


def test_no_url_stands_in_the_table_twice() -> None:
    counted = Counter(name for part in table.PARTS for name, _ in table.entries(part))
    assert [name for name, times in counted.items() if times > 1] == []


@pytest.mark.parametrize("route", NAMED)
def test_nothing_opens_without_signing_in(scene: Scene, route: Route) -> None:
    for method in METHODS:
        response = call(scene, route, method, "anonymous")
        least = table.TABLE[route.name].get(method)
        if least == table.ANYONE:
            assert response.status_code not in (401, 403, 405), method
        elif route.is_api:
            assert response.status_code == 401, method
        elif least is None:
            assert response.status_code in (302, 403, 404, 405), method
            assert not succeeds(response), method
        else:
            assert response.status_code in (302, 404), method
            assert not succeeds(response), method


@pytest.mark.parametrize("route", [param for param in NAMED if param.values[0].is_in_workspace])
def test_a_stranger_and_an_administrator_who_is_no_member_find_nothing(scene: Scene, route: Route) -> None:
    for who in ("stranger", "administrator"):
        for method in table.TABLE[route.name]:
            response = call(scene, route, method, who)
            assert response.status_code == 404, (who, method)


@pytest.mark.parametrize("route", [param for param in NAMED if param.values[0].names_a_row])
def test_A07_a_row_is_not_found_below_another_workspace(scene: Scene, route: Route) -> None:
    path = route.path(scene.names, workspace="elsewhere")
    for who in ("stranger", "owner", "administrator"):
        for method in table.TABLE[route.name]:
            response = call(scene, route, method, who, path)
            is_fine = response.status_code == 200 and (route.name, method) in table.NOTHING_IS_FINE
            assert is_fine or response.status_code == 404, (who, method)


@pytest.mark.parametrize("route", [param for param in NAMED if param.values[0].is_in_workspace])
@pytest.mark.parametrize("role", list(RANKS))
def test_a_role_opens_what_the_table_says_and_nothing_else(scene: Scene, route: Route, role: str) -> None:
    for method in METHODS:
        response = call(scene, route, method, role)
        status = response.status_code
        if allowed(route, method, role):
            assert status not in (401, 403, 405), method
            assert status < 500 or status == 503, method
        elif method in table.TABLE[route.name]:
            assert status == 403, method
        else:
            assert status in (403, 404, 405), method


@pytest.mark.parametrize("route", NAMED)
def test_a_reader_and_a_reading_token_change_nothing(scene: Scene, route: Route) -> None:
    for method in set(METHODS) - SAFE:
        least = table.TABLE[route.name].get(method)
        if least in (table.ANYONE, table.SIGNED_IN) or route.name == "member-leave":
            continue  # their own things
        if (route.name, method) in table.READING:
            continue  # a question that is too long for an address
        if route.is_in_workspace and not allowed(route, method, "reader"):
            continue  # 403, 404 or 405, as the test of roles says
        assert not succeeds(call(scene, route, method, "reader")), method
    if not route.is_api:
        return
    for method in set(METHODS) - SAFE:
        if (route.name, method) not in table.READING:
            assert not succeeds(call(scene, route, method, "owner-reading")), method


@pytest.mark.parametrize("route", [param for param in NAMED if "token_id" in param.values[0].keywords])
def test_the_own_things_of_another_are_not_found(scene: Scene, route: Route) -> None:
    for who in ("contributor", "reader", "stranger", "administrator"):
        for method in table.TABLE[route.name]:
            assert call(scene, route, method, who).status_code == 404, (who, method)
