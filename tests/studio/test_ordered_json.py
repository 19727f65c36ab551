"""Columns that keep the order of keys, on both databases."""

import pytest

from runs.pipelines.models import Pipeline
from tests.factories.pipelines import make_document, make_pipeline
from tests.people import People

pytestmark = pytest.mark.django_db


def test_keys_come_back_in_the_order_they_were_put(people: People) -> None:
    step = {"type": "command", "command": "true", "inputs": {"zeta": 1, "b": 2, "aa": [3]}, "outputs": {}}
    made = make_pipeline(people.workspace, document=make_document(zebra=step, a=step, mole=step))
    kept = Pipeline.objects.get(pk=made.pk).document
    assert list(kept["jobs"]) == ["zebra", "a", "mole"]
    assert list(kept["jobs"]["a"]["inputs"]) == ["zeta", "b", "aa"]


@pytest.mark.parametrize("value", [{}, {"text": "it's “ö” \\ \n"}, {"none": None, "many": [1, 2.5, True]}])
def test_values_come_back_as_they_are(people: People, value: dict[str, object]) -> None:
    made = make_pipeline(people.workspace)
    Pipeline.objects.filter(pk=made.pk).update(document=value)
    made.refresh_from_db()
    assert made.document == value
