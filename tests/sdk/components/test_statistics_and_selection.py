"""Statistics and the choice of columns, against scipy and pandas."""

import numpy as np
import pandas as pd
import pytest
from atelier.components.errors import ComponentError
from atelier.components.tables import Column, Table
from scipy import stats

from tests.sdk.components.tables_at_hand import carried, table

pytestmark = pytest.mark.pure


@pytest.fixture(scope="module")
def cars() -> Table:
    found: Table = carried("automobile_price")["dataset"]
    return found


def test_every_column_is_summed_up(cars: Table) -> None:
    found = carried("summarize_data", {"dataset": cars})["results_dataset"].frame.set_index("Feature")
    price = cars.frame["price"].dropna()
    wanted = {
        "Count": 205, "Missing Value Count": 4, "Unique Value Count": 186, "Min": price.min(), "Max": price.max(),
        "Mean": price.mean(), "Median": price.median(), "Sample Variance": price.var(), "P99.5": price.quantile(0.995),
        "Sample Skewness": stats.skew(price, bias=False), "Sample Kurtosis": stats.kurtosis(price, bias=False),
        "Mean Deviation": (price - price.mean()).abs().mean(), "Range": price.max() - price.min(),
    }  # fmt: skip
    assert found.loc["price", list(wanted)].astype(float).tolist() == pytest.approx(list(wanted.values()), rel=1e-12)
    assert found.loc["make", "Unique Value Count"] == 22 and np.isnan(found.loc["make", "Mean"])


@pytest.mark.parametrize(("method", "function"), [("Pearson", stats.pearsonr), ("Kendall", stats.kendalltau)])
def test_pairs_are_correlated(cars: Table, method: str, function: object) -> None:
    made = carried("correlation", {"dataset": cars}, method=method, columns="price, horsepower, bore")
    pairs = made["pairs"].frame
    assert pairs["Correlation"].abs().is_monotonic_decreasing and len(pairs) == 3
    row = pairs[(pairs["Column 1"] == "horsepower") & (pairs["Column 2"] == "price")].iloc[0]
    both = cars.frame[["horsepower", "price"]].dropna()
    wanted = function(both["horsepower"], both["price"])  # type: ignore[operator]
    assert (row["Correlation"], row["P-value"]) == pytest.approx((wanted.statistic, wanted.pvalue), rel=1e-12)
    assert made["correlation_matrix"]["charts"][0]["values"][0][0] == 1
    with pytest.raises(ComponentError, match="Only numbers can be correlated; 'make' is string"):
        carried("correlation", {"dataset": cars}, columns="make, price")


def test_distributions_are_drawn_by_group(cars: Table) -> None:
    options = {"columns": "price, make", "plot": "Both", "group_by": "fuel-type", "number_of_bins": 5}
    charts = carried("distribution_plots", {"dataset": cars}, **options)["plots"]["charts"]
    assert [chart["kind"] for chart in charts] == ["bar", "histogram", "box"]
    assert [one["name"] for one in charts[1]["series"]] == ["gas", "diesel"]
    assert sum(sum(one["counts"]) for one in charts[1]["series"]) == 201 and len(charts[1]["series"][0]["edges"]) == 6
    assert charts[2]["series"][0]["median"] == cars.frame[cars.frame["fuel-type"] == "gas"]["price"].median()


@pytest.mark.parametrize(
    ("test", "function"),
    [
        ("Welch t", lambda a, b: stats.ttest_ind(a, b, equal_var=False)),
        ("Student t", stats.ttest_ind),
        ("Mann-Whitney U", stats.mannwhitneyu),
        ("Kolmogorov-Smirnov", stats.ks_2samp),
        ("One-way ANOVA", stats.f_oneway),
    ],
)
def test_two_groups_are_compared(cars: Table, test: str, function: object) -> None:
    made = carried("hypothesis_test", {"dataset": cars}, test=test, column="price", group_column="fuel-type")
    known = cars.frame.dropna(subset=["price"])
    wanted = function(known[known["fuel-type"] == "diesel"]["price"], known[known["fuel-type"] == "gas"]["price"])  # type: ignore[operator]
    row = made["results_dataset"].frame.iloc[0]
    assert (row["Statistic"], row["P-value"]) == pytest.approx((wanted.statistic, wanted.pvalue), rel=1e-12)
    assert made["groups"].frame["Group"].tolist() == ["diesel", "gas"] and row["Rows"] == 201


