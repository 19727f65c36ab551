"""Digits: the data set that scikit-learn ships."""

from atelier.components.samples import shipping

COMPONENT = shipping.of_scikit_learn(
    "digits",
    "Digits",
    "1,797 handwritten digits as 64 grey values each.",
    "digit",
    "classification",
    "multiclass",
    "pictures",
)
