"""A row read by SQL of our own is the row Django would have read."""

import pytest
from django.db import IntegrityError, transaction
from django.forms.models import model_to_dict

from runs.tracking.models import Param, Run, Tag
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.prepared import first_row
from studio.rows import all_rows, change, insert, one_row, part
from tests.factories import make_run

pytestmark = pytest.mark.django_db


def every_field(row) -> dict:
    return {field.attname: getattr(row, field.attname) for field in type(row)._meta.concrete_fields}


@pytest.mark.parametrize("model", [Run, User, Workspace])
def test_every_field_has_the_value_and_type_of_a_query(workspace, ben, model):
    make_run(workspace, created_by=ben, definition={"inputs": {"lr": 0.1}}, git={"dirty": True}, is_archived=True)
    row = model.objects.first()
    found = one_row(model, f'x."{model._meta.pk.column}" = %s', [row.pk])
    assert found == row
    assert every_field(found) == every_field(row)
    assert {name: type(value) for name, value in every_field(found).items()} == {
        name: type(value) for name, value in every_field(row).items()
    }
    assert found.get_deferred_fields() == set()
    assert model_to_dict(found) == model_to_dict(row)


def test_the_parts_of_a_joined_row_are_instances_of_their_own(workspace, ben):
    person, place = part(User, "u"), part(Workspace, "w")
    joined = 'FROM "studio_user" u LEFT JOIN "studio_workspace" w ON w.slug = %s WHERE u.id = %s'
    sql = f"SELECT {person.columns}, {place.columns} {joined}"
    row = first_row(sql, [workspace.slug, ben.pk])
    assert (person.read(row), place.read(row, person.width)) == (ben, workspace)
    assert place.read(first_row(sql, ["nowhere", ben.pk]), person.width) is None


def test_no_row_is_none(db):
    assert one_row(User, "x.id = %s", [-1]) is None


def test_a_change_meets_its_conditions_and_keeps_types(workspace, ben):
    run = make_run(workspace, created_by=None, definition={})
    changes = {"definition": {"b": [1, None], "a": "ü"}, "created_by": ben, "ended_at": run.created_at, "name": "other"}
    assert change(Run, changes, '"id" = %s AND "state" = %s', [run.pk, "no such state"]) == 0
    assert change(Run, changes, '"id" = %s AND "state" = %s', [run.pk, run.state]) == 1
    row = Run.objects.get(pk=run.pk)
    assert {name: getattr(row, name) for name in changes} == changes


def test_all_rows_come_in_the_order_asked_for(workspace, ben):
    runs = [make_run(workspace, created_by=ben, name=name) for name in "bac"]
    found = all_rows(Run, 'x."workspace_id" = %s ORDER BY x."name"', [workspace.pk])
    assert [run.name for run in found] == ["a", "b", "c"] and set(found) == set(runs)


def test_rows_are_inserted_as_django_would_and_get_their_keys(workspace, ben):
    runs = [make_run(workspace, created_by=ben) for _ in range(3)]
    many = [Param(run=runs[number % 3], key=f"k{number}", value=f"{number}") for number in range(600)]
    insert(many)
    assert Param.objects.in_bulk([one.pk for one in many]) == {one.pk: one for one in many}
    assert Param.objects.get(pk=many[7].pk).number == 7 and not many[7]._state.adding
    with pytest.raises(IntegrityError), transaction.atomic():
        insert([Param(run=runs[0], key="k0", value="again")])
    insert([])


def test_what_is_there_already_is_passed_over(workspace, ben):
    run = make_run(workspace, created_by=ben)
    insert([Tag(run=run, key="a", value="1")])
    insert([Tag(run=run, key="a", value="2"), Tag(run=run, key="b", value="3")], where_new=True)
    assert dict(Tag.objects.values_list("key", "value")) == {"a": "1", "b": "3"}
