"""Why is this run different: what differs from a baseline, the likeliest reason first."""

from collections.abc import Callable

import pytest
from django.test import Client

from registry.environments import services as environments
from registry.environments.definitions import Definition
from runs.tracking.metrics import columns, services
from runs.tracking.models import Experiment, Param, Run, Tag
from runs.tracking.queries import compare, surroundings
from runs.tracking.queries import why as queries
from studio.accounts.models import User
from tests.factories import make_experiment, make_run
from tests.people import ApiClient, People


@pytest.fixture
def experiment(people: People) -> Experiment:
    return make_experiment(people.workspace, "vision/digits")


def trained(people: People, experiment: Experiment, loss: float | None, **params: object) -> Run:
    run = make_run(people.workspace, experiment=experiment, created_by=people.ben)
    Param.objects.bulk_create(Param(run=run, key=key, value=str(value)) for key, value in params.items())
    if loss is not None:
        batch = columns.from_points([{"key": "loss", "step": 1, "time_ms": 1, "value": loss}])
        services.ingest(actor=people.ben, run=run, writer="t", seq=0, columns=batch)
    return run


def test_what_goes_along_with_the_metric_comes_before_what_does_not(people: People, experiment: Experiment) -> None:
    for number in range(12):
        trained(people, experiment, loss=number / 10, lr=number / 10, seed=(number * 7) % 12, kind="a")
    baseline = trained(people, experiment, loss=0.1, lr=0.1, seed=3, kind="a")
    run = trained(people, experiment, loss=0.9, lr=0.9, seed=4, kind="a")
    found = queries.why(run, baseline)
    assert (found.metric, found.here, found.there, found.compared) == ("loss", 0.9, 0.1, 12)
    assert [reason.name for reason in found.reasons] == ["lr", "seed"]
    lr, seed = found.reasons
    assert lr.association == pytest.approx(1.0)
    assert seed.association is not None
    assert seed.association < 0.5
    assert "lr goes along with 100% of how loss varies" in lr.words


def test_equal_numbers_written_otherwise_are_no_difference(people: People, experiment: Experiment) -> None:
    baseline = trained(people, experiment, loss=1.0, lr="0.10", name="x")
    run = trained(people, experiment, loss=1.0, lr="0.1", name="x")
    assert queries.why(run, baseline).reasons == []


def test_packages_and_git_are_reasons_too(people: People, experiment: Experiment) -> None:
    baseline, run = (trained(people, experiment, loss=None) for _ in range(2))
    for one, numpy in ((baseline, "numpy==1.26"), (run, "numpy==2.4")):
        definition = Definition("requirements", "3.11", (numpy, "scipy"))
        one.environment = environments.resolve(workspace=people.workspace, definition=definition)
        one.git = {"commit": numpy * 5, "dirty": one is run}
        one.save(update_fields=["environment", "git"])
    found = queries.why(run, baseline)
    first = found.reasons[0]
    assert (first.kind, first.name, first.here, first.there) == (
        "package", "numpy", "2.4", "1.26",
    )  # fmt: skip
    assert {reason.name for reason in found.reasons} == {"numpy", "commit", "uncommitted changes"}
    assert found.metric == ""
    facts = surroundings.surroundings_of([run])[run.pk]
    assert facts["packages"] == {"python": "3.11", "numpy": "2.4", "scipy": "any"}


def test_a_metric_with_a_goal_is_asked_about_before_one_that_moved_more(people: People, experiment: Experiment) -> None:
    baseline, run = trained(people, experiment, 1.0, lr=1), trained(people, experiment, 1.1, lr=2)
    for one, value in ((baseline, 1.0), (run, -900.0)):
        batch = columns.from_points([{"key": "grad/layer0", "step": 1, "time_ms": 1, "value": value}])
        services.ingest(actor=people.ben, run=one, writer="t", seq=1, columns=batch)
    assert queries.why(run, baseline).metric == "loss"


def test_too_few_runs_give_no_association(people: People, experiment: Experiment) -> None:
    baseline, run = trained(people, experiment, 1.0, lr=1), trained(people, experiment, 2.0, lr=2)
    (reason,) = queries.why(run, baseline).reasons
    assert (reason.association, reason.words) == (None, "")


def test_the_comparison_has_rows_for_the_surroundings(people: People, experiment: Experiment) -> None:
    runs = [trained(people, experiment, 1.0) for _ in range(3)]
    Run.objects.filter(pk=runs[0].pk).update(git={"branch": "main"})
    found = compare.compare(list(Run.objects.filter(pk__in=[run.pk for run in runs])))
    (row,) = found.surroundings["code"]
    assert (row.key, row.differs) == ("branch", True)


def test_rest_and_page_say_the_same(
    api: Callable[..., ApiClient], ben: User, people: People, experiment: Experiment
) -> None:
    baseline, run = trained(people, experiment, 1.0, lr=1), trained(people, experiment, 2.0, lr=2)
    Tag.objects.create(run=run, key="team", value="<b>")
    client = api(ben, base="/api/v1/workspaces/vision/")
    answer = client.get(f"runs/{run.pk}/why?baseline={baseline.pk}").json()
    assert (answer["metric"], answer["here"], answer["there"]) == ("loss", 2.0, 1.0)
    assert [(reason["kind"], reason["name"]) for reason in answer["reasons"]] == [("parameter", "lr"), ("tag", "team")]
    assert client.get(f"runs/{run.pk}/why?baseline=222222222222").status_code == 404
    assert client.get(f"runs/{run.pk}/why").status_code == 404
    browser = Client()
    browser.force_login(ben)
    page = browser.get(f"/w/vision/compare/?ids={baseline.pk},{run.pk}&view=why").content.decode()
    assert "likeliest reason first" in page
    assert "&lt;b&gt;" in page
