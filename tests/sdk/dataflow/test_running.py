"""A recipe run over files: what comes in, what goes out, and that nothing is half written."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from atelier.dataflow import Recipe, RecipeError, running
from atelier.dataflow.__main__ import main

from tests.sdk.dataflow.tables import CARS, MAKERS

ROOT = Path(__file__).resolve().parents[3]
STEPS: dict[str, Any] = {"steps": [{"kind": "filter", "parameters": {"expression": "price > 10000"}}]}


def test_the_command_prepares_a_file_in_a_process_of_its_own(tmp_path: Path) -> None:
    CARS.write_parquet(tmp_path / "cars.parquet")
    (tmp_path / "recipe.json").write_text(json.dumps(STEPS))
    command = [
        sys.executable,
        "-m",
        "atelier.dataflow",
        "run",
        "recipe.json",
        "--input",
        "cars.parquet",
        "--output",
        "out",
    ]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT / "sdk/src")},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.strip() == "out/data.parquet"
    assert pl.read_parquet(tmp_path / "out/data.parquet")["maker"].to_list() == ["VW", "Ford", "BMW"]


def test_csv_goes_in_and_out(tmp_path: Path) -> None:
    CARS.drop("seen").write_csv(tmp_path / "cars[1].csv")
    target = running.run(Recipe.from_dict(STEPS), [tmp_path / "cars[1].csv"], tmp_path / "out", form="csv", name="dear")
    assert target == tmp_path / "out/dear.csv"
    assert pl.read_csv(target)["maker"].to_list() == ["VW", "Ford", "BMW"]


def test_a_folder_stands_for_its_files(tmp_path: Path) -> None:
    for part in range(3):
        CARS.write_parquet(tmp_path / f"part-{part}.parquet")
    target = running.run(Recipe(), [tmp_path], tmp_path / "out")
    assert len(pl.read_parquet(target)) == 3 * len(CARS)


def test_other_data_is_joined(tmp_path: Path) -> None:
    CARS.write_parquet(tmp_path / "cars.parquet")
    MAKERS.write_parquet(tmp_path / "makers.parquet")
    join = {"other": "azureml:makers:1", "on": [{"left": "maker", "right": "brand"}], "how": "inner"}
    (tmp_path / "recipe.json").write_text(json.dumps({"steps": [{"kind": "join", "parameters": join}]}))
    arguments = ["run", str(tmp_path / "recipe.json"), "--input", str(tmp_path / "cars.parquet")]
    arguments += ["--output", str(tmp_path / "out"), "--other", "azureml:makers:1", str(tmp_path / "makers.parquet")]
    assert main(arguments) == 0
    assert pl.read_parquet(tmp_path / "out/data.parquet")["country"].to_list() == ["US", "DE", "US"]


def test_what_goes_wrong_leaves_nothing_and_keeps_what_was_there(tmp_path: Path) -> None:
    CARS.write_parquet(tmp_path / "cars.parquet")
    out = tmp_path / "out"
    first = running.run(Recipe(), [tmp_path / "cars.parquet"], out)
    before = first.read_bytes()
    strict = {"columns": ["amount"], "type": "number", "errors": "refuse"}
    refusing = Recipe.from_dict({"steps": [{"kind": "change_type", "parameters": strict}]})
    with pytest.raises(RecipeError, match="could not be prepared"):
        running.run(refusing, [tmp_path / "cars.parquet"], out)
    assert [path.name for path in out.iterdir()] == ["data.parquet"]
    assert first.read_bytes() == before


@pytest.mark.parametrize(
    ("recipe", "said"),
    [
        ("{", "is not JSON"),
        ('{"steps": [{"kind": "dance"}]}', "no kind of step “dance”"),
        ('{"steps": [{"kind": "filter", "parameters": {"expression": "prize > 1"}}]}', "Did you mean “price”?"),
    ],
)
def test_a_wrong_recipe_is_told_in_a_sentence(
    recipe: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    CARS.write_parquet(tmp_path / "cars.parquet")
    (tmp_path / "recipe.json").write_text(recipe)
    arguments = [
        "run",
        str(tmp_path / "recipe.json"),
        "--input",
        str(tmp_path / "cars.parquet"),
        "--output",
        str(tmp_path),
    ]
    assert main(arguments) == 1
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("paths", [["none.csv"], ["a.csv", "b.parquet"], ["a.exe"]])
def test_files_that_are_not_there_or_do_not_belong_together_are_refused(paths: list[str], tmp_path: Path) -> None:
    for name in ("a.csv", "b.parquet", "a.exe"):
        (tmp_path / name).write_text("x\n1\n")
    with pytest.raises(RecipeError):
        running.scan([tmp_path / path for path in paths])


def test_code_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "recipe.json").write_text(json.dumps(STEPS))
    assert main(["code", str(tmp_path / "recipe.json"), "--for", "pandas"]) == 0
    assert "def prepare(frame: pd.DataFrame" in capsys.readouterr().out
