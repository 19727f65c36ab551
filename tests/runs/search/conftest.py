"""Runs to be found: few, each different."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from runs.tracking import search
from runs.tracking.metrics import keys
from runs.tracking.metrics.models import MetricSummary
from runs.tracking.models import Experiment, Param, Run, RunState, Tag
from studio.access.models import Workspace
from studio.accounts.models import User
from tests.factories import make_experiment, make_run
from tests.people import People

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
Make = Callable[..., Run]
FindNames = Callable[..., list[str]]


@pytest.fixture
def workspace(people: People) -> Workspace:
    return people.workspace


@pytest.fixture
def experiment(workspace: Workspace) -> Experiment:
    return make_experiment(workspace, "area/search")


@pytest.fixture
def make(workspace: Workspace, experiment: Experiment, ada: User) -> Make:
    """A run by its name, a minute after the one before."""
    made = 0

    def make(
        name: str, *, params: Mapping[str, str] = {}, tags: Mapping[str, str] = {},
        metrics: Mapping[str, Any] = {}, **fields: Any,
    ) -> Run:  # fmt: skip
        nonlocal made
        made += 1
        at = START + timedelta(minutes=made)
        values = {"created_at": at, "started_at": at, "state": RunState.COMPLETED, "created_by": ada, **fields}
        run = make_run(workspace, experiment=values.pop("experiment", experiment), name=name, **values)
        Param.objects.bulk_create(Param(run=run, key=key, value=value) for key, value in params.items())
        Tag.objects.bulk_create(Tag(run=run, key=key, value=value) for key, value in tags.items())
        ids = keys.key_ids(workspace.pk, list(metrics))
        MetricSummary.objects.bulk_create(
            MetricSummary(run=run, key_id=ids[key], count=3, **(value if isinstance(value, dict) else {"last": value}))
            for key, value in metrics.items()
        )
        return run

    return make


@pytest.fixture
def found(workspace: Workspace, ada: User) -> FindNames:
    """The names of the runs a filter finds, in its order."""

    def found(filter: str = "", order: Any = "", **fields: Any) -> list[str]:
        page = search.find(workspace, search.Query(filter=filter, order=order, person=ada, **fields))
        names = dict(Run.objects.filter(pk__in=page.ids).values_list("pk", "name"))
        return [names[run_id] for run_id in page.ids]

    return found
