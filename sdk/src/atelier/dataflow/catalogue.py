"""Every kind of step by its name, in the order a person finds them."""

from __future__ import annotations

from atelier.dataflow.parameters import StepKind
from atelier.dataflow.steps import by_example, columns, combine, dates, groups, numbers, rows, texts, values

STEPS: dict[str, StepKind] = {
    kind.kind: kind
    for module in (rows, columns, texts, values, numbers, dates, groups, combine, by_example)
    for kind in module.STEPS
}
