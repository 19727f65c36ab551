"""Execute R Script, with R as Debian has it."""

import shutil
import zipfile
from pathlib import Path

import pytest
from atelier.components.errors import ComponentError

from tests.sdk.components.tables_at_hand import carried, table

pytestmark = pytest.mark.pure
needs_r = pytest.mark.skipif(shutil.which("Rscript") is None, reason="R (r-base-core) is not installed")
BOTH = """azureml_main <- function(dataframe1, dataframe2) {
  names(dataframe2) <- "of the second"
  return(list(dataset1 = dataframe1[dataframe1$a > 1, , drop = FALSE], dataset2 = dataframe2))
}"""
ONE = "azureml_main <- function(a, b) data.frame(n = nrow(a), nothing = is.null(b))"


def test_without_r_one_sentence_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ComponentError, match="Rscript is not installed where this step runs"):
        carried("execute_r_script", {"dataset1": table(a=[1, 2])})


@needs_r
def test_an_r_script_gives_tables() -> None:
    made = carried("execute_r_script", {"dataset1": table(a=[1, 2])})
    assert made["result_dataset1"].frame["a"].tolist() == [1, 2]
    assert made["result_dataset2"].frame.empty


@needs_r
def test_two_tables_go_in_and_two_come_out() -> None:
    given = {"dataset1": table(a=[1, 2, 3]), "dataset2": table(b=['süß, "quoted"', "two\nlines"])}
    made = carried("execute_r_script", given, r_script=BOTH)
    assert made["result_dataset1"].frame["a"].tolist() == [2, 3]
    assert made["result_dataset2"].frame["of the second"].tolist() == ['süß, "quoted"', "two\nlines"]


@needs_r
def test_a_function_may_give_one_table_and_get_one() -> None:
    made = carried("execute_r_script", {"dataset1": table(a=[1, 2])}, r_script=ONE)
    assert made["result_dataset1"].frame.to_dict("records") == [{"n": 2, "nothing": True}]


@needs_r
def test_what_is_missing_stays_missing_and_names_stay_as_they_are() -> None:
    given = table(**{"a column": [1.5, None], "class": ["x", None], "yes": [True, False]})
    frame = carried("execute_r_script", {"dataset1": given})["result_dataset1"].frame
    assert list(frame.columns) == ["a column", "class", "yes"]
    assert frame.isna().sum().tolist() == [1, 1, 0]
    assert frame["yes"].tolist() == [True, False]


@needs_r
def test_the_same_seed_gives_the_same_numbers() -> None:
    drawn = "azureml_main <- function(a, b) data.frame(x = runif(3))"
    frames = [carried("execute_r_script", {}, r_script=drawn, random_seed=seed) for seed in (7, 7, 8)]
    first, again, other = (made["result_dataset1"].frame["x"].tolist() for made in frames)
    assert first == again != other


@needs_r
def test_files_of_the_bundle_are_at_hand(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.zip"
    with zipfile.ZipFile(bundle, "w") as packed:
        packed.writestr("twice.R", "twice <- function(x) x * 2")
    script = 'source("twice.R")\nazureml_main <- function(a, b) data.frame(x = twice(a$a))'
    given = {"dataset1": table(a=[2]), "script_bundle": bundle}
    assert carried("execute_r_script", given, r_script=script)["result_dataset1"].frame["x"].tolist() == [4]


@needs_r
@pytest.mark.parametrize(
    ("script", "said"),
    [
        ('azureml_main <- function(a, b) stop("no such thing")', "no such thing"),
        ("azureml_main <- function(a, b) {", "unexpected end of input"),
        ("other <- 1", 'could not find function "azureml_main"'),
    ],
)
def test_what_r_says_of_a_script_is_told(script: str, said: str) -> None:
    with pytest.raises(ComponentError, match=f"The R script failed: Error.*{said}"):
        carried("execute_r_script", {"dataset1": table(a=[1])}, r_script=script)
