"""What a trained estimator made of its features, as tables of a view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from atelier.components import views

MOST = 200  # rows of a table on a page


def tables(estimator: Any, names: Sequence[str], classes: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """Coefficients or importances of an estimator that has them, largest first; nothing of one that has none."""
    coefficients = getattr(estimator, "coef_", None)
    if coefficients is not None:
        title = getattr(estimator, "coefficients_title", "Coefficients")
        return [_coefficients(title, coefficients, getattr(estimator, "intercept_", 0.0), names, classes)]
    found = getattr(estimator, "feature_importances_", None)
    if found is None:
        return []
    ranked = sorted(zip(names, (float(value) for value in found)), key=lambda pair: -pair[1])
    total = sum(value for _, value in ranked) or 1.0
    rows = [(name, value, value / total) for name, value in ranked[:MOST]]
    return [views.table("Feature importances", ["Feature", "Importance", "Share"], rows)]


def _coefficients(
    title: str, found: Any, intercept: Any, names: Sequence[str], classes: Sequence[Any]
) -> dict[str, Any]:
    import numpy as np

    weights = np.atleast_2d(np.asarray(found, dtype="float64"))
    starts = np.resize(np.atleast_1d(np.asarray(intercept, dtype="float64")), len(weights))
    titles = ["Coefficient"] if len(weights) == 1 else [str(one) for one in classes]
    order = sorted(range(len(names)), key=lambda place: -float(np.abs(weights[:, place]).max()))
    rows: list[list[Any]] = [["(Intercept)", *starts]]
    rows += [[names[place], *weights[:, place]] for place in order[:MOST]]
    return views.table(title, ["Feature", *titles], rows)
