import pytest

from runs.pipelines.drafts.comparing import compare

pytestmark = pytest.mark.pure

SPLIT = {
    "type": "command", "component": "atelier:split_data:1",
    "inputs": {"dataset": "${{parent.jobs.clean.outputs.data}}", "fraction_of_rows": 0.7},
}  # fmt: skip


def told(before: dict, after: dict) -> list[tuple[str, str, str, str]]:
    return [(each.kind, each.change, each.node, each.name) for each in compare(before, after)]


def test_nodes_parameters_and_wires_are_told_apart() -> None:
    other = {**SPLIT, "inputs": {"dataset": "${{parent.jobs.raw.outputs.data}}", "seed": 7}, "comment": "Later."}
    before = {"jobs": {"split": SPLIT, "old": {"command": "true"}}, "layout": {"split": [1, 1]}}
    after = {"jobs": {"split": other, "new": {"component": "atelier:train:1"}}, "layout": {"split": [9, 9]}}
    assert told(before, after) == [
        ("wire", "changed", "split", "dataset"),
        ("parameter", "removed", "split", "fraction_of_rows"),
        ("parameter", "added", "split", "seed"),
        ("field", "added", "split", "comment"),
        ("node", "removed", "old", ""),
        ("node", "added", "new", ""),
    ]
    wire = compare(before, after)[0]
    assert wire.sentence == (
        "The wire dataset of split was ${{parent.jobs.clean.outputs.data}} and is ${{parent.jobs.raw.outputs.data}}."
    )


def test_what_is_the_pipelines_own_and_what_lies_inside_a_nested_one_is_found() -> None:
    inner = {"type": "pipeline", "jobs": {"split": SPLIT}}
    changed = {"type": "pipeline", "jobs": {"split": {**SPLIT, "inputs": {**SPLIT["inputs"], "fraction_of_rows": 0.5}}}}
    before = {"jobs": {"each": {"component": inner}}, "inputs": {"rate": {"type": "number"}}, "settings": {}}
    after = {"jobs": {"each": {"component": changed}}, "inputs": {}, "settings": {"default_compute": "gpu"}}
    assert told(before, after) == [
        ("parameter", "changed", "each/split", "fraction_of_rows"),
        ("input", "removed", "", "rate"),
        ("setting", "added", "", "default_compute"),
    ]


def test_nothing_differs_where_only_places_and_empty_fields_do() -> None:
    assert compare({"jobs": {"a": {"inputs": {}}}, "layout": {"a": [0, 0]}}, {"jobs": {"a": {"comment": ""}}}) == []
