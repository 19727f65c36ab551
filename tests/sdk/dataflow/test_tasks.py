"""The fifty tasks by example: how many are solved, from how many examples, in what time."""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from atelier.dataflow.examples import derive

TASKS = json.loads((Path(__file__).parent / "tasks.json").read_text())["tasks"]
BAR, MOST_EXAMPLES, SECONDS = 40, 3, 2.0


@dataclass
class Outcome:
    name: str
    examples: int
    solved: bool
    slowest: float  # of the clock
    work: float  # of the processor, which the tests beside this one do not lengthen
    expression: str

    def __str__(self) -> str:
        said = f"solved from {self.examples}" if self.solved else "FAILED"
        return f"{self.name:24} {said:14} {self.slowest:5.2f} s  {self.expression}"


def tried(task: dict[str, Any]) -> Outcome:
    """The task as a person would do it: show the first row, then put right the first row that is wrong."""
    rows = [dict(zip(task["columns"], row["inputs"], strict=True)) for row in task["rows"]]
    wanted = [row["wanted"] for row in task["rows"]]
    examples: dict[int, str | None] = {0: wanted[0]}
    slowest = work = 0.0
    while True:
        began, worked = time.monotonic(), time.process_time()
        programs = derive(rows, examples)
        slowest, work = max(slowest, time.monotonic() - began), max(work, time.process_time() - worked)
        given = programs[0].apply_all(rows) if programs else [None] * len(rows)
        wrong = [row for row, value in enumerate(given) if (value or "") != wanted[row]]
        expression = programs[0].expression if programs else ""
        if not wrong or len(examples) == MOST_EXAMPLES or wrong[0] in examples:
            return Outcome(task["name"], len(examples), not wrong, slowest, work, expression)
        examples[wrong[0]] = wanted[wrong[0]]


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    return [tried(task) for task in TASKS]


def test_there_are_fifty_tasks_of_six_rows_at_least() -> None:
    assert len({task["name"] for task in TASKS}) == 50
    assert all(len(task["rows"]) >= 6 for task in TASKS)


def test_forty_of_fifty_tasks_are_solved_from_three_examples(outcomes: list[Outcome]) -> None:
    solved = [outcome for outcome in outcomes if outcome.solved]
    print(f"\n{len(solved)} of {len(TASKS)} solved")
    print("\n".join(str(outcome) for outcome in outcomes))
    failed = [outcome.name for outcome in outcomes if not outcome.solved]
    assert len(solved) >= BAR, f"not solved: {', '.join(failed)}"


def test_each_task_takes_less_than_two_seconds(outcomes: list[Outcome]) -> None:
    assert [str(outcome) for outcome in outcomes if outcome.work >= SECONDS] == []
