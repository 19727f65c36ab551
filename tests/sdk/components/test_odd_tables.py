"""Tables as people have them: gaps, infinities, digits that are texts, decimals, days, lists, one row of a class."""

import datetime
import decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest
from atelier.components import catalogue, running, tables
from atelier.components.errors import ComponentError
from atelier.components.tables import Table


def made(name: str, given: dict[str, Any], **parameters: Any) -> Any:
    return running.carry_out(catalogue.named(name), given, parameters)


def edited(values: list[Any], wanted: str, **parameters: Any) -> pd.Series:
    given = {"dataset": Table(pd.DataFrame({"x": values}))}
    return made("edit_metadata", given, columns="x", data_type=wanted, **parameters)["results_dataset"].frame["x"]


def refused(name: str, frame: pd.DataFrame, port: str = "dataset", **parameters: Any) -> str:
    with pytest.raises(ComponentError) as caught:
        made(name, {port: Table(frame)}, **parameters)
    return caught.value.sentence


INFINITE = pd.DataFrame({"a": [1.0, 2.0, np.inf, None, 5.0]})


def test_long_numbers_stay_what_they_are_beside_gaps() -> None:
    found = edited(["12345678901234567", None, "12345678901234569"], "Integer")
    assert found.tolist() == [12345678901234567, pd.NA, 12345678901234569]


def test_numbers_become_times_by_a_format_alone() -> None:
    said = refused("edit_metadata", pd.DataFrame({"x": [20240101, 20240215]}), columns="x", data_type="DateTime")
    assert said == "'x' holds numbers: say how they are to be read as times (Date time format), such as %Y%m%d."
    found = edited([20240101, None, 20240215], "DateTime", date_format="%Y%m%d")
    assert found.tolist() == [pd.Timestamp(2024, 1, 1), pd.NaT, pd.Timestamp(2024, 2, 15)]


@pytest.mark.parametrize(
    ("name", "user", "parameters"),
    [
        ("normalize_data", "Normalize Data", {"transformation_method": "ZScore"}),
        ("normalize_data", "Normalize Data", {"transformation_method": "MinMax"}),
        ("group_data_into_bins", "Group Data into Bins", {}),
        ("group_data_into_bins", "Group Data into Bins", {"binning_mode": "Equal Width"}),
        ("clean_missing_data", "Replace with mean", {"cleaning_mode": "Replace with mean"}),
    ],
)
def test_one_infinite_value_does_not_spoil_a_column_in_silence(
    name: str, user: str, parameters: dict[str, Any]
) -> None:
    wanted = f"Column 'a' holds infinite values, which {user} can't work with: bound them with Clip Values."
    assert refused(name, INFINITE, **parameters) == wanted


def test_what_has_no_mean_takes_infinite_values() -> None:
    given = {"dataset": Table(INFINITE)}
    assert made("normalize_data", given, transformation_method="Logistic")["transformed_dataset"].frame["a"][2] == 1.0
    edges = {"binning_mode": "Custom Edges", "comma_separated_list_of_bin_edges": "2; 4", "output_mode": "ResultOnly"}
    binned = made("group_data_into_bins", given, **edges)["quantized_dataset"].frame.iloc[:, 0]
    assert binned.dropna().tolist() == [1, 1, 3, 3]
    negative = {"dataset": Table(pd.DataFrame({"a": [-1.0, 1.0, 2.0]}))}
    found = made("normalize_data", negative, transformation_method="LogNormal")["transformed_dataset"].frame["a"]
    assert str(found[0]) == "0.0"


def test_a_replacement_fits_the_categories_and_adds_none_without_need() -> None:
    frame = pd.DataFrame({
        "whole": pd.Categorical([1, 2, 3]), "gaps": pd.Categorical([1, None, 3]), "words": pd.Categorical(["a", None, "b"]),
    })  # fmt: skip
    found = made("clean_missing_data", {"dataset": Table(frame)})["cleaned_dataset"].frame
    assert found["whole"].cat.categories.tolist() == [1, 2, 3]
    assert found["gaps"].tolist() == [1, 0, 3]
    assert found["words"].tolist() == ["a", "0", "b"]
    assert "can't stand in 'gaps', which is numeric" in refused("clean_missing_data", frame, replacement_value="x")


def split(frame: pd.DataFrame, expression: str) -> int:
    mode = {"splitting_mode": "Relative Expression", "relational_expression": expression}
    return len(made("split_data", {"dataset": Table(frame)}, **mode)["results_dataset1"].frame)


