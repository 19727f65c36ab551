"""Execute Python Script and Create Python Model."""

import zipfile
from pathlib import Path

import pandas as pd
import pytest
from atelier.components import values
from atelier.components.declaring import PortType
from atelier.components.errors import ComponentError
from atelier.components.tables import LABEL, Column

from tests.sdk.components.tables_at_hand import carried, table

pytestmark = pytest.mark.pure

DOUBLE = """
import pandas as pd
def azureml_main(dataframe1=None, dataframe2=None):
    dataframe1["b"] = dataframe1["a"] * 2
    return dataframe1, pd.DataFrame({"rows": [len(dataframe1)]})
"""


def test_a_script_gives_one_or_two_tables() -> None:
    given = table(a=[1, 2]).marked(["a"], Column(role=LABEL))
    made = carried("execute_python_script", {"dataset1": given}, python_script=DOUBLE)
    assert made["result_dataset"].frame["b"].tolist() == [2, 4] and made["result_dataset"].label == "a"
    assert made["result_dataset2"].frame["rows"].tolist() == [2]
    assert list(given.frame.columns) == ["a"]
    alone = carried("execute_python_script", {"dataset1": given})
    pd.testing.assert_frame_equal(alone["result_dataset"].frame, given.frame)
    assert alone["result_dataset2"].frame.empty


def test_a_bundle_is_imported_from(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bundle.zip", "w") as archive:
        archive.writestr("my_scaling.py", "FACTOR = 7")
    script = "import pandas as pd\nfrom my_scaling import FACTOR\ndef azureml_main(*_):\n    return pd.DataFrame({'f': [FACTOR]})"
    for bundle in (tmp_path / "bundle.zip", tmp_path):
        made = carried("execute_python_script", {"script_bundle": bundle}, python_script=script)
        assert made["result_dataset"].frame["f"].tolist() == [7]


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("def azureml_main(:", "Line 1 of the script: "),
        ("x = 1", "The script defines no azureml_main."),
        ("def azureml_main(*_):\n    return 1 / 0", "Line 2 of the script: ZeroDivisionError: division by zero"),
        ("import nothing_like_it", "Line 1 of the script: ModuleNotFoundError: No module named 'nothing_like_it'"),
        (
            "def azureml_main(*_):\n    return 3",
            "azureml_main must give one data frame or a tuple of two; it gives int.",
        ),
    ],
)
def test_a_fault_is_told_with_its_line(script: str, sentence: str) -> None:
    with pytest.raises(ComponentError) as raised:
        carried("execute_python_script", python_script=script)
    assert raised.value.sentence.startswith(sentence) and raised.value.parameter == "python_script"


def test_a_class_of_one_s_own_is_trained_scored_and_kept(tmp_path: Path) -> None:
    rows = carried("iris")["dataset"]
    untrained = carried("create_python_model")["untrained_model"]
    model = carried("train_model", {"untrained_model": untrained, "dataset": rows}, label_column="species")
    values.store(PortType.TRAINED_MODEL, model["trained_model"], tmp_path)
    again = values.load(PortType.TRAINED_MODEL, tmp_path)
    scored = carried("score_model", {"trained_model": again, "dataset": rows})["scored_dataset"].frame
    assert (scored["Scored Labels"] == scored["species"]).mean() > 0.95


def test_a_class_that_lacks_a_method_is_told() -> None:
    with pytest.raises(ComponentError, match="The class AzureMLModel has no method predict"):
        carried("create_python_model", python_script="class AzureMLModel:\n    def train(self, a, b): ...")
