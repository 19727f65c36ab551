"""Execute R Script: a function `azureml_main` over up to two data frames, where R is installed."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from atelier.components import column_names
from atelier.components.context import Context
from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.errors import ComponentError
from atelier.components.scripts import python_code
from atelier.components.tables import Table

if TYPE_CHECKING:
    import pandas as pd

DEFAULT = """# The script must hold a function azureml_main, which gets up to two data frames and gives one, or a list with
# dataset1 and dataset2. What is printed is the step's log.
azureml_main <- function(dataframe1, dataframe2) {
  print(paste("Rows:", nrow(dataframe1)))
  return(list(dataset1 = dataframe1, dataset2 = dataframe2))
}
"""
# Read and written as CSV, which base R does without any package.
AROUND = """
read_table <- function(path) if (file.exists(path)) read.csv(path, check.names = FALSE, stringsAsFactors = FALSE) else NULL
source("script.R")
set.seed(as.integer(commandArgs(trailingOnly = TRUE)[1]))
result <- azureml_main(read_table("in1.csv"), read_table("in2.csv"))
if (is.data.frame(result)) result <- list(dataset1 = result)
if (!is.null(result$dataset1)) write.csv(result$dataset1, "out1.csv", row.names = FALSE, na = "")
if (!is.null(result$dataset2)) write.csv(result$dataset2, "out2.csv", row.names = FALSE, na = "")
"""


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """What the function gives, as tables."""
    program = shutil.which("Rscript")
    if program is None:
        raise ComponentError("Rscript is not installed where this step runs: choose a compute target that has R.")
    folder = context.workdir / "r"
    folder.mkdir(exist_ok=True)
    if inputs["script_bundle"] is not None:
        shutil.copytree(python_code.unpacked(inputs["script_bundle"], context), folder, dirs_exist_ok=True)
    for number in (1, 2):
        table: Table | None = inputs[f"dataset{number}"]
        if table is not None:
            table.frame.to_csv(folder / f"in{number}.csv", index=False)
    (folder / "script.R").write_text(parameters["r_script"], encoding="utf-8")
    (folder / "around.R").write_text(AROUND, encoding="utf-8")
    _call([program, "--vanilla", "around.R", str(parameters["random_seed"])], folder)
    made = {"result_dataset1": Table(_frame(folder / "out1.csv"))}
    return {**made, "result_dataset2": Table(_frame(folder / "out2.csv"))}


def _call(command: list[str], folder: Path) -> None:
    """Runs R; what it prints is the step's log. It has no limit of its own: the step has one."""
    done = subprocess.run(command, cwd=folder, stderr=subprocess.PIPE, text=True, check=False)
    if done.stderr:
        print(done.stderr, flush=True)
    if done.returncode:
        raise ComponentError(f"The R script failed: {_reason(done.stderr)}", parameter="r_script")


def _reason(said: str) -> str:
    """The line that begins with Error, with the next one where it ends in a colon."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    place = next((place for place, line in enumerate(lines) if line.startswith("Error")), len(lines) - 1)
    wanted = lines[place : place + (2 if lines and lines[place].endswith(":") else 1)] if lines else ["no message"]
    return " ".join(wanted)


def _frame(path: Path) -> pd.DataFrame:
    import pandas as pd

    if not path.is_file() or not path.read_text().strip():
        return pd.DataFrame()
    frame = pd.read_csv(path)
    return frame.set_axis(column_names.each_once(map(str, frame.columns)), axis=1)


COMPONENT = Component(
    name="execute_r_script",
    label="Execute R Script",
    category="Python and R",
    description="Runs an R function over up to two tables, on a compute target where R is installed.",
    run=run,
    inputs=(
        Port("dataset1", PortType.DATASET, "Dataset1", optional=True),
        Port("dataset2", PortType.DATASET, "Dataset2", optional=True),
        Port("script_bundle", PortType.ZIP, description="Files that the script reads.", optional=True),
    ),
    outputs=(
        Port("result_dataset1", PortType.DATASET, "Result dataset1"),
        Port("result_dataset2", PortType.DATASET, "Result dataset2"),
    ),
    parameters=(
        Parameter("r_script", Kind.SCRIPT, "R script", DEFAULT, language="r", port="dataset1"),
        Parameter("random_seed", Kind.INTEGER, default=0, minimum=0, maximum=2**31 - 1),
    ),
    keywords=("code", "custom", "tidyverse"),
)
