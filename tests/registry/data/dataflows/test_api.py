"""Dataflows over REST: previews of a sample, programs by example, code."""

from typing import Any

import pytest

from studio.access.models import Workspace
from studio.accounts.models import User
from tests.factories.data import make_data
from tests.people import ApiClient, People

pytestmark = pytest.mark.django_db
PEOPLE = b"""name,born,city,paid
Ada Lovelace,1815,London,2024-01-15
Alan Turing,1912,London,2024-02-20
Grace Brewster Hopper,1906,New York,2024-03-01
Edsger Dijkstra,1930,,2024-03-09
"""
FLOW = "/dataflows/clean"


@pytest.fixture
def api(people: People) -> ApiClient:
    make_data(people.workspace, "people", {"people.csv": PEOPLE})
    api = ApiClient(people.ben, base=f"/api/v1/workspaces/{people.workspace.slug}")
    made = api.request("post", "/dataflows", {"name": "clean", "source": "azureml:people:1"})
    assert made.status_code == 201, made.content
    return api


def step(kind: str, **parameters: Any) -> dict[str, Any]:
    return {"kind": kind, "parameters": parameters}


def recipe(*steps: dict[str, Any]) -> dict[str, Any]:
    return {"source": "azureml:people:1", "steps": list(steps)}


