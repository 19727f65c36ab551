"""How a data set that comes with this package, or with scikit-learn, is declared as a component."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from atelier.components.context import Context
from atelier.components.declaring import Component, Port, PortType
from atelier.components.tables import Table

if TYPE_CHECKING:
    import pandas as pd

HERE = Path(__file__).parent
CATEGORY = "Sample data"


def of_file(name: str, label: str, description: str, *keywords: str) -> Component:
    """The component that gives the table of `<name>.parquet` beside this file."""

    def read() -> pd.DataFrame:
        import pandas as pd

        return pd.read_parquet(HERE / f"{name}.parquet")

    return _declared(name, label, description, read, (), keywords)


def of_scikit_learn(name: str, label: str, description: str, target: str, *keywords: str) -> Component:
    """The component that gives scikit-learn's `load_<name>`, with the target under its name and classes in words."""

    def read() -> pd.DataFrame:
        from sklearn import datasets

        bunch = getattr(datasets, f"load_{name}")(as_frame=True)
        frame: pd.DataFrame = bunch.frame.rename(columns={"target": target})
        classes = getattr(bunch, "target_names", None)
        if classes is not None and isinstance(classes[0], str):
            frame[target] = frame[target].map(dict(enumerate(map(str, classes))))
        return frame

    return _declared(name, label, description, read, ("scikit-learn",), keywords)


def _declared(
    name: str,
    label: str,
    description: str,
    read: Callable[[], pd.DataFrame],
    packages: tuple[str, ...],
    keywords: tuple[str, ...],
) -> Component:
    def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
        """The data set as a table."""
        return {"dataset": Table(read())}

    return Component(
        name=name,
        label=label,
        category=CATEGORY,
        description=description,
        run=run,
        outputs=(Port("dataset", PortType.DATASET),),
        packages=packages,
        keywords=("sample", *keywords),
    )
