"""Wine: the data set that scikit-learn ships."""

from atelier.components.samples import shipping

COMPONENT = shipping.of_scikit_learn(
    "wine", "Wine", "178 wines of three growers with 13 measures.", "grower", "classification", "multiclass"
)
