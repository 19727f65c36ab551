"""Environments: every way of writing one has one normal form, or a sentence."""

import sys
from collections.abc import Callable
from typing import Any

import pytest

from registry.environments import definitions, services
from registry.environments.models import Environment
from studio.access.models import Workspace
from studio.errors import Invalid
from tests.factories import make_run
from tests.people import ApiClient, People

OWN = f"{sys.version_info.major}.{sys.version_info.minor}"
CONDA = "name: x\ndependencies:\n  - python=3.10\n  - numpy=1.26\n  - pip\n  - pip:\n      - mlflow==2.1\n"


def parse(value: Any, **files: str) -> definitions.Definition:
    return definitions.parse(value, {name.replace("_", "."): text for name, text in files.items()})


@pytest.mark.parametrize("value", [None, "", {}, "current"])
def test_none_is_the_current_interpreter(value: Any) -> None:
    assert parse(value) == definitions.Definition("current")


def test_a_requirements_file_gives_its_packages() -> None:
    text = "# numbers\nnumpy==2.1  # fixed\n\nscikit-learn[extra] >= 1.5 ; python_version > '3'\n--hash=sha256:ab\n"
    found = parse("requirements.txt", requirements_txt=text)
    assert found.kind == "requirements"
    assert found.packages == ("numpy==2.1", "scikit-learn[extra] >= 1.5 ; python_version > '3'")
    assert parse({"requirements": "requirements.txt"}, requirements_txt=text).digest == found.digest


@pytest.mark.parametrize(
    ("image", "python"),
    [
        ("python:3.11", "3.11"),
        ("python:3.11-slim-bookworm", "3.11"),
        ("docker.io/library/python:3.12.1", "3.12"),
        ("registry.example:5000/python:3.10", "3.10"),
        ("python", OWN),
        ("library/python:latest", OWN),
        ("mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu20.04", OWN),
        ("mcr.microsoft.com/azureml/curated/sklearn-py39:1", "3.9"),
    ],
)
def test_an_image_becomes_a_virtual_environment_of_its_python_and_says_so(image: str, python: str) -> None:
    found = parse({"image": image})
    assert (found.kind, found.python) == ("python", python)
    assert image in found.note
    assert python in found.note


def test_a_conda_file_gives_its_python_and_its_packages() -> None:
    found = parse({"conda_file": "conda.yml", "image": "mcr.microsoft.com/x"}, conda_yml=CONDA)
    assert (found.kind, found.python, found.packages) == ("conda", "3.10", ("numpy==1.26.*", "mlflow==2.1"))
    assert "Python 3.10" in found.note
    inline = {"dependencies": ["python=3.10", "numpy=1.26", "pip", {"pip": ["mlflow==2.1"]}]}
    assert parse({"conda_file": inline}).digest == found.digest


def test_condas_names_are_told_as_pip_knows_them() -> None:
    inline = {"dependencies": ["conda-forge::pytorch=2.1.0=py3", "cudatoolkit=11", "numpy>=1.2,<2", "scipy"]}
    found = parse({"conda_file": inline})
    assert found.packages == ("torch==2.1.0", "numpy>=1.2,<2", "scipy")
    assert "cudatoolkit" in found.note


@pytest.mark.parametrize(
    "name",
    [
        "azureml:AzureML-sklearn-1.5@latest",
        "AzureML-sklearn-1.0-ubuntu20.04-py38-cpu@latest",
        "azureml://registries/azureml/environments/sklearn-1.5/labels/latest",
        "azureml:AzureML-sklearn-1.5:12",
    ],
)
def test_a_curated_name_becomes_what_it_stands_for(name: str) -> None:
    found = parse(name)
    assert any(package.startswith("scikit-learn") for package in found.packages)
    assert name in found.note


@pytest.mark.parametrize(
    ("value", "files"),
    [
        ("azureml:mine:1", {}),
        ("nonsense", {}),
        (7, {}),
        ({"build": {"path": "."}}, {}),
        ({"conda_file": "conda.yml"}, {}),
        ("requirements.txt", {"requirements_txt": "-r /etc/passwd\n"}),
        ("requirements.txt", {"requirements_txt": "--index-url https://evil.invalid/simple\n"}),
        ("requirements.txt", {"requirements_txt": "-e .\n"}),
        ("requirements.txt", {"requirements_txt": "numpy; rm -rf /\n" * 3000}),
        ("requirements.txt", {"requirements_txt": "x @ file:///etc/passwd\n"}),
        ("requirements.txt", {"requirements_txt": "$(touch x)\n"}),
        ("requirements.txt", {"requirements_txt": "a\x00b\n"}),
        ("conda.yml", {"conda_yml": "- a\n"}),
        ("conda.yml", {"conda_yml": "dependencies: numpy\n"}),
        ("conda.yml", {"conda_yml": "dependencies: [!!python/object/apply:os.system [ls]]\n"}),
        ("conda.yml", {"conda_yml": "dependencies: [{pip: [-r x]}]\n"}),
        ("conda.yml", {"conda_yml": "dependencies: [{pip: numpy}]\n"}),
        ("conda.yml", {"conda_yml": "a: &a [x,x]\nb: &b [*a,*a]\ndependencies: [*b]\n"}),
        ("conda.yml", {"conda_yml": "[" * 5000}),
    ],
)
def test_A55_A79_A82_what_can_not_be_used_is_refused_with_a_sentence(value: Any, files: dict[str, str]) -> None:
    with pytest.raises(Invalid) as caught:
        parse(value, **files)
    assert caught.value.message.endswith(".")


def test_an_alias_bomb_in_a_conda_file_costs_nothing() -> None:
    lines = ["a: &a [x,x,x,x,x,x,x,x,x]"]
    lines += [f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)]
    with pytest.raises(Invalid):
        parse("conda.yml", conda_yml="\n".join([*lines, "dependencies: [*i, {pip: [*i]}]"]))


def test_needs_names_the_files() -> None:
    assert definitions.needs("requirements.txt") == ["requirements.txt"]
    assert definitions.needs({"conda_file": "file:env/conda.yml", "image": "x"}) == ["env/conda.yml"]
    assert definitions.needs({"conda_file": {"dependencies": []}}) == []
    assert definitions.needs(None) == []


def test_equal_definitions_are_one_environment(workspace: Workspace) -> None:
    one = services.resolve(workspace=workspace, definition=definitions.Definition("python", "3.11", (), "note"))
    two = services.resolve(workspace=workspace, definition=definitions.Definition("python", "3.11", ()))
    assert one.pk == two.pk
    assert Environment.objects.count() == 1


def test_over_rest_it_says_who_used_it(api: Callable[..., ApiClient], people: People) -> None:
    environment = services.resolve(
        workspace=people.workspace, definition=definitions.Definition("requirements", "3.11", ("numpy",))
    )
    run = make_run(people.workspace, environment=environment)
    client = api(people.rita, base="/api/v1/workspaces/vision/")
    listed = client.get("environment-contents").json()["results"]
    assert [(row["kind"], row["packages"], row["run_count"]) for row in listed] == [("requirements", ["numpy"], 1)]
    assert client.get(f"environment-contents/{environment.pk}").json()["used_by"] == [run.pk]
    stranger = api(people.stan, base="/api/v1/workspaces/elsewhere/")
    assert stranger.get(f"environment-contents/{environment.pk}").status_code == 404
