"""A row read by SQL of our own is the row Django would have read."""

import pytest
from django.forms.models import model_to_dict

from runs.tracking.models import Run
from studio.access.models import Workspace
from studio.access.rows import one_row
from studio.accounts.models import User
from tests.factories import make_run

pytestmark = pytest.mark.django_db


def every_field(row) -> dict:
    return {field.attname: getattr(row, field.attname) for field in type(row)._meta.concrete_fields}


@pytest.mark.parametrize("model", [Run, User, Workspace])
def test_every_field_has_the_value_and_type_of_a_query(workspace, ben, model):
    make_run(workspace, created_by=ben, definition={"inputs": {"lr": 0.1}}, git={"dirty": True}, is_archived=True)
    row = model.objects.first()
    found = one_row(model, f'SELECT * FROM "{model._meta.db_table}" WHERE "{model._meta.pk.column}" = %s', [row.pk])
    assert found == row
    assert every_field(found) == every_field(row)
    assert {name: type(value) for name, value in every_field(found).items()} == {
        name: type(value) for name, value in every_field(row).items()
    }
    assert found.get_deferred_fields() == set()
    assert model_to_dict(found) == model_to_dict(row)


def test_columns_beside_the_models_become_attributes(ben):
    found = one_row(User, 'SELECT u.*, 7 AS lucky FROM "studio_user" u WHERE u.id = %s', [ben.pk])
    assert found.lucky == 7


def test_no_row_is_none(db):
    assert one_row(User, 'SELECT * FROM "studio_user" WHERE id = %s', [-1]) is None
