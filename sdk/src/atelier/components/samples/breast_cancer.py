"""Breast Cancer: the data set that scikit-learn ships."""

from atelier.components.samples import shipping

COMPONENT = shipping.of_scikit_learn(
    "breast_cancer",
    "Breast Cancer",
    "569 tumours with 30 measures, malignant or benign.",
    "diagnosis",
    "classification",
)
