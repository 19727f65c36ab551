"""A component as a step of a pipeline: folders in, folders out, and sentences where it can't be."""

import json
from pathlib import Path

import pandas as pd
import pytest
from atelier import _problem_file
from atelier.components import __main__ as command
from atelier.components import catalogue, context, running, tables
from atelier.components.declaring import Component
from atelier.components.errors import ComponentError

from tests.sdk.components.tables_at_hand import carried, table

pytestmark = pytest.mark.pure


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    tables.store(table(a=[1, 2, 3, 4], b=list("wxyz")), tmp_path / "in")
    return tmp_path


def test_a_component_is_carried_out_on_folders(
    stored: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(command.PARAMETERS, json.dumps({"fraction_of_rows": 0.25}))
    places = [f"results_dataset{n}={stored / f'out{n}'}" for n in (1, 2)]
    told = ["run", "split_data:1", "--input", f"dataset={stored / 'in'}", "--output", places[0], "--output", places[1]]
    assert command.main(told) == 0
    assert len(tables.load(stored / "out1").frame) == 1 and len(tables.load(stored / "out2").frame) == 3
    assert "  in  dataset: 4 rows, 2 columns\n  out results_dataset1: 1 row, 2 columns" in capsys.readouterr().out


def test_what_does_not_fit_is_one_sentence_and_nothing_is_written(
    stored: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(_problem_file.VARIABLE, str(stored / "problem.txt"))
    (stored / "parameters.json").write_text(
        '{"splitting_mode": "Regular Expression", "regular_expression": "\\\\\\"c\\" ^a"}'
    )
    told = [
        "run",
        "split_data",
        "--input",
        f"dataset={stored / 'in'}",
        "--output",
        f"results_dataset1={stored / 'out'}",
    ]
    assert command.main([*told, "--parameters", str(stored / "parameters.json")]) == 1
    assert capsys.readouterr().err.startswith("error: Split Data: There is no column 'c' in the table.")
    assert _problem_file.told(stored / "problem.txt").startswith("Split Data: There is no column 'c' in the table.")
    assert not (stored / "out").exists()


def test_what_nobody_foresaw_is_told_in_a_sentence_and_the_log_has_its_lines(
    stored: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("Input X contains NaN.\nSee the guide.")

    monkeypatch.setenv(_problem_file.VARIABLE, str(stored / "problem.txt"))
    monkeypatch.setattr(running, "carry_out", broken)
    with pytest.raises(ValueError, match="Input X"):
        command.main(["run", "split_data", "--input", f"dataset={stored / 'in'}"])
    said = "Split Data could not go on: ValueError: Input X contains NaN. See the guide. Its log shows where"
    assert _problem_file.told(stored / "problem.txt").startswith(said)


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        (["run", "split_dat"], "There is no component 'split_dat'."),
        (["run", "split_data:7"], "Split Data has no version 7: version 1 is the one here."),
        (["run", "split_data", "--input", "data=/x"], "There is no input 'data'. Its inputs are: dataset."),
        (["run", "split_data"], "The input 'Dataset' is not connected."),
        (["run", "split_data", "--input", "dataset=/nowhere"], "There is no table at nowhere"),
    ],
)
def test_a_wrong_call_is_told(told: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(told) == 1
    assert sentence in capsys.readouterr().err


def test_a_package_that_is_missing_is_named() -> None:
    component = Component("x", "X", "Data transformation", "", lambda *_: {}, packages=("scikit-learn", "no-such-one"))
    with pytest.raises(ComponentError, match="no-such-one is missing in this environment"):
        running.carry_out(component, {})


def test_the_context_logs_to_the_run_and_to_nothing_outside_of_one() -> None:
    class Run:
        kept: list[object] = []

        def log_metrics(self, *given: object) -> None:
            self.kept.append(given)

    context.Context().log_metric("a", 1)
    context.Context(run=Run()).log_metric("a", 1, step=3)
    assert Run.kept == [({"a": 1}, 3)]


def test_every_declaration_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["list"]) == 0
    listed = capsys.readouterr().out
    for component in catalogue.every():
        said = json.loads(json.dumps(component.to_dict(), allow_nan=False))
        assert component.name in listed and said["label"] and said["description"].endswith((".", "?"))
        ports = [port.name for port in component.inputs]
        for parameter in component.parameters:
            assert not parameter.port or parameter.port in ports, (component.name, parameter.name)
            assert set(parameter.when) <= {one.name for one in component.parameters}, (component.name, parameter.name)
            assert (
                parameter.default is None
                or parameter.kind.value not in ("choice",)
                or parameter.default in parameter.choices
            )


def test_a_table_of_no_rows_goes_through() -> None:
    empty = tables.Table(pd.DataFrame({"a": pd.Series(dtype=float)}))
    assert carried("split_data", {"dataset": empty})["results_dataset2"].frame.shape == (0, 1)


def test_a_run_is_started_when_something_is_logged_first() -> None:
    class Run:
        def log_metrics(self, *given: object) -> None:
            self.given = given

    started: list[Run] = []
    own = context.Context(start=lambda: started.append(Run()) or started[-1])
    assert not started
    own.log_metric("a", 1)
    own.log_metric("a", 2)
    assert len(started) == 1 and started[0].given == ({"a": 2}, None)
