"""Column rules of rows that have no label any more."""

from __future__ import annotations

from dataclasses import replace

from atelier.components import column_rules


def without(text: str, label: str) -> str:
    """The rule without the label among its names; as it was where it is no rule or names nothing else."""
    try:
        rule = column_rules.parse(text)
    except column_rules.RuleError:
        return text
    steps = []
    for step in rule.steps:
        if step.by == column_rules.NAMES:
            step = replace(step, values=tuple(name for name in step.values if name != label))
        if step.values:
            steps.append(step)
    changed = replace(rule, steps=tuple(steps))
    if changed == rule or (not changed.steps and changed.start == column_rules.NONE):
        return text
    return column_rules.write(changed)