def preview(api: ApiClient, *steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = api.request("post", f"{FLOW}/preview", {"recipe": recipe(*steps), **more})
    assert answer.status_code == 200, answer.content
    return answer.json()  # type: ignore[no-any-return]


def test_a_preview_tells_rows_columns_and_what_is_in_each(api: ApiClient) -> None:
    found = preview(api, step("filter", expression="born > 1900"), step("drop_columns", columns=["paid"]))
    assert [(one["name"], one["type"]) for one in found["columns"]] == [
        ("name", "text"), ("born", "integer"), ("city", "text"),
    ]  # fmt: skip
    assert found["rows"][0] == ["Alan Turing", 1912, "London"]
    assert (found["source_rows"], found["row_count"], found["problems"]) == (4, 3, [])
    assert [one["rows"] for one in found["steps"]] == [3, 3]
    born, city = found["sketches"][1], found["sketches"][2]
    assert (sum(born["histogram"]["counts"]), born["min"], born["max"]) == (3, 1906, 1930)
    assert (city["missing"], city["distinct"]) == (1, 2)


def test_a_preview_stops_at_the_step_that_is_asked_for(api: ApiClient) -> None:
    steps = [step("take", count=2), step("take", count=1)]
    assert preview(api, *steps, upto=1)["row_count"] == 2
    assert preview(api, *steps, upto=0)["row_count"] == 4
    assert preview(api, *steps, sample="random", rows=3, seed=5)["source_rows"] == 3


def test_a_problem_names_its_step_and_what_follows_waits(api: ApiClient) -> None:
    found = preview(api, step("take", count=3), step("drop_columns", columns=["nmae"]), step("take", count=1))
    assert found["row_count"] == 3
    (problem,) = found["problems"]
    assert (problem["step"], problem["parameter"]) == (2, "columns")
    assert "Did you mean “name”?" in problem["sentence"]
    assert [one["rows"] for one in found["steps"]] == [3, None, None]


def test_a_step_that_is_off_is_passed_over(api: ApiClient) -> None:
    assert preview(api, {**step("take", count=1), "enabled": False})["row_count"] == 4


def test_a_join_brings_in_another_asset(api: ApiClient, people: People) -> None:
    make_data(people.workspace, "cities", {"cities.csv": b"city,country\nLondon,UK\nNew York,USA\n"})
    join = step("join", other="azureml:cities:1", on=[{"left": "city", "right": "city"}])
    found = preview(api, join)
    assert found["rows"][0][-1] == "UK"
    assert [one["name"] for one in found["others"]["azureml:cities:1"]] == ["city", "country"]
    lost = preview(api, step("join", other="azureml:nowhere:1", on=[{"left": "city", "right": "city"}]))
    assert "no data asset 'nowhere'" in lost["problems"][0]["sentence"]


def test_a_column_is_derived_from_examples(api: ApiClient) -> None:
    shown = [{"row": 0, "wanted": ["A. Lovelace"]}, {"row": 2, "wanted": ["G. Hopper"]}]
    asked = {"examples": shown, "columns": ["name"]}
    answer = api.request("post", f"{FLOW}/derive", {"recipe": recipe(), **asked})
    assert answer.status_code == 200, answer.content
    (column,) = answer.json()["columns"]
    assert column["values"] == ["A. Lovelace", "A. Turing", "G. Hopper", "E. Dijkstra"]
    made = preview(api, step("derive_by_example", into="short", expression=column["programs"][0]["expression"]))
    assert [row[-1] for row in made["rows"]] == column["values"]


def test_one_example_leaves_rows_in_doubt_with_their_alternatives(api: ApiClient) -> None:
    answer = api.request("post", f"{FLOW}/derive", {"examples": [{"row": 0, "wanted": ["Ada"]}], "columns": ["name"]})
    (column,) = answer.json()["columns"]
    assert column["values"][1] == "Alan"
    for doubt in column["doubts"]:
        assert doubt["row"] != 0
        assert len(doubt["values"]) > 1


def test_a_column_is_split_from_examples(api: ApiClient) -> None:
    asked = {"kind": "split", "column": "paid", "examples": [{"row": 0, "wanted": ["2024", "15"]}]}
    answer = api.request("post", f"{FLOW}/derive", asked)
    assert [column["values"][1] for column in answer.json()["columns"]] == ["2024", "20"]


def test_rows_are_filtered_by_examples(api: ApiClient) -> None:
    answer = api.request("post", f"{FLOW}/derive", {"kind": "filter", "keep": [0, 1], "drop": [2]})
    (column,) = answer.json()["columns"]
    assert column["values"][:3] == [True, True, False]
    assert column["programs"][0]["kept"] >= 2


def test_code_is_a_program_of_its_own(api: ApiClient) -> None:
    api.request("put", f"{FLOW}/draft", {**recipe(step("take", count=2)), "stamp": 0})
    for library in ("polars", "pandas"):
        code = api.request("get", f"{FLOW}/code", {"to": library}).json()["code"]
        assert f"import {library}" in code
        compile(code, "<code>", "exec")
    assert api.request("get", f"{FLOW}/code", {"to": "perl"}).status_code == 400
    assert api.request("get", f"{FLOW}/code", {"version": "3"}).status_code == 404


def test_versions_are_saved_listed_and_restored(api: ApiClient) -> None:
    api.request("put", f"{FLOW}/draft", {**recipe(step("take", count=2)), "stamp": 0})
    stale = api.request("put", f"{FLOW}/draft", {**recipe(), "stamp": 0})
    assert (stale.status_code, stale.json()["code"], stale.json()["stamp"]) == (409, "draft_changed", 1)
    assert api.request("post", f"{FLOW}/versions", {"stamp": 0}).status_code == 409
    saved = api.request("post", f"{FLOW}/versions", {"note": "two", "stamp": 1})
    assert (saved.status_code, saved.json()["number"], saved.json()["note"]) == (201, 1, "two")
    api.request("put", f"{FLOW}/draft", {**recipe(), "stamp": 1})
    restored = api.request("post", f"{FLOW}/versions/1/restore", {"stamp": 2}).json()
    assert (restored["stamp"], restored["steps"]) == (3, [step("take", count=2)])
    assert [one["number"] for one in api.request("get", f"{FLOW}/versions").json()["results"]] == [1]


@pytest.mark.parametrize(
    "steps",
    [
        [step("union", others=5)], [step("filter", conditions=[{"column": "born", "op": {}, "value": 1}])],
        [step("filter", expression="(" * 3000 + "born")], [step("rename", names={"name": ["x"]})],
        [step("split_column", column="name", into=["a"], by="pattern", pattern="(" * 400)],
        [step("take", count=2**60)], [step("pivot", index=["name"], column="city", values="born", how="explode")],
        [step("join", other={"a": 1}, on=7)], [step("change_type", columns=["name"], type="integer", errors="refuse")],
    ],
)  # fmt: skip
def test_hostile_parameters_become_a_problem_of_their_step(api: ApiClient, steps: list[Any]) -> None:
    found = preview(api, *steps)
    assert [one["step"] for one in found["problems"]] == [1]
    assert found["problems"][0]["sentence"]


@pytest.mark.parametrize(
    "body",
    [
        {}, {"examples": []}, {"examples": [{"row": 0}]}, {"examples": [{"row": 99, "wanted": ["x"]}]},
        {"kind": "filter"}, {"kind": "filter", "keep": [77]}, {"kind": "split", "examples": [{"row": 0, "wanted": ["a"]}]},
        {"kind": "split", "column": "nope", "examples": [{"row": 0, "wanted": ["a"]}]},
        {"kind": "split", "column": "name", "examples": [{"row": 0, "wanted": ["a"]}, {"row": 1, "wanted": ["a", "b"]}]},
        {"columns": ["nope"], "examples": [{"row": 0, "wanted": ["x"]}]}, {"kind": "magic"}, {"upto": -1},
    ],
)  # fmt: skip
def test_examples_that_say_nothing_are_refused(api: ApiClient, body: dict[str, Any]) -> None:
    answer = api.request("post", f"{FLOW}/derive", body)
    assert answer.status_code == 400, answer.content
    assert answer.json()["detail"]


def test_a_reader_sees_and_changes_nothing(api: ApiClient, people: People) -> None:
    rita = ApiClient(people.rita, base=api.base)
    assert rita.request("post", f"{FLOW}/preview", {}).status_code == 200
    assert rita.request("put", f"{FLOW}/draft", {**recipe(), "stamp": 0}).status_code == 403
    assert rita.request("post", f"{FLOW}/versions", {}).status_code == 403
    assert rita.request("delete", FLOW).status_code == 403


def test_a_source_that_is_gone_is_said(api: ApiClient, workspace: Workspace, ben: User) -> None:
    from registry.data.assets import queries, services

    services.delete_version(actor=ben, version=queries.resolve(workspace, "azureml:people:1"))
    answer = api.request("post", f"{FLOW}/preview", {})
    assert answer.status_code == 404
    assert "people" in answer.json()["detail"]
