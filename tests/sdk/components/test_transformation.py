"""Columns and values are changed as plain pandas and scikit-learn would, and the transforms do the same elsewhere."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from atelier.components import catalogue
from atelier.components.declaring import PortType
from atelier.components.errors import ComponentError
from atelier.components.tables import LABEL, Column, Table

from tests.sdk.components.tables_at_hand import carried, table

pytestmark = pytest.mark.pure


@pytest.fixture(scope="module")
def cars() -> Table:
    found: Table = carried("automobile_price")["dataset"]
    return found


def test_columns_are_put_side_by_side() -> None:
    left = table(a=[1, 2, 3]).marked(["a"], Column(role=LABEL))
    made = carried("add_columns", {"left_dataset": left, "right_dataset": table(a=[7], b=["x"])})["combined_dataset"]
    assert list(made.frame.columns) == ["a", "a (2)", "b"] and made.label == "a"
    assert made.frame["a (2)"].tolist()[0] == 7 and made.frame["b"].isna().sum() == 2


def test_rows_are_put_below_one_another() -> None:
    made = carried("add_rows", {"dataset1": table(a=[1], b=["x"]), "dataset2": table(b=["y"], c=[True])})
    found = made["results_dataset"].frame
    assert found["b"].tolist() == ["x", "y"] and found["a"].isna().tolist() == [False, True]


def test_picked_columns_stay_and_a_transform_picks_them_elsewhere(cars: Table) -> None:
    made = carried("select_columns_in_dataset", {"dataset": cars}, columns="price, make")["results_dataset"]
    assert list(made.frame.columns) == ["make", "price"]
    inputs = {"dataset_with_desired_columns": made}
    transform = carried("select_columns_transform", inputs)["columns_selection_transformation"]
    again = carried("apply_transformation", {"transformation": transform, "dataset": cars})["transformed_dataset"]
    pd.testing.assert_frame_equal(again.frame, made.frame)
    with pytest.raises(ComponentError, match="There is no column 'make'"):
        transform.apply(table(price=[1]))


@pytest.mark.parametrize(("mode", "how"), [("mean", "mean"), ("median", "median")])
def test_gaps_are_filled_with_what_was_learned(cars: Table, mode: str, how: str) -> None:
    numbers = "none; include types numeric"
    made = carried("clean_missing_data", {"dataset": cars}, columns=numbers, cleaning_mode=f"Replace with {mode}")
    plain = cars.frame.select_dtypes("number")
    wanted = plain.fillna(getattr(plain, how)())
    pd.testing.assert_frame_equal(made["cleaned_dataset"].frame[wanted.columns], wanted)
    other = table(price=[None, 5.0], text=["x", None])
    filled = made["cleaning_transformation"].apply(other).frame
    assert filled["price"].tolist() == [getattr(cars.frame["price"], how)(), 5.0] and filled["text"].isna().sum() == 1


def test_rows_and_columns_with_gaps_go(cars: Table) -> None:
    rows = carried("clean_missing_data", {"dataset": cars}, cleaning_mode="Remove entire row")["cleaned_dataset"]
    assert len(rows.frame) == len(cars.frame.dropna()) and rows.frame.index.tolist() == list(range(len(rows.frame)))
    given = {"cleaning_mode": "Remove entire column", "minimum_missing_value_ratio": 0.1}
    columns = carried("clean_missing_data", {"dataset": cars}, **given)["cleaned_dataset"]
    assert set(cars.frame.columns) - set(columns.frame.columns) == {"normalized-losses"}


def test_the_most_frequent_value_a_mark_and_columns_without_any_value() -> None:
    given = table(a=["x", "x", None], b=[None, None, None], c=pd.Categorical(["u", None, "u"]))
    options = {"cleaning_mode": "Replace with mode", "generate_missing_value_indicator_column": True}
    made = carried("clean_missing_data", {"dataset": given}, **options)["cleaned_dataset"].frame
    assert made["a"].tolist() == ["x"] * 3 and made["c"].tolist() == ["u"] * 3 and made["b"].isna().all()
    assert made["a_IsMissing"].tolist() == [False, False, True]
    gone = carried("clean_missing_data", {"dataset": given}, cols_with_all_missing_values="Remove", **options)
    assert "b" not in gone["cleaned_dataset"].frame


def test_a_custom_value_takes_the_column_s_type() -> None:
    given = table(
        n=[1.5, None], i=pd.array([1, None], dtype="Int64"), s=["x", None], b=pd.array([True, None], dtype="boolean"),
        c=pd.Categorical(["u", None]), whole=[1, 2],
    )  # fmt: skip
    made = carried("clean_missing_data", {"dataset": given})["cleaned_dataset"].frame
    assert made.iloc[1].tolist() == [0.0, 0, "0", False, "0", 2] and made["whole"].dtype == "int64"
    with pytest.raises(ComponentError, match="'none' can't stand in 'n', which is numeric") as raised:
        carried("clean_missing_data", {"dataset": given}, replacement_value="none")
    assert raised.value.parameter == "replacement_value"


def test_the_mean_of_a_text_is_refused_only_where_it_has_gaps(cars: Table) -> None:
    with pytest.raises(ComponentError, match="'num-of-doors' has missing values and is string"):
        carried("clean_missing_data", {"dataset": cars}, cleaning_mode="Replace with mean")
    carried("clean_missing_data", {"dataset": table(t=["x"], n=[None])}, cleaning_mode="Replace with mean")


def test_values_beyond_a_threshold_are_clipped(cars: Table) -> None:
    given = {"threshold": "Percentile", "set_of_thresholds": "ClipPeaksAndSubpeaks", "columns": "price"}
    made = carried("clip_values", {"dataset": cars}, add_indicator_columns=True, **given)["results_dataset"].frame
    low, high = cars.frame["price"].quantile([0.01, 0.99])
    pd.testing.assert_series_equal(made["price"], cars.frame["price"].clip(low, high))
    assert made["price_IsClipped"].sum() == ((cars.frame["price"] < low) | (cars.frame["price"] > high)).sum()
    options = {"constant_value_of_upper_threshold": 3, "columns": "all"}
    beside = carried(
        "clip_values", {"dataset": table(a=[1, 5])}, substitute_value_for_peaks="Missing", overwrite=False, **options
    )
    assert beside["results_dataset"].frame["a"].tolist() == [1, 5]
    assert beside["results_dataset"].frame["a_clipped"].isna().tolist() == [False, True]
    with pytest.raises(ComponentError, match="'make' is string"):
        carried("clip_values", {"dataset": cars}, columns="make")


def test_a_mark_for_missing_values_makes_a_column_numbers() -> None:
    given = table(a=["1", "?", "3"], b=["x", "?", "y"], c=[1, 2, 3])
    made = carried("convert_to_dataset", {"dataset": given}, action="SetMissingValues")["results_dataset"].frame
    assert made["a"].tolist()[::2] == [1, 3] and made["a"].isna()[1] and made["b"].isna()[1]
    replaced = carried(
        "convert_to_dataset",
        {"dataset": given},
        action="ReplaceValues",
        replace="Custom",
        custom_value="2",
        new_value="9",
    )
    assert replaced["results_dataset"].frame["c"].tolist() == [1, 9, 3]
    gaps = carried("convert_to_dataset", {"dataset": table(a=["x", None])}, action="ReplaceValues", new_value="y")
    assert gaps["results_dataset"].frame["a"].tolist() == ["x", "y"]


def test_categories_become_columns_of_0_and_1(cars: Table) -> None:
    options = {"columns": "fuel-type, num-of-doors", "overwrite_categorical_columns": True}
    made = carried("convert_to_indicator_values", {"dataset": cars}, **options)
    wanted = pd.get_dummies(cars.frame[["fuel-type", "num-of-doors"]], prefix_sep="-", dtype="int64")
    pd.testing.assert_frame_equal(made["results_dataset"].frame[wanted.columns], wanted)
    assert "fuel-type" not in made["results_dataset"].frame
    unknown = made["indicator_values_transformation"].apply(Table(pd.DataFrame({"fuel-type": ["steam", "gas"]})))
    assert unknown.frame.to_numpy().tolist() == [[0, 0], [0, 1]]


def test_columns_are_renamed_converted_and_marked() -> None:
    given = table(a=["1", "2", ""], b=["2024-02-01", None, "2024-02-03"], c=["yes", "no", None], d=[1.0, 2.0, 3.0])
    made = carried("edit_metadata", {"dataset": given}, columns="a", data_type="Integer", new_column_names='"x, y"')
    assert made["results_dataset"].frame["x, y"].tolist()[:2] == [1, 2]
    times = carried("edit_metadata", {"dataset": given}, columns="b", data_type="DateTime")["results_dataset"]
    assert times.frame["b"][2] == pd.Timestamp("2024-02-03")
    truths = carried("edit_metadata", {"dataset": given}, columns="c", data_type="Boolean", fields="Labels")
    assert truths["results_dataset"].frame["c"].tolist()[:2] == [True, False] and truths["results_dataset"].label == "c"
    categories = carried("edit_metadata", {"dataset": given}, columns="d", categorical="Categorical")["results_dataset"]
    back = carried("edit_metadata", {"dataset": categories}, columns="d", categorical="NonCategorical")[
        "results_dataset"
    ]
    assert categories.column("d").is_categorical and not back.column("d").is_categorical
    pd.testing.assert_frame_equal(back.frame, given.frame)
    whole = table(d=pd.Categorical([1, None]))
    plain = carried("edit_metadata", {"dataset": whole}, columns="d", categorical="NonCategorical")["results_dataset"]
    assert plain.frame["d"].dtype == "float64"
    hidden = carried("edit_metadata", {"dataset": given}, columns="a", fields="ClearFeatures")["results_dataset"]
    assert hidden.of_role("feature") == ["b", "c", "d"]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"columns": "a", "data_type": "Integer"}, "'x' in 'a' is no Integer, nor is one more value."),
        ({"columns": "a, b", "new_column_names": "c"}, "2 columns are chosen and 1 new names are given"),
        ({"columns": "a", "new_column_names": "b"}, "Two columns would be called 'b'."),
        ({"columns": "b", "data_type": "Integer"}, "1.5 in 'b' is no Integer."),
    ],
)
def test_an_edit_that_does_not_fit_is_told(given: dict[str, str], sentence: str) -> None:
    with pytest.raises(ComponentError) as raised:
        carried("edit_metadata", {"dataset": table(a=["x", "y"], b=[1.5, 2.0])}, **given)
    assert raised.value.sentence == sentence or raised.value.sentence.startswith(sentence)


def test_numbers_fall_into_bins(cars: Table) -> None:
    options = {"columns": "price", "number_of_bins": 4, "quantile_normalization": "QuantileIndex"}
    made = carried("group_data_into_bins", {"dataset": cars}, tag_columns_as_categorical=False, **options)
    wanted = pd.qcut(cars.frame["price"], 4, labels=False) + 1
    assert made["quantized_dataset"].frame["price_quantized"].tolist() == pytest.approx(wanted.tolist(), nan_ok=True)
    beyond = made["binning_transformation"].apply(table(price=[-1.0, 1e9, None])).frame["price_quantized"].tolist()
    assert beyond[:2] == [1, 4] and np.isnan(beyond[2])
    options = {"binning_mode": "Custom Edges", "comma_separated_list_of_bin_edges": "10, 20", "output_mode": "Inplace"}
    own = carried("group_data_into_bins", {"dataset": table(a=[5, 10, 15, 25])}, columns="a", **options)
    assert own["quantized_dataset"].frame["a"].tolist() == [1, 1, 2, 3]
    assert own["quantized_dataset"].column("a").is_categorical
    width = {"binning_mode": "Equal Width", "number_of_bins": 2, "output_mode": "ResultOnly"}
    wide = carried("group_data_into_bins", {"dataset": table(a=[0, 1, 9, 10])}, **width)["quantized_dataset"].frame
    assert wide["a_quantized"].tolist() == [1, 1, 2, 2]


def join(kind: str, **more: Any) -> pd.DataFrame:
    left = table(id=["A", "b", "c", None], v=[1, 2, 3, 4])
    right = table(key=["a", "B", "B", "z", None], w=[10, 20, 30, 40, 50], v=[0, 0, 0, 0, 0])
    keys = {"join_key_columns_for_left_dataset": "id", "join_key_columns_for_right_dataset": "key"}
    given = {"left_dataset": left, "right_dataset": right}
    made = carried("join_data", given, join_type=kind, match_case=False, **keys, **more)
    found: pd.DataFrame = made["results_dataset"].frame
    return found


def test_rows_with_the_same_key_are_joined() -> None:
    inner = join("Inner Join")
    assert inner["w"].tolist() == [10, 20, 30] and list(inner.columns) == ["id", "v", "key", "w", "v (2)"]
    assert join("Left Outer Join")["v"].tolist() == [1, 2, 2, 3, 4]
    assert join("Left Semi-Join")["id"].tolist() == ["A", "b"]
    full = join("Full Outer Join", keep_right_key_columns=False)
    assert full["id"].fillna("-").tolist() == ["A", "b", "b", "c", "-", "z", "-"] and "key" not in full


def test_keys_of_different_types_or_numbers_are_told() -> None:
    given = {"left_dataset": table(a=[1], b=[2]), "right_dataset": table(a=["x"])}
    left, right = "join_key_columns_for_left_dataset", "join_key_columns_for_right_dataset"
    with pytest.raises(ComponentError, match="numbers on one side and texts on the other"):
        carried("join_data", given, **{left: "a", right: "a"})
    with pytest.raises(ComponentError, match="2 key columns are chosen on the left and 1 on the right"):
        carried("join_data", given, **{left: "a, b", right: "a"})


@pytest.mark.parametrize("method", ["ZScore", "MinMax", "Logistic", "LogNormal", "Tanh"])
def test_numbers_are_scaled(cars: Table, method: str) -> None:
    from scipy import stats
    from sklearn import preprocessing

    given = Table(cars.frame[["width", "price"]].assign(same=3))
    made = carried("normalize_data", {"dataset": given}, transformation_method=method)
    values = given.frame[["width", "price"]].to_numpy()
    logs = np.log(values)
    wanted = {
        "ZScore": lambda: preprocessing.StandardScaler().fit_transform(values),
        "MinMax": lambda: preprocessing.MinMaxScaler().fit_transform(values),
        "Logistic": lambda: 1 / (1 + np.exp(-values)),
        "LogNormal": lambda: stats.lognorm.cdf(values, s=np.nanstd(logs, 0), scale=np.exp(np.nanmean(logs, 0))),
        "Tanh": lambda: np.tanh(values),
    }[method]()
    found = made["transformed_dataset"].frame
    np.testing.assert_allclose(found[["width", "price"]].to_numpy(), wanted, rtol=1e-12, atol=1e-12)
    if method in ("ZScore", "MinMax", "LogNormal"):
        assert (found["same"] == 0).all()
    one = made["transformation_function"].apply(Table(given.frame.head(1))).frame
    assert one["width"][0] == found["width"][0]


def test_a_query_joins_and_keeps_types() -> None:
    cities = table(city=["Rom", "Bonn"], since=pd.to_datetime(["2020-01-01", None]), big=[True, False])
    people = table(**{"the name": ["Ann", "Bob"], "city": ["Rom", "Rom"]})
    query = (
        'select city, since, big, count("the name") as n from t1 left join t2 using (city) group by city order by city'
    )
    made = carried("apply_sql_transformation", {"t1": cities, "t2": people}, sql_query_script=query)["results_dataset"]
    assert made.frame["n"].tolist() == [0, 2] and made.frame["big"].tolist() == [False, True]
    assert made.frame["since"][1] == pd.Timestamp("2020-01-01")
    same = carried("apply_sql_transformation", {"t1": cities})["results_dataset"]
    pd.testing.assert_frame_equal(same.frame, cities.frame, check_dtype=False)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("select b from t1", "SQL: no such column: b."),
        ("select * from t2", "SQL: no such table: t2."),
        ("drop table t1", "The query gives no table: it must be a SELECT."),
        ("select 1; select 2", "SQL: You can only execute one statement at a time."),
    ],
)
def test_a_wrong_query_is_told(query: str, sentence: str) -> None:
    with pytest.raises(ComponentError) as raised:
        carried("apply_sql_transformation", {"t1": table(a=[1])}, sql_query_script=query)
    assert raised.value.sentence == sentence


def test_no_transformation_falls_over_tables_of_no_or_one_row() -> None:
    """Every component with one table in and nothing to choose takes them, with odd names of columns."""
    one = table(**{"a b": [1.5], 'q"': ["x"], "": [True], "ä;,": pd.to_datetime(["2024-01-01"])})
    none = one.with_frame(one.frame.head(0))
    taken = 0
    for component in catalogue.every():
        if component.category not in ("Data transformation", "Statistical functions"):
            continue
        required = [port for port in component.inputs if not port.optional]
        if [port.type for port in required] != [PortType.DATASET] or any(
            parameter.default is None and not parameter.optional and not parameter.when
            for parameter in component.parameters
        ):
            continue
        for given in (one, none):
            try:
                carried(component.name, {required[0].name: given})
            except ComponentError:
                assert component.name in ("correlation", "hypothesis_test")
            taken += 1
    assert taken >= 24
