"""Create Python Model: a class `AzureMLModel` of a person becomes a learner."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from atelier.components.context import Context
from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.errors import ComponentError
from atelier.components.scripts import python_code

if TYPE_CHECKING:
    import pandas as pd

NAME, CLASS = "create_python_model", "AzureMLModel"
DEFAULT = """# The script must hold a class AzureMLModel with __init__, train and predict.
import pandas as pd
from sklearn.linear_model import LogisticRegression


class AzureMLModel:
    def __init__(self):
        self.model = LogisticRegression(max_iter=1000)
        self.feature_column_names = []

    def train(self, df_train, df_label):
        # df_train: the feature columns, a DataFrame; df_label: the label column, a Series.
        self.feature_column_names = df_train.columns.tolist()
        self.model.fit(df_train, df_label)

    def predict(self, df):
        # Must give a DataFrame with a row for each row of df, with the column "Scored Labels".
        features = df[self.feature_column_names]
        return pd.DataFrame({"Scored Labels": self.model.predict(features)})
"""


class PythonModel:
    """An estimator around the person's class. It gets data frames as they are and gives its own score columns."""

    takes_frames = True

    def __init__(self, script: str) -> None:
        self.script = script
        self.model: Any = None

    def fit(self, features: pd.DataFrame, labels: pd.Series) -> PythonModel:
        """Trains the person's model. Raises ComponentError with the line of the script where it fails."""
        made = python_code.wanted(python_code.executed(self.script, "python_script"), CLASS, "python_script")
        with python_code.faults_told("python_script"):
            self.model = made()
            self.model.train(features.copy(), labels.copy())
        return self

    def scores(self, features: pd.DataFrame) -> pd.DataFrame:
        """What `predict` gives. Raises ComponentError when it is no data frame with a row for each row."""
        import pandas as pd

        with python_code.faults_told("python_script"):
            found = self.model.predict(features.copy())
        if not isinstance(found, pd.DataFrame) or len(found) != len(features):
            what = f"{len(found)} rows" if isinstance(found, pd.DataFrame) else type(found).__name__
            said = f"{CLASS}.predict must give a data frame of {len(features)} rows; it gives {what}."
            raise ComponentError(said, port="trained_model")
        return found

    def __getstate__(self) -> dict[str, Any]:
        """The person's class is in no module that could be imported: it is kept with its code."""
        import cloudpickle

        return {"script": self.script, "model": cloudpickle.dumps(self.model)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        import pickle

        self.script, self.model = state["script"], pickle.loads(state["model"])


def estimator(parameters: Mapping[str, Any], shape: Any) -> PythonModel:
    """The person's model, not yet trained."""
    return PythonModel(parameters["python_script"])


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """The learner. The script is run once, so that what is wrong with it is told here."""
    from atelier.components.learners.task import Task
    from atelier.components.learners.untrained import UntrainedModel

    made = python_code.wanted(
        python_code.executed(parameters["python_script"], "python_script"), CLASS, "python_script"
    )
    missing = [name for name in ("train", "predict") if not callable(getattr(made, name, None))]
    if missing:
        said = f"The class {CLASS} has no method {' and no method '.join(missing)}."
        raise ComponentError(said, parameter="python_script")
    return {"untrained_model": UntrainedModel(NAME, parameters, Task.ANY)}


COMPONENT = Component(
    name=NAME,
    label="Create Python Model",
    category="Python and R",
    description="Makes a learner of a Python class with train and predict.",
    run=run,
    outputs=(Port("untrained_model", PortType.UNTRAINED_MODEL),),
    parameters=(Parameter("python_script", Kind.SCRIPT, default=DEFAULT, language="python"),),
    packages=("scikit-learn", "cloudpickle"),
    keywords=("code", "custom", "AzureMLModel"),
)