def test_one_sample_pairs_and_counts(cars: Table) -> None:
    one = carried("hypothesis_test", {"dataset": cars}, test="One-sample t", column="price", mean=13000)
    wanted = stats.ttest_1samp(cars.frame["price"].dropna(), 13000)
    assert one["results_dataset"].frame["P-value"][0] == pytest.approx(wanted.pvalue, rel=1e-12)
    paired = carried(
        "hypothesis_test", {"dataset": cars}, test="Paired t", column="city-mpg", second_column="highway-mpg"
    )
    assert paired["results_dataset"].frame["Is significant"][0]
    counted = carried(
        "hypothesis_test", {"dataset": cars}, test="Chi-squared", column="body-style", group_column="drive-wheels"
    )
    chi = stats.chi2_contingency(pd.crosstab(cars.frame["body-style"], cars.frame["drive-wheels"]))
    assert counted["results_dataset"].frame["Statistic"][0] == pytest.approx(chi.statistic, rel=1e-12)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"column": "price", "group_column": "make"}, "'make' has 22 groups; Welch t compares 2"),
        ({"column": "make", "group_column": "fuel-type"}, "The test needs numbers; 'make' is string"),
        ({"column": "price"}, "Group column is wanted: choose a column."),
    ],
)
def test_a_test_that_does_not_fit_is_told(cars: Table, given: dict[str, str], sentence: str) -> None:
    with pytest.raises(ComponentError, match=sentence):
        carried("hypothesis_test", {"dataset": cars}, **given)


def test_the_columns_that_tell_most_stay(cars: Table) -> None:
    options = {"target_column": "price", "number_of_desired_features": 3}
    made = carried("filter_based_feature_selection", {"dataset": cars}, **options)
    wanted = cars.frame.select_dtypes("number").corr()["price"].drop("price").abs().sort_values(ascending=False)
    assert list(made["features"].frame.columns)[:3] == list(wanted.index[:3])
    assert made["features"].frame.iloc[0, 0] == pytest.approx(wanted.iloc[0], rel=1e-12)
    assert set(made["filtered_dataset"].frame.columns) == {*wanted.index[:3], "price"}


def test_categories_are_ranked_by_counts() -> None:
    given = table(y=list("ab") * 20, same=list("ab") * 20, other=list("aabb") * 10, no=["x"] * 40)
    given = given.marked(["other"], Column(role="score"))
    options = {"target_column": "y", "feature_scoring_method": "ChiSquared"}
    made = carried("filter_based_feature_selection", {"dataset": given}, **options)
    assert made["features"].frame.iloc[0].to_dict() == {"same": 40.0, "no": 0.0}
    with pytest.raises(ComponentError, match="'kind' has neither: choose ChiSquared"):
        carried(
            "filter_based_feature_selection", {"dataset": table(kind=list("abc"), v=[1, 2, 3])}, target_column="kind"
        )


def test_a_column_that_a_model_needs_is_important() -> None:
    rows = carried("diabetes")["dataset"]
    untrained = carried("linear_regression")["untrained_model"]
    model = carried("train_model", {"untrained_model": untrained, "dataset": rows}, label_column="progression")
    inputs = {"trained_model": model["trained_model"], "test_data": rows}
    made = carried(
        "permutation_feature_importance", inputs, metric_for_measuring_performance="Root Mean Squared Error"
    )["feature_importance"].frame
    assert set(made["Feature"].head(3)) <= {"s1", "s5", "bmi", "s2"} and made["Score"].is_monotonic_decreasing
    with pytest.raises(ComponentError, match="Accuracy is no measure of a regression model"):
        carried("permutation_feature_importance", inputs)
