"""The columns that a request is asked for: those that what was learned reads, as far as the way of the rows can be followed.

A column that nothing reads is asked of nobody. Where a request lacks it, its usual value stands there, so that what was
learned from whole tables (gaps that take a row away, columns picked by number) finds what it knows; the answer leaves it out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from atelier.components import column_rules, values, views
from atelier.components.inference import columns
from atelier.components.inference.columns import Wanted
from atelier.components.tables import Table

READERS = {"score_model": "trained_model", "assign_data_to_clusters": "trained_model"}
PASSES = {
    "apply_transformation": "transformed_dataset"
}  # what it makes of a column has another name, or is of it alone
Wire = tuple[str, str]


def of(
    example: Table, nodes: Sequence[Mapping[str, Any]], entry: Wire, leave: Wire, *, folder: Path, label: str = ""
) -> list[Wanted]:
    """The columns of the example, each with whether it is read, and its usual value where it is not.

    `nodes` are those of the manifest, whose artifacts lie in `folder`; rows come in at `entry` and go out at `leave`.
    """
    way = _Way(example, nodes, leave, folder)
    read = way.read_at(entry, frozenset(example.frame.columns))
    return [
        one if one.name in read else replace(one, required=False, is_read=False, usual=usual(example, one.name))
        for one in columns.of_table(example, without=[label])
    ]


def usual(example: Table, name: str) -> Any:
    """The commonest value of a column; None where there is none."""
    found = example.frame[name].dropna().mode().astype(object).tolist()
    return views.plain(found[0]) if found else None


class _Way:
    """The way of the rows through the pipeline."""

    def __init__(self, example: Table, nodes: Sequence[Mapping[str, Any]], leave: Wire, folder: Path) -> None:
        self._example = example
        self._nodes = nodes
        self._leave = leave
        self._folder = folder

    def read_at(self, wire: Wire, there: frozenset[str]) -> frozenset[str]:
        """Of the columns that are there, those that are read behind a wire: all of them where that can't be told."""
        found = there if wire == self._leave else frozenset()
        for node in self._nodes:
            if any((one.get("node"), one.get("port")) == wire for one in node["inputs"].values()):
                found |= self._read_by(node, there)
        return found

    def _read_by(self, node: Mapping[str, Any], there: frozenset[str]) -> frozenset[str]:
        name = node["component"].split(":")[1]
        if name in READERS:
            known = self._learned_of(node["inputs"].get(READERS[name]) or {})
            return known if known and known <= there else there
        if name in PASSES:
            return self.read_at((node["name"], PASSES[name]), there)
        rule = node["parameters"].get("columns")
        if name == "select_columns_in_dataset" and isinstance(rule, str):
            picked = column_rules.pick(rule, self._example, may_be_empty=True)
            return self.read_at((node["name"], "results_dataset"), there & frozenset(picked))
        if name == "score_svd_recommender":  # users, and items where ratings are foretold, in the first columns
            count = 2 if node["parameters"].get("recommender_prediction_kind") == "Rating Prediction" else 1
            return there & frozenset(self._example.frame.columns[:count])
        return there

    def _learned_of(self, given: Mapping[str, Any]) -> frozenset[str]:
        """The columns that a stored model was trained on, as it says itself; nothing where it does not."""
        if "artifact" not in given:
            return frozenset()
        said = values.about(self._folder / given["artifact"]).get("columns") or []
        return frozenset(str(one["name"]) for one in said if isinstance(one, Mapping) and "name" in one)
