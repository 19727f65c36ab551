"""The form and the text are two pictures of one document."""

import pytest
import yaml

from runs.tracking.pages import job_documents
from studio.errors import Invalid

FIELDS = {
    "experiment": "vision/digits",
    "name": "",
    "description": "",
    "command": "python train.py --lr ${{inputs.lr}}",
    "inputs": "lr: 0.1\nepochs: 3",
    "environment": "current",
    "environment_text": "",
    "compute": "local",
    "variables": "OMP_NUM_THREADS=1\nPATHS=a=b",
    "timeout": "15m",
}


def test_fields_become_a_job_document_with_azure_names():
    assert job_documents.from_fields(FIELDS) == {
        "type": "command",
        "experiment_name": "vision/digits",
        "command": "python train.py --lr ${{inputs.lr}}",
        "inputs": {"lr": 0.1, "epochs": 3},
        "environment_variables": {"OMP_NUM_THREADS": "1", "PATHS": "a=b"},
        "limits": {"timeout": 900},
        "compute": "local",
    }


def test_a_document_comes_back_as_the_fields_it_was_made_of():
    again = job_documents.to_fields(job_documents.from_fields(FIELDS))
    assert again == {**FIELDS, "inputs": "lr: 0.1\nepochs: 3\n"}


def test_what_the_form_cannot_show_is_kept():
    kept = {"outputs": {"model": {"type": "uri_folder"}}, "tags": {"team": "vision"}}
    document = job_documents.from_fields(FIELDS, kept)
    assert document["outputs"] == kept["outputs"]
    assert document["tags"] == kept["tags"]


def test_a_conda_file_travels_inside_the_document():
    fields = {**FIELDS, "environment": "conda", "environment_text": "dependencies:\n  - python=3.11\n"}
    document = job_documents.from_fields(fields)
    assert document["environment"] == {"image": "python", "conda_file": {"dependencies": ["python=3.11"]}}
    assert job_documents.to_fields(document)["environment"] == "conda"


def test_a_requirements_text_travels_as_a_file_of_the_document():
    fields = {**FIELDS, "environment": "requirements", "environment_text": "numpy==2.4.6\r\n"}
    files = job_documents.files_of(fields)
    assert files == {"requirements.txt": "numpy==2.4.6\n"}
    shown = job_documents.to_fields(job_documents.from_fields(fields), files)
    assert (shown["environment"], shown["environment_text"]) == ("requirements", "numpy==2.4.6\n")


def test_an_environment_the_form_does_not_know_stays_as_it_was_written():
    document = {"environment": {"image": "python:3.11", "conda_file": "conda.yml"}, "command": "true"}
    shown = job_documents.to_fields(document)
    assert shown["environment"] == "other"
    assert (
        job_documents.from_fields({**FIELDS, "environment": "other"}, document)["environment"]
        == document["environment"]
    )


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("inputs", "- a\n- b"),
        ("inputs", "lr: [unclosed"),
        ("inputs", "!!python/object/apply:os.system [id]"),
        ("variables", "NO_EQUALS_SIGN"),
        ("timeout", "soon"),
    ],
)
def test_lines_that_cannot_be_read_name_their_field(field, text):
    with pytest.raises(Invalid) as caught:
        job_documents.from_fields({**FIELDS, field: text})
    assert list(caught.value.fields) == [field]


def test_the_text_is_yaml_in_the_order_a_person_writes():
    text = job_documents.to_text(job_documents.from_fields(FIELDS))
    assert text.startswith("type: command\nexperiment_name: vision/digits\n")
    assert yaml.safe_load(text)["inputs"] == {"lr": 0.1, "epochs": 3}
