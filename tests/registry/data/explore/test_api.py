"""Rows, SQL, charts, profiles and drift over REST, and who may ask."""

import json
from typing import Any

import pytest
from django.http import HttpResponseBase
from django.test import Client

from registry.data.assets.models import DataVersion
from registry.data.reading import pool
from studio.access.models import Workspace
from studio.accounts.models import User
from tests.factories import make_token
from tests.factories.data import make_data
from tests.registry.data.explore.test_profile import CARS, made

pytestmark = pytest.mark.django_db


@pytest.fixture
def cars(workspace: Workspace, ben: User) -> DataVersion:
    return make_data(workspace, "cars", {"cars.csv": CARS}, actor=ben)


class Asker:
    """Somebody with a token who asks about `cars`."""

    def __init__(self, workspace: Workspace, person: User) -> None:
        self.base = f"/api/v1/workspaces/{workspace.slug}/data/cars/versions/"
        self.client = Client(headers={"authorization": f"Bearer {make_token(person)}"})

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(self.base + path, query)

    def post(self, path: str, **body: Any) -> Any:
        return self.client.post(self.base + path, json.dumps(body), content_type="application/json")


@pytest.fixture
def reader_of(workspace: Workspace, rita: User) -> Asker:
    return Asker(workspace, rita)


def streamed(answer: HttpResponseBase) -> str:
    return b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]


def test_rows_come_in_pages_in_any_order(cars: DataVersion, reader_of: Asker) -> None:
    answer = reader_of.get("latest/rows", limit=2, offset=3, order="-price", columns=["id", "city"])
    assert answer.status_code == 200
    found = answer.json()
    assert [column["name"] for column in found["columns"]] == ["id", "city"]
    assert found["rows"] == [[996, "Rome"], [995, "Oslo"]]
    assert (found["row_count"], found["has_more"]) == (1000, True)


def test_rows_can_be_narrowed_and_drawn_by_lot(cars: DataVersion, reader_of: Asker) -> None:
    found = reader_of.get("1/rows", where="city = 'Rome' AND id < 10").json()
    assert [row[0] for row in found["rows"]] == [0, 4, 8]
    first, again = (reader_of.get("1/rows", mode="random", seed=3, limit=5).json()["rows"] for _ in range(2))
    assert len(first) == 5
    assert first == again


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"limit": 1001}, "bad_parameter"),
        ({"limit": "x"}, "bad_parameter"),
        ({"offset": -1}, "bad_parameter"),
        ({"mode": "last"}, "bad_question"),
        ({"order": "nope"}, "bad_column"),
        ({"columns": "nope"}, "bad_column"),
        ({"where": "id >"}, "bad_sql"),
        ({"where": "x" * 5000}, "bad_question"),
        ({"where": "a\0b"}, "bad_sql"),
    ],
)
def test_what_can_t_be_asked_gets_one_sentence(
    cars: DataVersion, reader_of: Asker, query: dict[str, Any], code: str
) -> None:
    answer = reader_of.get("1/rows", **query)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert answer.json()["detail"]


def test_sql_answers_and_says_where_it_is_wrong(cars: DataVersion, reader_of: Asker) -> None:
    found = reader_of.post("1/sql", sql="SELECT city, count(*) AS n FROM data GROUP BY city ORDER BY n").json()
    assert found["rows"] == [["Rome", 250], ["Oslo", 750]]
    wrong = reader_of.post("1/sql", sql="SELECT id,\n  ctiy FROM data")
    assert (wrong.status_code, wrong.json()["code"], wrong.json()["position"]) == (400, "bad_sql", 13)
    refused = reader_of.post("1/sql", sql="COPY data TO '/tmp/x.csv'")
    assert (refused.status_code, refused.json()["code"]) == (400, "sql_not_allowed")


def test_a_result_can_be_taken_along_as_csv(cars: DataVersion, reader_of: Asker) -> None:
    answer = reader_of.post("1/sql.csv", sql="SELECT '=1+1' AS formula, 7 AS n")
    assert answer["Content-Disposition"].startswith('attachment; filename="cars-1.csv"')
    assert streamed(answer) == "formula,n\n'=1+1,7\n"
    assert len(streamed(reader_of.post("1/sql.csv")).splitlines()) == 1001


def test_a_dead_process_is_503_and_the_next_question_is_answered(cars: DataVersion, reader_of: Asker) -> None:
    assert reader_of.get("1/rows").status_code == 200
    process = pool.shared().idle[-1]
    process.running.kill()
    process.running.wait()
    assert reader_of.get("1/rows").status_code == 200


