"""Every sample is whole, and does on its real data what its card promises."""

import re
from typing import Any

import pytest
from atelier.components import running

from runs.pipelines.document import checking, reading, writing
from runs.pipelines.drafts import samples
from studio.access.models import Workspace

WIRE = re.compile(r"\$\{\{parent\.jobs\.(\w+)\.outputs\.(\w+)\}\}")
KEYS = [each.key for each in samples.SAMPLES]
LOOPS = ["many_models"]  # `test_many_models` goes round it
# sample → a metric of its evaluation, and what it is at least
PROMISED = {
    "automobile_price": ("Coefficient_of_Determination", 0.75),
    "income_prediction": ("AUC", 0.85),
    "customer_churn": ("AUC", 0.8),
    "flight_delay": ("AUC", 0.6),
    "text_classification": ("auc", 0.6),
}


def carried_out(document: dict[str, Any], given: dict[str, dict[str, Any]] | None = None) -> dict[str, dict[str, Any]]:
    """The outputs of every node, in memory, each as soon as what it needs is there; `given`: what is there already."""
    made: dict[str, dict[str, Any]] = dict(given or {})
    waiting = dict(document["jobs"])
    while waiting:
        ready = {name for name, node in waiting.items() if all(need in made for need, _ in wires(node).values())}
        assert ready, f"a cycle among {sorted(waiting)}"
        for name in sorted(ready):
            node = waiting.pop(name)
            inputs = {port: made[need][output] for port, (need, output) in wires(node).items()}
            parameters = {key: value for key, value in node["inputs"].items() if key not in inputs}
            made[name] = running.carry_out(running.find(node["component"]), inputs, parameters)
    return made


def wires(node: dict[str, Any]) -> dict[str, tuple[str, str]]:
    found = {port: WIRE.fullmatch(str(value)) for port, value in node["inputs"].items()}
    return {port: (match[1], match[2]) for port, match in found.items() if match}


@pytest.mark.django_db
@pytest.mark.parametrize("key", KEYS)
def test_a_sample_is_whole_has_places_and_reads_back_as_it_was(key: str, workspace: Workspace) -> None:
    document = samples.document_of(key)
    assert checking.check(workspace, document) == []
    assert set(document["layout"]) == set(document["jobs"])
    assert document["display_name"].startswith(samples.named(key).title[:10])
    again = reading.read_text(writing.to_yaml(document), f"{key}.yml")
    assert (again.problems, again.document) == ((), document)


@pytest.mark.pure
@pytest.mark.parametrize("key", [key for key in KEYS if key not in LOOPS])
def test_a_sample_does_on_its_data_what_its_card_promises(key: str) -> None:
    made = carried_out(samples.document_of(key))
    evaluation = next(iter(made["evaluate"].values()))
    text = str(evaluation)
    assert evaluation, text
    if key in PROMISED:
        metric, least = PROMISED[key]
        assert number_of(evaluation, metric) >= least


def number_of(evaluation: Any, name: str) -> float:
    """The first number under this name, wherever in the evaluation it stands."""
    wanted = re.sub(r"\W|_", "", name).lower()
    stack = [evaluation]
    while stack:
        each = stack.pop(0)
        if isinstance(each, dict):
            for key, value in each.items():
                if re.sub(r"\W|_", "", str(key)).lower() == wanted and isinstance(value, int | float):
                    return float(value)
            stack += each.values()
        elif isinstance(each, list | tuple):
            stack += each
    raise AssertionError(f"no {name} in {str(evaluation)[:600]}")
