"""Iris: the data set that scikit-learn ships."""

from atelier.components.samples import shipping

COMPONENT = shipping.of_scikit_learn(
    "iris", "Iris", "150 flowers of three species, measured in four ways.", "species", "classification", "multiclass"
)
