"""Names of environments: every form that job and deployment files use."""

import pytest

from registry.environments import references
from registry.environments.references import Reference
from studio.errors import Invalid

RESOURCE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/environments/train/versions/2"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("train", Reference("train")),
        ("train:3", Reference("train", "3")),
        ("train@latest", Reference("train", "", "latest")),
        ("azureml:train:3", Reference("train", "3")),
        ("azureml:train@latest", Reference("train", "", "latest")),
        (
            "azureml://registries/azureml/environments/sklearn-1.5/labels/latest",
            Reference("sklearn-1.5", "", "latest", "azureml"),
        ),
        (
            "azureml://registries/azureml/environments/sklearn-1.5/versions/9",
            Reference("sklearn-1.5", "9", "", "azureml"),
        ),
        (RESOURCE, Reference("train", "2")),
        ("azureml:" + RESOURCE, Reference("train", "2")),
        ("train:3:4", None),
        ("../train", None),
        ("a b", None),
        ("", None),
        ("x" * 2_000, None),
    ],
)
def test_a_reference_is_read(text: str, expected: Reference | None) -> None:
    assert references.read(text) == expected


@pytest.mark.parametrize("name", ["", "../x", "a/b", "a b", "-a", "a" * 256, "é", "a\x00", "a.", "a\n"])
def test_a_name_that_can_not_be_an_address_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        references.check_name(name)


@pytest.mark.parametrize("version", ["latest", "a b", "", "x" * 61, "1/2", "1\n"])
def test_a_version_that_can_not_be_named_is_refused(version: str) -> None:
    with pytest.raises(Invalid):
        references.check_version(version)
