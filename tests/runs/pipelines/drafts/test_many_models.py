"""The sample Many models does in memory what its card promises: a model for each partition, the figures in one table."""

from pathlib import Path
from typing import Any

import pytest
from atelier.components import parts, running, tables, values
from atelier.components.context import Context
from atelier.components.declaring import PortType

from runs.pipelines.drafts import samples
from tests.runs.pipelines.drafts.test_samples import WIRE, carried_out

pytestmark = pytest.mark.pure


def part_of(document: dict[str, Any], names: list[str]) -> dict[str, Any]:
    return {"jobs": {name: document["jobs"][name] for name in names}}


def trained(pipeline: dict[str, Any], part: parts.Part) -> Any:
    """The evaluation that one round of the loop leaves."""
    jobs = {name: {**node, "inputs": dict(node.get("inputs") or {})} for name, node in pipeline["jobs"].items()}
    split = jobs.pop("split")
    given = {**split["inputs"]}
    assert given.pop("dataset") == "${{parent.inputs.rentals}}"
    made = running.carry_out(running.find(split["component"]), {"dataset": tables.load(part.path)}, given)
    return carried_out({"jobs": jobs}, {"split": made})["evaluate"]["evaluation_results"]


def test_each_season_has_a_model_and_all_figures_stand_in_one_table(tmp_path: Path) -> None:
    document = samples.document_of("many_models")
    node = document["jobs"]["partition"]
    before = carried_out(part_of(document, ["rentals", "known"]))
    dataset = before["known"]["results_dataset"]
    folder = running.carry_out(
        running.find(node["component"]), {"dataset": dataset}, {"column": node["inputs"]["column"]},
        Context(given_workdir=tmp_path),
    )["partitions"]  # fmt: skip
    loop, body = document["jobs"]["each_season"], document["jobs"]["season_model"]["component"]
    assert WIRE.fullmatch(loop["items"])[2] == "partitions"  # type: ignore[index]
    results = tmp_path / "results"
    for part in parts.of(folder):
        values.store(PortType.EVALUATION, trained(body, part), results / part.name)
    collect = document["jobs"]["figures"]["component"]
    made = running.carry_out(running.find(collect), {"results": results}, {})["results_dataset"].frame
    assert made["season"].tolist() == ["1", "2", "3", "4"]
    assert made["Rows"].sum() == pytest.approx(0.3 * len(dataset.frame), abs=4)
    assert made["coefficient_of_determination"].min() > 0.75
