"""Split Data, Partition and Sample, Remove Duplicate Rows, SMOTE: which rows go where."""

import numpy as np
import pandas as pd
import pytest
from atelier.components.errors import ComponentError
from atelier.components.tables import FOLD, Table
from sklearn.model_selection import train_test_split

from tests.sdk.components.tables_at_hand import carried, table

pytestmark = pytest.mark.pure


@pytest.fixture(scope="module")
def cars() -> Table:
    found: Table = carried("automobile_price")["dataset"]
    return found


def test_a_random_split_is_that_of_scikit_learn(cars: Table) -> None:
    made = carried("split_data", {"dataset": cars}, fraction_of_rows=0.7, seed=3)
    first, second = train_test_split(cars.frame, train_size=0.7, random_state=3)
    pd.testing.assert_frame_equal(made["results_dataset1"].frame, first.reset_index(drop=True))
    pd.testing.assert_frame_equal(made["results_dataset2"].frame, second.reset_index(drop=True))


@pytest.mark.parametrize("is_random", [True, False])
def test_a_stratified_split_keeps_the_shares(cars: Table, is_random: bool) -> None:
    given = {"stratified_split": True, "stratification_key_column": "fuel-type", "randomized_split": is_random}
    made = carried("split_data", {"dataset": cars}, fraction_of_rows=0.8, **given)
    counts = made["results_dataset1"].frame["fuel-type"].value_counts()
    assert (counts["gas"], counts["diesel"]) == (148, 16)


def test_without_chance_the_first_rows_go_first(cars: Table) -> None:
    made = carried("split_data", {"dataset": cars}, fraction_of_rows=0.1, randomized_split=False)
    assert made["results_dataset1"].frame["make"].tolist() == cars.frame["make"].head(20).tolist()


@pytest.mark.parametrize(("fraction", "rows"), [(0, (0, 205)), (1, (205, 0)), (0.001, (0, 205))])
def test_a_share_of_nothing_or_all_leaves_a_table_of_no_rows(cars: Table, fraction: float, rows: tuple[int]) -> None:
    made = carried("split_data", {"dataset": cars}, fraction_of_rows=fraction)
    assert tuple(len(one.frame) for one in made.values()) == rows
    assert list(made["results_dataset2"].frame.columns) == list(cars.frame.columns)


@pytest.mark.parametrize(
    ("mode", "expression", "query"),
    [
        ("Regular Expression", r'\"make" ^a', "make.str.startswith('a')"),
        ("Regular Expression", r"(\2) di$", "make.str.endswith('di')"),
        ("Relative Expression", r'\"price" > 20000', "price > 20000"),
        ("Relative Expression", r'\"price" > 20000 & \"make" != bmw', "price > 20000 and make != 'bmw'"),
        (
            "Relative Expression",
            r'\"make" == "audi" | \"horsepower" <= 60 & \"city-mpg" >= 40',
            "make == 'audi' or (horsepower <= 60 and `city-mpg` >= 40)",
        ),
    ],
)
def test_rows_are_chosen_by_an_expression(cars: Table, mode: str, expression: str, query: str) -> None:
    name = "regular_expression" if mode.startswith("Regular") else "relational_expression"
    made = carried("split_data", {"dataset": cars}, splitting_mode=mode, **{name: expression})
    chosen = cars.frame.query(query)
    assert 0 < len(chosen) < 205
    pd.testing.assert_frame_equal(made["results_dataset1"].frame, chosen.reset_index(drop=True))
    assert len(made["results_dataset2"].frame) == 205 - len(chosen)


@pytest.mark.parametrize(
    ("mode", "expression", "sentence"),
    [
        ("Regular Expression", r'\"make" (', "is no regular expression"),
        ("Regular Expression", "make", 'A column such as \\"price" or (\\0) is wanted first'),
        ("Relative Expression", r'\"weight" > 3', "There is no column 'weight'"),
        ("Relative Expression", r'\"price" > cheap', "'price' is numeric; it can't be compared with 'cheap'"),
        ("Relative Expression", r'\"price" about 3', 'A comparison such as \\"price" > 3 is wanted'),
        ("Relative Expression", r"(\99) > 3", "There is no column (\\99): the table has 26"),
    ],
)
def test_a_wrong_expression_is_told(cars: Table, mode: str, expression: str, sentence: str) -> None:
    name = "regular_expression" if mode.startswith("Regular") else "relational_expression"
    with pytest.raises(ComponentError) as raised:
        carried("split_data", {"dataset": cars}, splitting_mode=mode, **{name: expression})
    assert sentence in raised.value.sentence and raised.value.parameter == name


def test_a_class_of_one_row_cannot_be_stratified() -> None:
    given = {"stratified_split": True, "stratification_key_column": "k"}
    with pytest.raises(ComponentError, match="can't be split evenly by 'k'"):
        carried("split_data", {"dataset": table(k=["a", "b", "b"])}, **given)


def test_folds_are_of_even_size_and_no_feature(cars: Table) -> None:
    made = carried("partition_and_sample", {"dataset": cars}, partition_or_sample_mode="Assign to Folds")
    found: Table = made["results_dataset"]
    assert found.of_role(FOLD) == ["Fold number"]
    assert found.frame["Fold number"].value_counts().to_dict() == {1: 41, 2: 41, 3: 41, 4: 41, 5: 41}
    picked = carried("partition_and_sample", {"dataset": found}, partition_or_sample_mode="Pick Fold", fold_number=2)
    rest = {"partition_or_sample_mode": "Pick Fold", "fold_number": 2, "pick_complement_of_the_selected_fold": True}
    others = carried("partition_and_sample", {"dataset": found}, **rest)
    assert len(picked["results_dataset"].frame) == 41 and len(others["results_dataset"].frame) == 164
    assert list(picked["results_dataset"].frame.columns) == list(cars.frame.columns)


