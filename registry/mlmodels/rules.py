"""What a stage asks of a version, and what of it is not met."""

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from registry.mlmodels import evidence
from registry.mlmodels.models import ModelCheck, ModelStage, ModelVersion
from studio.errors import Invalid

OPERATORS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt, "=": operator.eq,
}  # fmt: skip
MOST_RULES = 20
MAX_NAME = 250


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule of a stage and how a version stands to it."""

    rule: str  # "accuracy >= 0.9", "the check fairness"
    is_met: bool
    stands: str  # "0.93", "failed: 3 groups differ", "not reported"


def findings(stage: ModelStage, version: ModelVersion) -> list[Finding]:
    """Each rule of the stage, in the order they were written."""
    metrics = evidence.metrics_of([version])[version.pk] if stage.metrics else {}
    rows = ModelCheck.objects.filter(version=version, name__in=stage.checks) if stage.checks else []
    checks = {row.name: row for row in rows}
    return [
        *(_metric(rule, metrics) for rule in stage.metrics),
        *(_check(name, checks.get(name)) for name in stage.checks),
    ]


def unmet(found: Sequence[Finding]) -> str:
    """One sentence of what is missing; empty when nothing is."""
    missing = [f"{each.rule} ({each.stands})" for each in found if not each.is_met]
    return "; ".join(missing)


def metric_rules(given: Any) -> list[dict[str, Any]]:
    """Rules of metrics as they are kept. Raises Invalid."""
    if not isinstance(given, list) or len(given) > MOST_RULES:
        raise _bad("metrics", f"A stage has a list of at most {MOST_RULES} rules of metrics.")
    return [_metric_rule(each) for each in given]


def check_names(given: Any) -> list[str]:
    """Names of checks as they are kept. Raises Invalid."""
    if not isinstance(given, list) or len(given) > MOST_RULES:
        raise _bad("checks", f"A stage has a list of at most {MOST_RULES} names of checks.")
    return list(dict.fromkeys(check_name(each) for each in given))


def check_name(given: Any) -> str:
    if not isinstance(given, str) or not given.strip() or len(given) > 100 or not given.isprintable() or "/" in given:
        raise _bad("name", "The name of a check has 1 to 100 characters, without a slash.")
    return given.strip()


def _metric_rule(given: Any) -> dict[str, Any]:
    if not isinstance(given, dict) or set(given) != {"metric", "op", "value"}:
        raise _bad("metrics", 'A rule of a metric reads {"metric": "accuracy", "op": ">=", "value": 0.9}.')
    name, op, value = given["metric"], given["op"], given["value"]
    if not isinstance(name, str) or not name.strip() or len(name) > MAX_NAME:
        raise _bad("metrics", f"The metric of a rule has a name of 1 to {MAX_NAME} characters.")
    if op not in OPERATORS:
        raise _bad("metrics", f"The rule of {name[:60]} compares with one of {', '.join(OPERATORS)}.")
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _bad("metrics", f"The rule of {name[:60]} compares with a number.")
    return {"metric": name.strip(), "op": op, "value": float(value)}


def _metric(rule: Mapping[str, Any], metrics: Mapping[str, float]) -> Finding:
    value = metrics.get(rule["metric"])
    text = f"{rule['metric']} {rule['op']} {rule['value']:g}"
    if value is None:
        return Finding(text, False, "its run has no such metric")
    return Finding(text, OPERATORS[rule["op"]](value, rule["value"]), f"{value:g}")


def _check(name: str, row: ModelCheck | None) -> Finding:
    if row is None:
        return Finding(f"the check {name}", False, "not reported")
    if not row.passed:
        return Finding(f"the check {name}", False, f"failed: {row.detail[:100]}" if row.detail else "failed")
    return Finding(f"the check {name}", True, "passed")


def _bad(field: str, message: str) -> Invalid:
    return Invalid("bad_stage", message, fields={field: message})
