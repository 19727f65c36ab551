"""How well clusters are apart, from the distances that Assign Data to Clusters wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from atelier.components.errors import ComponentError
from atelier.components.evaluation.scored import ASSIGNMENTS, DISTANCE
from atelier.components.tables import Table

if TYPE_CHECKING:
    import numpy as np


def run(table: Table, port: str) -> dict[str, Any]:
    """The figures of all rows and of each cluster. Raises ComponentError when the distances are away."""
    names = [name for name in table.frame.columns if name.startswith(DISTANCE)]
    if not names:
        raise ComponentError(
            f"The columns “{DISTANCE}0”, “{DISTANCE}1” … are away: connect what Train Clustering Model or Assign Data to "
            "Clusters made, with all its columns.",
            port=port,
        )
    frame = table.frame[[ASSIGNMENTS, *names]].dropna()
    if not len(frame):
        raise ComponentError("No row is assigned to a cluster.", port=port)
    distances = frame[names].to_numpy(dtype="float64")
    own = frame[ASSIGNMENTS].to_numpy(dtype=int)
    if own.min() < 0 or own.max() >= len(names):
        raise ComponentError("A row is assigned to a cluster whose distance column is away.", port=port)
    near, other = _near_and_other(distances, own)
    clusters = [_cluster(place, near[own == place], other[own == place]) for place in range(len(names))]
    counts = {"rows": len(frame), "left_out": len(table.frame) - len(frame)}
    return {**counts, "metrics": _figures(near, other, clusters), "clusters": clusters}


def _near_and_other(distances: np.ndarray, own: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of each row the distance to its own centre, and to the nearest other one; NaN where there is no other."""
    import numpy as np

    rows = np.arange(len(own))
    near = distances[rows, own]
    rest = distances.copy()
    rest[rows, own] = np.inf
    other = rest.min(axis=1)
    return near, np.where(np.isfinite(other), other, np.nan)


def _cluster(place: int, near: np.ndarray, other: np.ndarray) -> dict[str, Any]:
    has_rows = len(near) > 0
    return {
        "cluster": place,
        "rows": len(near),
        "average_distance_to_center": float(near.mean()) if has_rows else None,
        "average_distance_to_other_center": float(other.mean()) if has_rows else None,
        "maximal_distance_to_center": float(near.max()) if has_rows else None,
    }


def _figures(near: np.ndarray, other: np.ndarray, clusters: list[dict[str, Any]]) -> dict[str, float]:
    """`separation` is the mean of (other − own) / the larger of both: 1 is far apart, 0 is on the border (the silhouette
    by centres)."""
    import numpy as np

    larger = np.maximum(near, other)
    apart = np.divide(other - near, larger, out=np.zeros_like(near), where=larger > 0)
    return {
        "average_distance_to_center": float(near.mean()),
        "average_distance_to_other_center": float(other.mean()),
        "maximal_distance_to_center": float(near.max()),
        "separation": float(apart.mean()),
        "clusters": float(sum(one["rows"] > 0 for one in clusters)),
    }