def test_digits_that_are_texts_are_not_compared_letter_by_letter() -> None:
    frame = pd.DataFrame({"x": ["9", "10", "11"], "c": pd.Categorical([9, 10, 11])})
    mode = {"splitting_mode": "Relative Expression", "relational_expression": '\\"x" > 9'}
    wanted = "The column 'x' holds texts, so > 9 would compare letters: make numbers of it first (Edit Metadata)."
    assert refused("split_data", frame, **mode) == wanted
    assert (split(frame, '\\"x" == 9'), split(frame, '\\"c" > 9')) == (1, 2)


def test_times_are_compared_in_the_columns_zone() -> None:
    days = pd.date_range("2024-01-01", periods=5, tz="Europe/Berlin")
    frame = pd.DataFrame({"there": days, "plain": days.tz_localize(None)})
    assert split(frame, '\\"there" >= 2024-01-03') == split(frame, '\\"plain" >= 2024-01-03') == 3
    assert split(frame, '\\"there" >= 2024-01-02T23:00:00Z') == 3


def test_a_key_of_values_that_are_there_once_is_told_in_one_sentence() -> None:
    frame = pd.DataFrame({"price": [1.5, 2.5, 3.5, 3.5]})
    given = {"stratified_split": True, "stratification_key_column": "price"}
    said = refused("split_data", frame, **given)
    assert said.startswith(
        "The rows can't be split evenly by 'price': 2 of its 3 values are in one row alone, such as '"
    )
    few = refused("split_data", pd.DataFrame({"price": [1, 1, 2, 2, 3, 3]}), fraction_of_rows=0.34, **given)
    assert few == (
        "The rows can't be split evenly by 'price': it has 3 values, and one of the outputs would have fewer rows. "
        "Choose a column of fewer values."
    )


def test_decimals_and_days_of_a_database_are_numbers_and_times(tmp_path: Path) -> None:
    days = [datetime.date(2024, 1, 1), None]
    columns = {"price": [decimal.Decimal("1.50"), None], "day": days, "word": ["a", None]}
    pa.parquet.write_table(pa.table(columns), tmp_path / "data.parquet")
    read = [tables.load(tmp_path / "data.parquet"), made("import_data", {"source": tmp_path})["dataset"]]
    for frame in (one.frame for one in read):
        assert (str(frame["price"].dtype), frame["price"][0]) == ("float64", 1.5)
        assert frame["day"].tolist() == [pd.Timestamp(2024, 1, 1), pd.NaT]


def test_lists_within_a_table_are_named_where_they_do_not_fit() -> None:
    frame = pd.DataFrame({"words": [["a"], ["a", "b"]], "y": [0, 1]})
    assert len(made("select_columns_in_dataset", {"dataset": Table(frame)})["results_dataset"].frame.columns) == 2
    said = refused("remove_duplicate_rows", frame)
    assert said.startswith("Remove Duplicate Rows can't work with the column 'words', which holds lists: leave it out")
    found = made("apply_sql_transformation", {"t1": Table(frame)}, sql_query_script="select words from t1")
    assert found["results_dataset"].frame["words"].tolist() == ["['a']", "['a', 'b']"]


def test_a_column_of_several_types_is_named(tmp_path: Path) -> None:
    table = Table(pd.DataFrame({"good": [1, 2, 3], "odd": [1, "a", None]}))
    with pytest.raises(ComponentError, match=r"Column 'odd' holds values of several types \(int, str\), so"):
        tables.store(table, tmp_path)
    with pytest.raises(ComponentError, match="It has no columns"):
        Table(pd.DataFrame(index=range(2))).require("x")


@pytest.mark.parametrize("name", ["cross_validate_model", "tune_model_hyperparameters"])
def test_folds_are_judged_by_all_rows(name: str) -> None:
    learner = made("two_class_logistic_regression", {})["untrained_model"]
    port = {"cross_validate_model": "dataset"}.get(name, "training_dataset")
    rare, gaps = [1, *[0] * 39], [None, 1, 0, 1] * 10
    for label, said in ((rare, "All rows whose 'y' is 1 are in one fold"), (gaps, "missing in 10 of 40 rows")):
        table = Table(pd.DataFrame({"x": np.arange(40.0), "y": label}))
        with pytest.raises(ComponentError, match=said):
            made(name, {"untrained_model": learner, port: table}, label_column="y")
