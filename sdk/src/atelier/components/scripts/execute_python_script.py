"""Execute Python Script: a function `azureml_main` over up to two data frames."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.components import column_names
from atelier.components.context import Context
from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.errors import ComponentError
from atelier.components.scripts import python_code
from atelier.components.tables import Table

DEFAULT = """# The script must hold a function azureml_main, which gets up to two data frames and gives one, or a tuple of two.
# What a zip bundle holds can be imported. What is printed is the step's log.
import pandas as pd


def azureml_main(dataframe1=None, dataframe2=None):
    print(f"Rows: {0 if dataframe1 is None else len(dataframe1)}")
    return (dataframe1,)
"""


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """What the function gives, as tables. Columns that keep their names keep what they are meant as."""
    tables = [inputs["dataset1"], inputs["dataset2"]]
    bundle = inputs["script_bundle"]
    with python_code.importable(bundle, context):
        known = python_code.executed(parameters["python_script"], "python_script")
        function = python_code.wanted(known, "azureml_main", "python_script")
        frames = [None if table is None else table.frame.copy() for table in tables]
        with python_code.faults_told("python_script"):
            found = function(*frames)
    return _tables(found, [table for table in tables if table is not None])


def _tables(found: Any, sources: list[Table]) -> dict[str, Any]:
    import pandas as pd

    results = list(found) if isinstance(found, (tuple, list)) else [found]
    if len(results) > 2 or not all(one is None or isinstance(one, pd.DataFrame) for one in results):
        kinds = ", ".join(type(one).__name__ for one in results)
        said = f"azureml_main must give one data frame or a tuple of two; it gives {kinds}."
        raise ComponentError(said, parameter="python_script")
    made = {}
    for port, result in zip(("result_dataset", "result_dataset2"), [*results, None]):
        frame = pd.DataFrame() if result is None else result.reset_index(drop=True)
        frame = frame.set_axis(column_names.each_once(map(str, frame.columns)), axis=1)
        meant = {name: column for table in reversed(sources) for name, column in table.columns.items()}
        made[port] = Table(frame, {name: column for name, column in meant.items() if name in frame.columns})
    return made


COMPONENT = Component(
    name="execute_python_script",
    label="Execute Python Script",
    category="Python and R",
    description="Runs a Python function over up to two tables.",
    run=run,
    inputs=(
        Port("dataset1", PortType.DATASET, "Dataset1", optional=True),
        Port("dataset2", PortType.DATASET, "Dataset2", optional=True),
        Port(
            "script_bundle",
            PortType.ZIP,
            description="A zip file or a folder with modules and files that the script imports and reads.",
            optional=True,
        ),
    ),
    outputs=(Port("result_dataset", PortType.DATASET), Port("result_dataset2", PortType.DATASET, "Result dataset2")),
    parameters=(Parameter("python_script", Kind.SCRIPT, default=DEFAULT, language="python", port="dataset1"),),
    keywords=("code", "pandas", "custom"),
)
