"""Diabetes: the data set that scikit-learn ships."""

from atelier.components.samples import shipping

COMPONENT = shipping.of_scikit_learn(
    "diabetes",
    "Diabetes",
    "442 patients with ten measures and how far the disease went in a year.",
    "progression",
    "regression",
)
