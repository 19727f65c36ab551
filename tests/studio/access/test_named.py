from collections import Counter

import pytest
from django.apps import apps
from django.urls import resolve

from registry.environments.models import EnvironmentAsset
from studio.access.models import Workspace
from studio.access.named import Named

THINGS = [model for model in apps.get_models() if issubclass(model, Named)]


@pytest.mark.parametrize("thing", THINGS, ids=lambda thing: thing.__name__)
def test_a_named_thing_is_called_by_its_name_and_has_a_page_and_a_subject(thing: type[Named]) -> None:
    one = thing(pk=7, workspace=Workspace(slug="lab"), name="cars.v2")

    assert (str(one), one.subject) == ("cars.v2", f"{thing.noun}:7")
    assert resolve(one.get_absolute_url()).kwargs["workspace"] == "lab"


def test_no_two_kinds_of_things_share_a_word_for_their_subjects() -> None:
    assert {noun: times for noun, times in Counter(thing.noun for thing in THINGS).items() if times > 1} == {}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ["cars", "trucks"]),
        ("CAR", ["cars"]),
        ("heavy truck", ["trucks"]),
        ("heavy car", []),
        ("tru\0cks", ["trucks"]),
    ],
)
def test_words_are_looked_for_in_names_and_descriptions(typed: str, found: list[str]) -> None:
    workspace = Workspace.objects.create(slug="lab", name="Lab")
    for name, description in (("cars", "light"), ("trucks", "Heavy ones")):
        EnvironmentAsset.objects.create(workspace=workspace, name=name, description=description)

    rows = EnvironmentAsset.objects.in_workspace(workspace).with_words(typed)

    assert [row.name for row in rows] == found