def test_folds_follow_proportions_and_strata(cars: Table) -> None:
    given = {"partition_or_sample_mode": "Assign to Folds", "stratified_split": True}
    parts = {"partitioner_method": "Partition with customized proportions", "proportions": "0.2; 0.3"}
    made = carried("partition_and_sample", {"dataset": cars}, stratification_key_column="fuel-type", **given, **parts)
    counts = pd.crosstab(made["results_dataset"].frame["fuel-type"], made["results_dataset"].frame["Fold number"])
    assert counts.loc["diesel"].tolist() == [4, 6, 10] and counts.loc["gas"].tolist() == [37, 55, 93]


def test_a_sample_and_the_first_rows(cars: Table) -> None:
    made = carried("partition_and_sample", {"dataset": cars}, rate_of_sampling=0.1, seed=7)
    again = carried("partition_and_sample", {"dataset": cars}, rate_of_sampling=0.1, seed=7)
    assert len(made["results_dataset"].frame) == 20
    pd.testing.assert_frame_equal(made["results_dataset"].frame, again["results_dataset"].frame)
    head = carried("partition_and_sample", {"dataset": cars}, partition_or_sample_mode="Head")["results_dataset"]
    pd.testing.assert_frame_equal(head.frame, cars.frame.head(10))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"partition_or_sample_mode": "Pick Fold"}, "The table has no folds"),
        (
            {
                "partition_or_sample_mode": "Assign to Folds",
                "partitioner_method": "Partition with customized proportions",
                "proportions": "0.8; 0.7",
            },
            "The proportions add up to 1.5",
        ),
    ],
)
def test_folds_that_cannot_be_are_told(cars: Table, given: dict[str, str], sentence: str) -> None:
    with pytest.raises(ComponentError, match=sentence):
        carried("partition_and_sample", {"dataset": cars}, **given)


def test_duplicates_go_by_key_and_missing_values_are_the_same() -> None:
    given = table(k=["a", "a", None, None, "b"], v=[1, 2, 3, 4, 5])
    first = carried("remove_duplicate_rows", {"dataset": given}, key_columns="k")["results_dataset"]
    last = carried("remove_duplicate_rows", {"dataset": given}, key_columns="k", retain_first_duplicate_row=False)[
        "results_dataset"
    ]
    assert first.frame["v"].tolist() == [1, 3, 5] and last.frame["v"].tolist() == [2, 4, 5]


def test_smote_is_that_of_imbalanced_learn() -> None:
    from imblearn.over_sampling import SMOTE

    rows = carried("breast_cancer")["dataset"]
    made = carried("smote", {"samples": rows}, label_column="diagnosis", smote_percentage=50, seed=4)["table"]
    features, labels = rows.frame.drop(columns="diagnosis"), pd.factorize(rows.frame["diagnosis"])[0]
    wanted, _ = SMOTE(sampling_strategy={0: 318}, k_neighbors=1, random_state=4).fit_resample(
        features.to_numpy(), labels
    )
    assert made.frame["diagnosis"].value_counts().to_dict() == {"benign": 357, "malignant": 318}
    np.testing.assert_array_equal(made.frame.drop(columns="diagnosis").to_numpy(), wanted)


def test_smote_knows_categories_and_gaps_in_them() -> None:
    given = table(
        size=[1.0, 2, 3, 4, 5, 6, 7, 8],
        colour=["r", None, "g", "g", "r", "r", None, "g"],
        y=[True, True, True, *[False] * 5],
    )
    made = carried("smote", {"samples": given}, label_column="y")["table"].frame
    assert made["y"].sum() == 6 and len(made) == 11 and made["y"].dtype == bool
    assert set(made["colour"].dropna()) == {"r", "g"} and made["size"].tail(3).between(1, 3).all()
    only = carried("smote", {"samples": table(colour=list("rgrgrg"), y=[1, 1, 0, 0, 0, 0])}, label_column="y")["table"]
    assert only.frame["y"].value_counts().to_dict() == {0: 4, 1: 4}


@pytest.mark.parametrize(
    ("given", "parameters", "sentence"),
    [
        ({"a": [1.0, 2], "y": [1, 1]}, {}, "'y' has one value: SMOTE needs two classes or more"),
        ({"a": [1.0, 2, 3], "y": [1, 0, 0]}, {}, "1 nearest neighbors are wanted, and the class 1 has 1 row"),
        ({"a": [1.0, None, 3, 4], "y": [1, 1, 0, 0]}, {}, "'a' has missing values: clean them first"),
        ({"y": [1, 1, 0, 0]}, {}, "a label and no other column"),
        ({"a": [1], "y": [1]}, {"label_column": "z"}, "There is no column 'z'"),
    ],
)
def test_smote_says_what_it_needs(given: dict[str, list[object]], parameters: dict[str, str], sentence: str) -> None:
    with pytest.raises(ComponentError, match=sentence):
        carried("smote", {"samples": table(**given)}, **{"label_column": "y", **parameters})
