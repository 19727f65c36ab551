"""One-vs-All Multiclass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.components.learners import combined
from atelier.components.learners.task import Shape
from atelier.components.learners.untrained import UntrainedModel


def estimator(parameters: Mapping[str, Any], shape: Shape, inner: UntrainedModel) -> Any:
    """The estimator made of that learner, with the value being tried of each parameter that has several."""
    from atelier.components.learners import ensembles

    tried = {name: parameters[name] for name in inner.ranges}
    return ensembles.OneVsAll(inner.with_parameters(tried), shape)


COMPONENT = combined.learner(
    "one_vs_all_multiclass",
    "One-vs-All Multiclass",
    "Tells classes apart with a two-class learner for each class against all others.",
)
