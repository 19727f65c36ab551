"""The points behind the charts, as files."""

import csv
import io
import math

import pytest

pytestmark = pytest.mark.django_db


@pytest.fixture
def get(browser, rita):
    client = browser(rita)
    return lambda path: client.get(f"/w/vision/compare/{path}")


def test_the_csv_has_every_point_exactly(get, run, other, log_metrics):
    log_metrics(run, {"loss": [(step, step / 3) for step in range(25_000)]})
    log_metrics(other, {"loss": [(1, math.nan)]})
    response = get(f"metrics.csv?ids={run.pk},{other.pk}&key=loss")
    rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))
    assert len(rows) == 25_001
    assert float(rows[24_999]["value"]) == 24_999 / 3
    assert rows[-1]["value"] == "NaN"
    assert response["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("name", ["=cmd|'/c calc'!A1", "+1", "-1", "@SUM(A1)"])
def test_A50_no_cell_of_the_csv_is_a_formula(get, run, log_metrics, name):
    type(run).objects.filter(pk=run.pk).update(name=name)
    log_metrics(run, {"loss": [(1, -0.5)]})
    response = get(f"metrics.csv?ids={run.pk}&key=loss")
    [row] = csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode()))
    assert row["run"] == f"'{name}"
    assert row["value"] == "-0.5"
