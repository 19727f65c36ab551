"""A table becomes a folder of tables, and what rounds left becomes one table again."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from atelier.components import catalogue, parts, running, tables, values
from atelier.components.context import Context
from atelier.components.declaring import PortType
from atelier.components.errors import ComponentError
from atelier.components.tables import LABEL, Column

from tests.sdk.components.tables_at_hand import carried, table

pytestmark = pytest.mark.pure

SALES = table(
    region=["north", "south/east", "north", None], sold=[1, 2, 3, 4], at=pd.to_datetime(["2026-01-01"] * 4)
).marked(["sold"], Column(role=LABEL))


def partitioned(where: Path, column: str, **parameters: Any) -> Path:
    given = {"column": column, **parameters}
    made = running.carry_out(
        catalogue.named("partition_by_column"), {"dataset": SALES}, given, Context(given_workdir=where)
    )
    return Path(made["partitions"])


def test_each_value_of_a_column_is_a_table_of_its_own(tmp_path: Path) -> None:
    folder = partitioned(tmp_path, "region")
    assert [part.name for part in parts.of(folder)] == ["region=", "region=north", "region=south-east"]
    north = tables.load(folder / "region=north")
    assert north.frame["sold"].tolist() == [1, 3] and list(north.frame.columns) == ["sold", "at"]
    assert north.label == "sold"
    kept = partitioned(tmp_path / "again", "region", keep_the_column=True, fewest_rows=2)
    assert [part.name for part in parts.of(kept)] == ["region=north"]
    assert set(tables.load(kept / "region=north").frame["region"]) == {"north"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"column": "nowhere"}, "no column 'nowhere'"),
        ({"column": "sold", "most_partitions": 3}, "sold has 4 values, and there may be 3 partitions"),
        ({"column": "sold", "fewest_rows": 2}, "No value of sold has 2 rows"),
    ],
)
def test_what_makes_no_partitions_is_said(tmp_path: Path, given: dict[str, Any], said: str) -> None:
    with pytest.raises(ComponentError, match=said):
        partitioned(tmp_path, **given)


def evaluation(score: float) -> dict[str, Any]:
    return {"title": "Evaluate Model", "runs": [{"name": "Scored dataset", "rows": 9, "metrics": {"accuracy": score}}]}


def test_evaluations_become_a_row_each(tmp_path: Path) -> None:
    folder = tmp_path / "results"
    for name, score in (("region=north", 0.5), ("region=south", 0.75)):
        values.store(PortType.EVALUATION, evaluation(score), folder / name)
    found = carried("collect_results", {"results": folder})["results_dataset"].frame
    assert found.to_dict("list") == {"region": ["north", "south"], "Rows": [9, 9], "accuracy": [0.5, 0.75]}
    named = carried("collect_results", {"results": folder}, name_of_the_column="area")["results_dataset"].frame
    assert named["area"].tolist() == ["north", "south"]


def test_tables_of_rounds_are_put_below_one_another(tmp_path: Path) -> None:
    folder = partitioned(tmp_path, "region", fewest_rows=1)
    # The list lies beside the partitions here; one that a run leaves names places of a datastore.
    names = ["region=north", "region=south-east"]
    document = {
        "paths": [{"folder": name} for name in names],
        "metadata": {"rounds": ["rate=0.1, depth=3", "rate=0.2"]},
    }
    (folder / "MLTable").write_text(json.dumps(document))
    found = carried("collect_results", {"results": folder})["results_dataset"]
    assert found.frame["sold"].tolist() == [1, 3, 2] and found.label == "sold"
    assert found.frame["Partition"].tolist() == ["rate=0.1, depth=3", "rate=0.1, depth=3", "rate=0.2"]
    again = tables.load(folder)
    assert again.frame["sold"].tolist() == [1, 3, 2] and again.label == "sold"


def test_a_list_that_says_how_its_files_are_read_is_read_so(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x;y\n1;2\n")
    document = {"paths": [{"file": "a.csv"}], "transformations": [{"read_delimited": {"delimiter": ";"}}]}
    (tmp_path / "MLTable").write_text(json.dumps(document))
    assert tables.load(tmp_path).frame.to_dict("list") == {"x": [1], "y": [2]}


def test_what_can_not_be_collected_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ComponentError, match="nothing to collect"):
        carried("collect_results", {"results": tmp_path / "empty"})
    mixed = tmp_path / "mixed"
    values.store(PortType.EVALUATION, evaluation(0.5), mixed / "a")
    tables.store(SALES, mixed / "b")
    with pytest.raises(ComponentError, match="collect one kind"):
        carried("collect_results", {"results": mixed})
