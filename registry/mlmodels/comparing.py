"""Two versions side by side: what differs, and how."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from rest_framework import serializers

from registry.mlmodels import evidence
from registry.mlmodels.models import ModelVersion

SIDES = ("inputs", "outputs", "params")
PARTS = ("facts", "metrics", "signature", "packages", "card")
MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One line: what it is called, and both values. `change` is right minus left, where both are numbers."""

    name: str
    left: Any
    right: Any
    change: float | None = None
    is_size: bool = False

    @property
    def differs(self) -> bool:
        return bool(self.left != self.right)


@dataclass(frozen=True, slots=True)
class Comparison:
    left: ModelVersion
    right: ModelVersion
    facts: list[Row]
    metrics: list[Row]
    signature: list[Row]  # "inputs: petal width" → type, or None where the side has no such column
    packages: list[Row]
    card: list[Row]  # line by line, those that differ

    @property
    def sections(self) -> list[tuple[str, list[Row], str]]:
        """What the page shows under each other: a title, its rows, what it says without any."""
        return [
            ("Facts", self.facts, ""),
            ("Metrics of their runs", self.metrics, "Neither came from a run of here that has metrics."),
            ("Signature", self.signature, "Neither has a signature."),
            ("Packages", self.packages, "Neither brought a requirements.txt."),
            ("Model card", self.card, "Neither has a card."),
        ]


class ModelCompareRow(serializers.Serializer):
    name = serializers.CharField()
    left = serializers.JSONField(allow_null=True)
    right = serializers.JSONField(allow_null=True)
    change = serializers.FloatField(allow_null=True)
    differs = serializers.BooleanField()


class ModelCompareAnswer(serializers.Serializer):
    left = serializers.CharField()
    right = serializers.CharField()
    facts = ModelCompareRow(many=True)
    metrics = ModelCompareRow(many=True)
    signature = ModelCompareRow(many=True)
    packages = ModelCompareRow(many=True)
    card = ModelCompareRow(many=True)


def compare(left: ModelVersion, right: ModelVersion) -> Comparison:
    """Facts, metrics of their runs, signatures and packages, each name once."""
    metrics = evidence.metrics_of([left, right])
    return Comparison(
        left=left,
        right=right,
        facts=[_fact(name, _facts(left)[name], _facts(right)[name]) for name in _facts(left)],
        metrics=_rows(_of_the_model(metrics[left.pk]), _of_the_model(metrics[right.pk])),
        signature=_rows(_columns(left), _columns(right), is_sorted=False),
        packages=_rows(_packages(left), _packages(right)),
        card=_card(left.card, right.card),
    )


def as_json(found: Comparison) -> dict[str, Any]:
    return {
        "left": str(found.left),
        "right": str(found.right),
        **{name: [_row(row) for row in getattr(found, name)] for name in PARTS},
    }


def _row(row: Row) -> dict[str, Any]:
    return {"name": row.name, "left": row.left, "right": row.right, "change": row.change, "differs": row.differs}


def _facts(version: ModelVersion) -> dict[str, Any]:
    return {
        "stage": version.stage,
        "format": version.get_format_display(),
        "flavours": ", ".join(version.flavors),
        "size": version.size,
        "run": version.run_id,
        "source": version.source,
    }


def _fact(name: str, left: Any, right: Any) -> Row:
    return Row(name, left, right, _change(left, right), is_size=name == "size")


def _of_the_model(metrics: Mapping[str, float]) -> dict[str, float]:
    return {name: value for name, value in metrics.items() if not name.startswith(evidence.SYSTEM)}


def _card(left: str, right: str) -> list[Row]:
    """The cards beside each other: where they differ their lines, by number; one row that says so where they are the same."""
    if left == right:
        said = f"the same, {len(left.splitlines())} lines"
        return [Row("both", said, said)] if left else []
    pairs = enumerate(zip_longest(left.splitlines(), right.splitlines()), 1)
    rows = [Row(f"line {at}", one, other) for at, (one, other) in pairs if (one or "") != (other or "")]
    return rows[:MOST_LINES]


def _rows(left: Mapping[str, Any], right: Mapping[str, Any], *, is_sorted: bool = True) -> list[Row]:
    names: Sequence[str] = list(dict.fromkeys([*left, *right]))
    return [
        Row(name, left.get(name), right.get(name), _change(left.get(name), right.get(name)))
        for name in (sorted(names) if is_sorted else names)
    ]


def _change(left: Any, right: Any) -> float | None:
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in (left, right))
    return right - left if numbers else None


def _columns(version: ModelVersion) -> dict[str, str]:
    found = {}
    for side in SIDES:
        for at, column in enumerate((version.signature or {}).get(side, [])[:1000]):
            if isinstance(column, dict):
                spec = column.get("tensor-spec")
                kind = (
                    f"tensor {spec.get('dtype')} {spec.get('shape')}" if isinstance(spec, dict) else column.get("type")
                )
                optional = "" if column.get("required", True) is not False else ", optional"
                found[f"{side}: {column.get('name') or at}"] = f"{kind}{optional}"
    return found


def _packages(version: ModelVersion) -> dict[str, str]:
    pairs = (text.partition("==") for text in version.facts.get("packages", []))
    return {name.lower(): number or "any" for name, _, number in pairs}