def test_a_profile_is_started_followed_and_read(workspace: Workspace, cars: DataVersion, ben: User) -> None:
    asker = Asker(workspace, ben)
    assert asker.get("1/profile").json()["state"] == "missing"
    assert asker.post("1/profile").status_code == 202
    made(cars)
    found = asker.get("1/profile").json()
    assert (found["state"], found["columns_done"], found["row_count"]) == ("ready", 6, 1000)
    assert found["correlations"]["columns"] == ["id", "stars", "price", "miles"]


def test_a_reader_sees_a_profile_and_may_not_have_one_made(cars: DataVersion, reader_of: Asker) -> None:
    assert reader_of.get("1/profile").status_code == 200
    refused = reader_of.post("1/profile")
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")


def test_a_sketch_is_there_before_any_profile(cars: DataVersion, reader_of: Asker) -> None:
    found = reader_of.get("1/sketch").json()
    assert (found["row_count"], found["is_sample"]) == (1000, False)
    assert found["columns"][1]["histogram"]["counts"] == [200] * 5


def test_drift_needs_both_profiles(workspace: Workspace, cars: DataVersion, reader_of: Asker) -> None:
    later = make_data(workspace, "cars", {"cars.csv": CARS.replace(b"Rome", b"Lima")})
    missing = reader_of.get("2/drift", **{"with": "1"})
    assert (missing.status_code, missing.json()["code"]) == (409, "profile_missing")
    made(cars)
    made(later)
    found = reader_of.get("2/drift", **{"with": "1"}).json()
    assert found["columns"][0]["name"] == "city"
    assert found["columns"][0]["new_values"] == ["Lima"]
    assert reader_of.get("2/drift", **{"with": "9"}).status_code == 404


@pytest.mark.parametrize(
    ("chart", "series"),
    [
        ({"kind": "histogram", "x": "price"}, 1),
        ({"kind": "histogram", "x": "sold", "colour": "city"}, 2),
        ({"kind": "bar", "x": "city"}, 1),
        ({"kind": "bar", "x": "city", "y": "price", "colour": "stars"}, 5),
        ({"kind": "scatter", "x": "id", "y": "price", "colour": "city"}, 2),
        ({"kind": "line", "x": "sold", "y": "price"}, 1),
        ({"kind": "box", "y": "price"}, 1),
    ],
)
def test_every_kind_of_chart_has_its_numbers(
    cars: DataVersion, reader_of: Asker, chart: dict[str, Any], series: int
) -> None:
    found = reader_of.post("1/chart", **chart).json()
    assert len(found["series"]) == series
    assert found["rows"] == 1000
    assert not found["is_sample"]


def test_points_of_many_rows_are_drawn_by_lot_and_said_so(workspace: Workspace, reader_of: Asker) -> None:
    lines = "".join(f"{n},{n * n}\n" for n in range(6000))
    make_data(workspace, "cars", {"cars.csv": f"x,y\n{lines}".encode()})
    found = reader_of.post("1/chart", kind="scatter", x="x", y="y").json()
    assert (found["is_sample"], found["points"], found["rows"]) == (True, 5000, 6000)
    bars = reader_of.post("1/chart", kind="histogram", x="x").json()
    assert sum(bars["series"][0]["y"]) == 6000


def test_charts_that_can_t_be_drawn_are_refused(cars: DataVersion, reader_of: Asker) -> None:
    for chart in ({"kind": "scatter", "x": "id"}, {"kind": "bar"}, {"kind": "bar", "x": "id", "y": "city"}):
        answer = reader_of.post("1/chart", **chart)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_chart")


def test_files_that_are_no_table_say_so(workspace: Workspace, reader_of: Asker) -> None:
    make_data(workspace, "cars", {"cat.png": b"\x89PNG"})
    answer = reader_of.get("1/rows")
    assert (answer.status_code, answer.json()["code"]) == (400, "not_a_table")


def test_changed_files_are_not_passed_off_as_the_version(workspace: Workspace, reader_of: Asker) -> None:
    from registry.data.datastores import opening
    from tests.factories.data import put_file

    version = make_data(workspace, "cars", {"cars.csv": CARS})
    assert version.datastore is not None
    put_file(workspace, version.path, CARS + b"1000,1,1,Oslo,2024-01-01,1\n")
    assert opening.file_store(version.datastore).stat(version.path) is not None
    answer = reader_of.get("1/rows")
    assert (answer.status_code, answer.json()["code"]) == (409, "data_changed")
