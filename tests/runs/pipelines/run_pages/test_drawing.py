"""Where the nodes of a run's graph stand, which wires join them, and what decided how long it took."""

from datetime import UTC, datetime, timedelta

import pytest

from runs.pipelines.models import Step
from runs.pipelines.run_pages import layout, picture, times, wires
from runs.tracking.models import Run

pytestmark = pytest.mark.pure
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def step(name: str, key: int = 0, begins: int = 0, ends: int = 0, **values: object) -> Step:
    facts = {"pk": key, "path": name, "name": name, "kind": "command", "state": "completed", "run_id": name}
    made = Step(**{**facts, **values})
    if ends:
        made.run = Run(pk=name, started_at=NOON + timedelta(seconds=begins))
        made.ready_at = made.started_at = NOON + timedelta(seconds=begins)
        made.ended_at = NOON + timedelta(seconds=ends)
    return made


def test_each_node_stands_below_all_that_it_needs() -> None:
    places = layout.places(["a", "b", "c", "d"], {"b": ["a"], "c": ["a"], "d": ["b", "c"]}, {})
    heights = {node: y for node, (_, y) in places.items()}
    assert heights["a"] < heights["b"] == heights["c"] < heights["d"]
    assert len({places["b"], places["c"]}) == 2


def test_what_was_drawn_is_kept_only_when_every_node_was() -> None:
    drawn = {"a": [40, 40], "b": [40, 140]}
    assert layout.places(["a", "b"], {}, drawn) == {"a": (0, 0), "b": (0, 100)}
    assert layout.places(["a", "b", "c"], {}, drawn)["a"] != layout.places(["a", "b", "c"], {}, drawn)["c"]
    assert layout.places(["a"], {}, {"a": ["x", None]}) == {"a": (0, 0)}


def test_a_circle_and_a_layer_of_a_thousand_still_have_places() -> None:
    assert len(layout.places(["a", "b"], {"a": ["b"], "b": ["a"]}, {})) == 2
    wide = layout.places([f"n{at}" for at in range(1000)], {}, {})
    assert max(x for x, _ in wide.values()) < 13 * (layout.NODE_WIDTH + layout.GAP_ACROSS)
    assert len(set(wide.values())) == 1000


def test_wires_are_read_from_inputs_conditions_items_and_blocks() -> None:
    steps = [
        step("prep"),
        step("check", node={"inputs": {"x": "${{parent.jobs.prep.outputs.out}}", "y": "${{ parent.inputs.cars }}"}}),
        step("branch", node={"condition": "${{parent.jobs.check.outputs.ok}}", "true_block": "${{parent.jobs.train}}"}),
        step("train", node={"inputs": {"z": {"path": "${{parent.jobs.gone.outputs.out}}"}, "n": 3}}),
    ]
    found = wires.wires_of(steps, ["cars"])
    assert [(wire.source, wire.source_port, wire.target, wire.target_port) for wire in found] == [
        ("prep", "out", "check", "x"),
        ("inputs.cars", "", "check", "y"),
        ("check", "ok", "branch", "condition"),
        ("branch", "", "train", ""),
    ]


def test_who_reads_a_loops_body_is_wired_to_the_loop() -> None:
    steps = [
        step("each", kind="parallel_for", node={"body": "${{parent.jobs.fit}}", "items": "[1, 2]"}),
        step("join", node={"inputs": {"models": "${{parent.jobs.fit.outputs.model}}"}}),
    ]
    assert wires.needs_of(wires.wires_of(steps)) == {"join": ["each"]}


def test_a_picture_holds_every_box_within_its_frame() -> None:
    steps = [step("prep", label="A title that is much longer than the box"), step("train", state="ready")]
    drawn = picture.picture_of(steps, [], drawn={}, data_inputs={"cars": "azureml:cars@latest"}, details={})
    assert [box.state for box in drawn.boxes] == ["data", "completed", "queued"]
    assert drawn.boxes[1].title.endswith("…")
    for box in drawn.boxes:
        assert drawn.left <= box.x <= drawn.left + drawn.width - layout.NODE_WIDTH
        assert drawn.top <= box.y <= drawn.top + drawn.height - layout.NODE_HEIGHT


def test_the_critical_path_is_the_chain_that_ended_last() -> None:
    steps = [step("load", 1, 0, 10), step("quick", 2, 10, 12), step("slow", 3, 10, 60), step("end", 4, 60, 70)]
    needs = {2: [1], 3: [1], 4: [2, 3]}
    assert [one.name for one in times.critical_path(steps, needs, now=NOON)] == ["load", "slow", "end"]
    found = times.times_of(steps, needs, now=NOON)
    assert found is not None
    assert found.span == timedelta(seconds=70)
    assert [bar.is_critical for bar in found.bars] == [True, False, True, True]
    assert all(0 <= bar.left and bar.start + bar.width <= 100.01 for bar in found.bars)
    assert [tick.label for tick in found.ticks][:3] == ["0s", "15s", "30s"]


def test_the_critical_path_goes_through_the_rounds_of_a_loop() -> None:
    steps = [
        step("load", 1, 0, 10),
        step("each", 2, kind="parallel_for", run_id=None),
        step("each[0].train", 3, 10, 20, parent_id=2),
        step("each[1].train", 4, 10, 30, parent_id=2),
        step("again", 5, kind="do_while", run_id=None),
        step("again[0].tune", 6, 30, 40, parent_id=5, position=0),
        step("again[1].tune", 7, 40, 50, parent_id=5, position=1),
        step("end", 8, 50, 60),
    ]
    needs = {2: [1], 5: [2], 8: [5]}
    path = [one.path for one in times.critical_path(steps, needs, now=NOON)]
    assert path == ["load", "each[1].train", "again[0].tune", "again[1].tune", "end"]


def test_nothing_has_times_before_it_began() -> None:
    assert times.times_of([step("load", 1, state="waiting", run_id=None)], {}, now=NOON) is None
