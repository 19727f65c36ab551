"""Curated names: ours, and Azure's with their pins as far as wheels exist."""

import pytest

from registry.environments import curated, definitions, wheels


@pytest.mark.parametrize(
    ("pin", "python", "expected"),
    [
        (("scikit-learn", "1.5"), "3.11", ("scikit-learn==1.5.*", "")),
        (("scikit-learn", "1.1"), "3.11", ("scikit-learn>=1.1.3,<1.2", "")),
        (("scikit-learn", "1.0"), "3.11", ("scikit-learn>=1.1.3,<1.2", "1.1.3")),
        (("scikit-learn", "1.0"), "3.10", ("scikit-learn==1.0.*", "")),
        (("scikit-learn", "1.0"), "3.19", ("scikit-learn>=1.7.2,<1.8", "1.7.2")),
        (("numpy", "2"), "3.11", ("numpy==2.*", "")),
        (("numpy", "2"), "3.13", ("numpy>=2.1.0,<3", "")),
        (("numpy", "<2"), "3.11", ("numpy<2", "")),
        (("joblib", "1.2"), "3.12", ("joblib==1.2.*", "")),
        (("torch", ""), "3.12", ("torch", "")),
    ],
)
def test_a_pin_is_kept_as_far_as_wheels_exist(pin: wheels.Pin, python: str, expected: tuple[str, str]) -> None:
    assert wheels.requirement(pin, python) == expected


@pytest.mark.parametrize(
    ("name", "chief"),
    [
        ("sklearn-1.0", "scikit-learn>=1.1.3,<1.2"),
        ("AzureML-sklearn-1.1", "scikit-learn>=1.1.3,<1.2"),
        ("sklearn-1.5", "scikit-learn==1.5.*"),
        ("sklearn-1.3-ubuntu20.04-py38-cpu", "scikit-learn==1.3.*"),
        ("lightgbm-3.3", "lightgbm==4.6.*"),
        ("tensorflow-2.16-cuda12", "tensorflow==2.16.*"),
        ("acpt-pytorch-1.13-cuda11.7", "torch>=2.0.0,<2.1"),
        ("acpt-pytorch-2.2-cuda12.1", "torch==2.2.*"),
        ("acpt-pytorch-2.8-cuda12.6", "torch==2.8.*"),
        ("minimal-py311-inference", "joblib"),
        ("minimal-py312-cuda12.4-inference", "joblib"),
        ("mlflow-py312-inference", "mlflow"),
        ("ai-ml-automl", "lightgbm"),
    ],
)
def test_azures_names_stand_for_their_pins(name: str, chief: str) -> None:
    found = curated.find(name, is_azures=True, python="3.11")
    assert found is not None
    assert found.python == "3.11"
    assert chief in found.packages


def test_what_was_changed_is_said() -> None:
    name = "azureml://registries/azureml/environments/sklearn-1.0/versions/7"
    found = definitions.parse(name, {})
    assert name in found.note
    assert "instead of 3.9" in found.note
    assert "which has no wheels for Python" in found.note


def test_ours_are_pinned_and_found_by_their_name_alone() -> None:
    for shipped in curated.SHIPPED:
        found = curated.find(shipped.name)
        assert found is not None
        assert found.python == curated.own_python()
        assert all("=" in package or package == "torchvision" for package in found.packages)
    assert curated.find("scikit-learn-mine-is-other", is_azures=False) is not None  # begins like a family
    assert curated.find("mine") is None
    assert curated.find("nothing-known", is_azures=True) is None
