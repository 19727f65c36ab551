"""Filter by example: which condition holds for the rows to keep and for none of those to drop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from atelier.dataflow.errors import RecipeError
from atelier.dataflow.examples.conditions import Condition, conditions
from atelier.dataflow.examples.program import Program, Row, values_of
from atelier.dataflow.examples.synthesis import RIVALRY

LOOKED_AT = 200


@dataclass(frozen=True)
class Rule(Program):
    """A condition for every row."""

    def fits(self, rows: Sequence[Row]) -> list[bool]:
        """Whether each row is kept."""
        return [bool(value) for value in values_of([self.expression], rows)[0]]


def filter_rows(
    rows: Sequence[Row],
    keep: Sequence[int],
    drop: Sequence[int] = (),
    *,
    columns: Sequence[str] | None = None,
    most: int = 8,
) -> list[Rule]:
    """Conditions that hold in the rows to keep and not in those to drop, the most plausible first.

    When only one kind of rows is shown, the condition tells them from the rest.
    """
    if any(not 0 <= row < len(rows) for row in [*keep, *drop]):
        raise RecipeError("An example belongs to a row that is not there.")
    if not keep and not drop:
        raise RecipeError("Mark a row to keep or to drop.")
    rest = [row for row in range(len(rows)) if row not in {*keep, *drop}][:LOOKED_AT]
    order = [*keep, *drop, *rest]
    looked_at = [dict(rows[row]) for row in order]
    used = list(columns) if columns is not None else list(dict.fromkeys(name for row in looked_at for name in row))
    shown = len(keep) + len(drop) if keep and drop else len(order)
    every = list(conditions(looked_at, used, shown))
    found = [*_single(every, len(keep), len(drop)), *_double(every, len(keep), len(drop))]
    found.sort(key=lambda condition: condition.cost)
    best = found[:most]
    return [_rule(condition, best) for condition in best]


def _rule(condition: Condition, others: Sequence[Condition]) -> Rule:
    rivals = [other.expression for other in others if other is not condition and other.cost <= condition.cost + RIVALRY]
    return Rule(condition.expression, condition.cost, tuple(rivals))


def _single(every: Sequence[Condition], keep: int, drop: int) -> list[Condition]:
    """The conditions that fit, or whose opposite does."""
    fitting = [condition for condition in every if _fits(condition.holds, keep, drop)]
    opposite = [_not(condition) for condition in every]
    return [*fitting, *(condition for condition in opposite if _fits(condition.holds, keep, drop))]


def _fits(holds: Sequence[bool], keep: int, drop: int) -> bool:
    return all(holds[:keep]) and not any(holds[keep : keep + drop])


def _not(condition: Condition) -> Condition:
    return Condition(f"not ({condition.expression})", tuple(not held for held in condition.holds), condition.cost + 0.7)


def _double(every: Sequence[Condition], keep: int, drop: int) -> list[Condition]:
    """Two conditions together, where none alone fits."""
    if not keep or not drop or any(_fits(condition.holds, keep, drop) for condition in every):
        return []
    both = [*every[:60], *map(_not, every[:60])]
    found = []
    for first, second in combinations([condition for condition in both if all(condition.holds[:keep])], 2):
        holds = tuple(one and two for one, two in zip(first.holds, second.holds))
        if _fits(holds, keep, drop):
            found.append(
                Condition(f"{first.expression} and {second.expression}", holds, first.cost + second.cost + 0.5)
            )
    for first, second in combinations(
        [condition for condition in both if not any(condition.holds[keep : keep + drop])], 2
    ):
        holds = tuple(one or two for one, two in zip(first.holds, second.holds))
        if _fits(holds, keep, drop):
            found.append(Condition(f"{first.expression} or {second.expression}", holds, first.cost + second.cost + 0.9))
    return found
