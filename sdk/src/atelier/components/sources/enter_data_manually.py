"""Enter Data Manually: a small table that is written into the pipeline."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from atelier.components.context import Context
from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.errors import ComponentError
from atelier.components.sources import arff, separated
from atelier.components.tables import LABEL, Column, Table

if TYPE_CHECKING:
    import pandas as pd

ARFF, CSV, SVM_LIGHT, TSV = "ARFF", "CSV", "SvmLight", "TSV"


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """The table that the text says."""
    text, kind = parameters["data"], parameters["data_format"]
    if kind == ARFF:
        return {"dataset": Table(arff.read(text))}
    if kind == SVM_LIGHT:
        return {"dataset": _svm_light(text)}
    return {"dataset": Table(_separated(text, "," if kind == CSV else "\t", parameters["has_header"]))}


def _separated(text: str, separator: str, has_header: bool) -> pd.DataFrame:
    try:
        return separated.read(io.StringIO(text), separator=separator, has_header=has_header)
    except ValueError as error:
        raise ComponentError(f"The data can't be read: {error}.", parameter="data") from error


def _svm_light(text: str) -> Table:
    import pandas as pd
    from sklearn.datasets import load_svmlight_file

    try:
        features, labels = load_svmlight_file(io.BytesIO(text.encode()))
    except ValueError as error:
        raise ComponentError(f"The data can't be read as SvmLight: {error}", parameter="data") from error
    names = [f"Col{number + 1}" for number in range(features.shape[1])]
    frame = pd.DataFrame(features.toarray(), columns=pd.Index(names))
    frame.insert(0, "Labels", labels)
    return Table(frame).marked(["Labels"], Column(role=LABEL))


COMPONENT = Component(
    name="enter_data_manually",
    label="Enter Data Manually",
    category="Data input and output",
    description="A small table that is typed or pasted into the pipeline.",
    run=run,
    outputs=(Port("dataset", PortType.DATASET),),
    parameters=(
        Parameter("data_format", Kind.CHOICE, default=CSV, choices=(ARFF, CSV, SVM_LIGHT, TSV)),
        Parameter(
            "has_header",
            Kind.BOOLEAN,
            default=True,
            description="The first line holds the columns' names; without it they are Col1, Col2 …",
            when={"data_format": (CSV, TSV)},
        ),
        Parameter("data", Kind.MULTILINE),
    ),
    packages=("scikit-learn",),
    keywords=("paste", "type", "inline"),
)
