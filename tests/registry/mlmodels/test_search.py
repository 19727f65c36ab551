"""The search language over models and versions."""

from collections.abc import Callable

import pytest

from registry.mlmodels import search
from registry.mlmodels.models import PROMPT_TAG, ModelVersion
from registry.mlmodels.services import models, versions
from studio.access.models import Workspace
from studio.search import SearchError

pytestmark = pytest.mark.django_db
Register = Callable[..., ModelVersion]


@pytest.fixture
def three(workspace: Workspace) -> None:
    for name, tags in {"Alpha": {"team": "vision"}, "beta": {"team": "text"}, "gamma": {}}.items():
        models.create_model(actor=None, workspace=workspace, name=name, tags=tags, description=f"about {name}")
    models.create_model(actor=None, workspace=workspace, name="greeting", tags={PROMPT_TAG: "true"})


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", "Alpha beta gamma"),
        ("name = 'beta'", "beta"),
        ("name != 'beta'", "Alpha gamma"),
        ("name LIKE 'a%'", ""),
        ("name LIKE '_lpha'", "Alpha"),
        ("name ILIKE 'a%'", "Alpha"),
        ("name IN ('Alpha', 'gamma')", "Alpha gamma"),
        ("name NOT IN ('Alpha', 'gamma')", "beta"),
        ("name ~ '^[ab]'", "beta"),
        ("name !~ '^[ab]'", "Alpha gamma"),
        ("tags.team = 'vision'", "Alpha"),
        ("tag.team != 'vision'", "beta"),
        ("tags.team LIKE '%t%' OR name = 'gamma'", "beta gamma"),
        ("tags.team IS NULL", "gamma"),
        ("NOT tags.team = 'vision'", "beta gamma"),
        ("about gamma", "gamma"),
        ("created > '1h'", "Alpha beta gamma"),
        ("creation_timestamp < 1000", ""),
        (f"tags.`{PROMPT_TAG}` = 'true'", "greeting"),
        (f"tags.`{PROMPT_TAG}` != 'true'", "Alpha beta gamma"),
        (f"name = 'greeting' AND tag.`{PROMPT_TAG}` = 'true'", "greeting"),
    ],
)
def test_models_are_found(workspace: Workspace, three: None, text: str, names: str) -> None:
    found = search.models(workspace, text).order_by("name").values_list("name", flat=True)
    assert sorted(found, key=str.lower) == names.split()


@pytest.mark.parametrize("text", ["nme = 'x'", "name =", "name ~ '('", "params.a = '1'", "name > 'a'", "size > 1"])
def test_what_can_not_be_read_is_said(workspace: Workspace, text: str) -> None:
    with pytest.raises(SearchError):
        list(search.models(workspace, text))


def test_versions_are_found(workspace: Workspace, register: Register) -> None:
    register(run_id="run-a", tags={"checked": "yes"})
    second = register(source="s3://b/other")
    versions.move_to_stage(actor=None, version=second, stage="Staging")
    for text, numbers in {
        "run_id = 'run-a'": [1],
        "source_path = 's3://b/other'": [2],
        "version_number >= 2": [2],
        "stage = 'Staging'": [2],
        "tags.checked = 'yes'": [1],
        "name = 'digits-svm' AND version < 9": [1, 2],
    }.items():
        found = search.versions(workspace, text).order_by("number").values_list("number", flat=True)
        assert list(found) == numbers, text
