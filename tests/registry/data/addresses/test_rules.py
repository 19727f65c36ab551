"""The address table: written by administrators, read by everybody."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from registry.data.addresses import queries
from registry.data.addresses.models import AddressRule
from studio.accounts.models import User
from tests.factories import make_user
from tests.people import ApiClient, People

RULES = "/api/v1/address-rules"
RULE: dict[str, Any] = {"prefix": "https://public.example/sets", "datastore": "default", "path": "mirror"}


@pytest.fixture
def admin(people: People) -> User:
    return make_user("root@example.org", is_superuser=True)


def test_the_longest_prefix_wins_and_ends_where_a_part_ends(people: People) -> None:
    for prefix, path in (
        ("https://h.example", "all"),
        ("https://h.example/data", "short"),
        ("https://h.example/data/x/", "long"),
    ):
        AddressRule.objects.create(prefix=prefix, datastore="default", path=path)
    place = "azureml://datastores/default/paths/"
    assert queries.translate("https://h.example/data/x/a.csv?sig=1") == place + "long/a.csv"
    assert queries.translate("https://h.example/data/y/a.csv") == place + "short/y/a.csv"
    assert queries.translate("HTTPS://h.example/database/a.csv") == place + "all/database/a.csv"
    assert queries.translate("https://h.example.org/a.csv") == "https://h.example.org/a.csv"
    assert queries.translate("azureml:cars:1") == "azureml:cars:1"


@pytest.mark.parametrize("prefix", [
    "https://account.blob.core.windows.net/datasets/", "wasbs://c@a.blob.core.windows.net/", "abfss://f@a.dfs.core.windows.net",
    "adl://store.azuredatalakestore.net/", "http://old.example/",
])  # fmt: skip
def test_administrators_write_rules(api: Callable[..., ApiClient], admin: User, prefix: str) -> None:
    client = api(admin)
    made = client.request("post", RULES, {**RULE, "prefix": prefix})
    assert made.status_code == 201, made.content
    assert queries.translate(prefix.rstrip("/") + "/iris.csv") == "azureml://datastores/default/paths/mirror/iris.csv"
    one = f"{RULES}/{made.json()['id']}"
    assert client.request("patch", one, {"path": "other"}).json()["path"] == "other"
    assert client.request("post", RULES, {**RULE, "prefix": prefix}).status_code == 409
    assert [rule["prefix"] for rule in client.request("get", RULES).json()["results"]] == [prefix]
    assert client.request("delete", one).status_code == 204
    assert client.request("get", one).status_code == 404


@pytest.mark.parametrize("change", [
    {"prefix": "ftp://x.example"}, {"prefix": "https://"}, {"prefix": "no address"}, {"prefix": "https://h/?x=1"},
    {"prefix": "https://[x"}, {"datastore": "../x"}, {"path": "../up"}, {"path": "a\\b"}, {"note": 3},
])  # fmt: skip
def test_what_is_no_rule_is_refused(api: Callable[..., ApiClient], admin: User, change: dict[str, Any]) -> None:
    answer = api(admin).request("post", RULES, {**RULE, **change})
    assert answer.status_code == 400, answer.content
    assert AddressRule.objects.count() == 0


def test_nobody_else_sees_or_writes_them(
    api: Callable[..., ApiClient], browser: Callable[[User], Client], people: People
) -> None:
    assert api(people.ada).request("get", RULES).status_code == 403
    assert api(people.ada).request("post", RULES, RULE).status_code == 403
    assert browser(people.ada).get("/address-rules/").status_code == 403


def test_everybody_may_ask_what_an_address_means(api: Callable[..., ApiClient], people: People) -> None:
    AddressRule.objects.create(**RULE)
    path = "/api/v1/workspaces/vision/data-address"
    client = api(people.rita)
    answer = client.request("get", path, {"uri": "https://public.example/sets/iris.csv"})
    assert answer.json() == {"uri": "azureml://datastores/default/paths/mirror/iris.csv", "is_covered": True}
    assert client.request("get", path, {"uri": "nonsense"}).status_code == 400


def test_the_page_adds_changes_and_removes(browser: Callable[[User], Client], admin: User) -> None:
    page = browser(admin)
    assert "No address rules" in page.get("/address-rules/").content.decode()
    assert page.post("/address-rules/", {**RULE, "prefix": "nothing"}).status_code == 422
    assert page.post("/address-rules/", RULE).status_code == 302
    rule = AddressRule.objects.get()
    assert rule.prefix in page.get("/address-rules/").content.decode()
    assert page.get(f"/address-rules/{rule.pk}/edit/").status_code == 200
    assert page.post(f"/address-rules/{rule.pk}/edit/", {**RULE, "path": "new"}).status_code == 302
    assert AddressRule.objects.get().path == "new"
    assert page.post(f"/address-rules/{rule.pk}/delete/").status_code == 302
    assert AddressRule.objects.count() == 0
