"""Environment files: Azure's are taken as they are, and what can't be meant is said."""

import pytest

from registry.environments import definitions, envfile
from studio.errors import Invalid

AZURES = """
$schema: https://azuremlschemas.azureedge.net/latest/environment.schema.json
name: docker-image-plus-conda-example
version: 7
image: mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu20.04
conda_file: conda-yamls/pydata.yml
description: Environment created from a Docker image plus Conda environment.
tags: {team: vision}
os_type: linux
inference_config:
  liveness_route: {path: /, port: 5001}
  scoring_route: {path: /score, port: "5001"}
"""
CONDA = "dependencies:\n  - python=3.11\n  - pip:\n      - pandas\n"


def test_an_azure_file_is_read_with_what_it_needs() -> None:
    found = envfile.read(AZURES)
    assert (found.name, found.version, found.tags) == ("docker-image-plus-conda-example", "7", {"team": "vision"})
    assert (found.files, found.folder) == (["conda-yamls/pydata.yml"], "")
    definition = definitions.parse(found.definition, {"conda-yamls/pydata.yml": CONDA})
    assert (definition.python, definition.packages) == ("3.11", ("pandas",))
    assert definition.inference["scoring_route"] == {"port": 5001, "path": "/score"}


def test_a_build_names_its_folder() -> None:
    found = envfile.read("name: a\nbuild: {path: ./context, dockerfile_path: sub/Dockerfile}\n")
    assert (found.files, found.folder) == ([], "./context")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("name: [", "YAML"),
        ("- a", "fields"),
        ("name: a", "nothing"),
        ("name: a\nimge: python", "Did you mean 'image'"),
        ("name: a\nimage: python\nos_type: windows", "Linux"),
        ("name: {a: b}\nimage: python", "text"),
        ("name: a\nimage: python\ntags: [a]", "tags"),
        ("a: &a [x]\nb: *a", "YAML"),
        ("x" * 300_000, "too large"),
    ],
)
def test_what_can_not_be_meant_is_said(text: str, word: str) -> None:
    with pytest.raises(Invalid) as caught:
        envfile.read(text)
    assert word in caught.value.message


@pytest.mark.parametrize(
    "value",
    [
        {"image": "python", "inference_config": {"scoring_route": {"path": "score", "port": 5001}}},
        {"image": "python", "inference_config": {"scoring_route": {"path": "/score", "port": 0}}},
        {"image": "python", "inference_config": {"other": 1}},
        {"image": "python", "inference_config": [1]},
        {"image": "python", "environment_variables": {"a b": "1"}},
        {"image": "python", "environment_variables": {"ATELIER_TOKEN": "1"}},
        {"image": "python", "environment_variables": {"LD_PRELOAD": "/x.so"}},
        {"image": "python", "environment_variables": {"A": {"b": 1}}},
        {"image": "python", "build": {"path": "."}},
        {"build": "Dockerfile"},
    ],
)
def test_routes_and_variables_are_checked(value: object) -> None:
    with pytest.raises(Invalid):
        definitions.parse(value, {}, context="a" * 64)
