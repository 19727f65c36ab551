"""How a learner scales its features before it learns: the choices of a declaration, and what each does."""

from __future__ import annotations

from typing import Any

MIN_MAX, GAUSSIAN, BINNING, NONE = "Min-Max normalizer", "Gaussian normalizer", "Binning normalizer", "Do not normalize"
CHOICES = (MIN_MAX, GAUSSIAN, BINNING, NONE)
BINS = 32


def steps(normalizer: str) -> list[Any]:
    """The scikit-learn transformers of that choice, in order."""
    from sklearn import preprocessing

    if normalizer == MIN_MAX:
        return [preprocessing.MinMaxScaler()]
    if normalizer == GAUSSIAN:
        return [preprocessing.StandardScaler()]
    if normalizer == BINNING:
        bins = preprocessing.KBinsDiscretizer(
            BINS, encode="ordinal", strategy="quantile", quantile_method="averaged_inverted_cdf"
        )
        return [bins, preprocessing.MinMaxScaler()]
    return []


def before(normalizer: str, estimator: Any) -> Any:
    """The estimator behind that scaling."""
    from sklearn.pipeline import make_pipeline

    return make_pipeline(*steps(normalizer), estimator)


def with_scaled_target(estimator: Any) -> Any:
    """The regressor, trained towards labels of mean 0 and deviation 1: a step size then means the same for any label."""
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.preprocessing import StandardScaler

    return TransformedTargetRegressor(estimator, transformer=StandardScaler())
