"""What each kind of condition finds."""

from datetime import timedelta

import pytest
from django.utils import timezone

from runs.tracking import search
from runs.tracking.data_inputs import Dataset, RunDataset
from runs.tracking.metrics.models import MetricKey
from runs.tracking.models import Run
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.search import SearchError
from tests.runs.search.conftest import FindNames, Make


@pytest.fixture(autouse=True)
def three_runs(make: Make, ben: User) -> None:
    make(
        "a", params={"lr": "0.1", "model": "resnet50"}, tags={"team": "vision", 'odd`"key': "x"}, metrics={"loss": 0.5}
    )
    make(
        "b", params={"lr": "1e-2", "model": "ViT"}, tags={"team": "VISION-2"}, metrics={"loss": 1.5}, state="failed",
        external_id="wandb:digits/0a1b",
    )  # fmt: skip
    make("c", params={"model": "vit"}, metrics={"loss": None, "acc": float("inf")}, state="running", created_by=ben)


FILTERS = [
    ("metrics.loss > 0.4", "ab"),
    ("metrics.loss > 0.5 AND metrics.loss <= 1.5", "b"),
    ("metrics.loss != 0.5", "bc"),  # not a number is not 0.5
    ("metrics.loss = nan", "c"),
    ("metrics.loss IS NOT NULL", "abc"),
    ("metrics.acc IS NULL", "ab"),
    ("metrics.acc = inf", "c"),
    ("metrics.acc > 1e308", "c"),
    ("metrics.nowhere > 0", ""),
    ("metrics.nowhere IS NULL", "abc"),
    ("params.model = 'vit'", "c"),
    ("params.model != 'vit'", "ab"),
    ("params.lr != '0.1'", "b"),  # c has none
    ("NOT params.lr = '0.1'", "bc"),
    ("params.lr IS NULL", "c"),
    ("params.model LIKE '%it'", "c"),
    ("params.model LIKE 'V_T'", "b"),
    ("params.model ILIKE 'v%'", "bc"),
    ("params.model LIKE '[v]it'", ""),
    ("params.model IN ('vit', 'ViT')", "bc"),
    ("params.model NOT IN ('vit', 'ViT')", "a"),
    ("params.model ~ '^[vV]i'", "bc"),
    ("params.model !~ '(?i)vit$'", "a"),
    ("params.lr < 0.05", "b"),
    ("params.lr = 0.01", "b"),
    ("params.lr >= 0.01", "ab"),
    ("params.model > 1", ""),
    ("tags.team ILIKE 'vision%'", "ab"),
    ('tags."odd`""key" = \'x\'', "a"),
    ("tags.team IS NULL OR params.lr = '0.1'", "ac"),
    ("status = 'FINISHED'", "a"),
    ("status = 'failed'", "b"),
    ("status IN ('RUNNING', 'failed')", "bc"),
    ("status != 'FAILED'", "ac"),
    ("status LIKE 'FIN%'", "a"),
    ("state = 'live'", "c"),
    ("status = 'nonsense'", ""),
    ("run_name = 'a' OR name LIKE 'c'", "ac"),
    ("user = me", "ab"),
    ("user != me", "c"),
    ("created_by ILIKE 'ben%'", "c"),
    ("experiment = 'area/search'", "abc"),
    ("experiment ~ '^other'", ""),
    ("end_time IS NULL", "abc"),
    ("duration > 1", ""),
    ("NOT duration > 1", "abc"),
    ("resnet", "a"),
    ("VISION", "ab"),
    ("model AND NOT vit", "a"),
    ("100% OR 'a_b'", ""),
    ("NOT (metrics.loss > 0.4 OR params.model = 'vit')", ""),
    ("(metrics.loss > 1 OR tags.team = 'vision') AND NOT status = 'FAILED'", "a"),
    ("tags.mlflow.runName = 'b'", "b"),
    ("tags.`mlflow.user` IS NOT NULL", "abc"),
    ("artifact_uri LIKE 'mlflow-artifacts:/%/artifacts'", "abc"),
    ("external_id = 'wandb:digits/0a1b'", "b"),
    ("external_id IN ('mlflow:0a', 'wandb:digits/0a1b')", "b"),
    ("external_id = ''", ""),
    ("external_id != 'mlflow:0a'", "b"),  # the others have none
    ("NOT external_id = 'mlflow:0a'", "abc"),
    ("attributes.external_id ~ '^wandb:'", "b"),
    ("external_id IS NULL", "ac"),
    ("dataset.name = 'x'", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "names"), FILTERS)
def test_a_filter_finds_what_it_says(found: FindNames, text: str, names: str) -> None:
    assert "".join(sorted(found(text))) == names


@pytest.mark.parametrize(("text", "names"), FILTERS)
def test_the_queryset_holds_the_same_runs(workspace: Workspace, ada: User, text: str, names: str) -> None:
    rows = search.queryset(workspace, search.Query(filter=text, person=ada))
    assert "".join(sorted(rows.values_list("name", flat=True))) == names
    # Django gives the table another alias inside of another query.
    assert Run.objects.filter(pk__in=rows).count() == len(names)


def test_starting_times_are_compared_to_the_millisecond(found: FindNames, make: Make) -> None:
    at = timezone.now().replace(microsecond=123456)
    make("d", started_at=at)
    milliseconds = int(at.timestamp() * 1000)
    assert found(f"start_time = {milliseconds}") == ["d"]
    assert found(f"start_time >= {milliseconds}") == ["d"]
    assert found(f"start_time > {milliseconds}") == []
    assert "d" not in found(f"start_time < {milliseconds}")
    assert "d" in found(f"attributes.created <= {milliseconds}")
    assert found("start_time > '1h'") == found("start_time > 60m") == ["d"]
    assert "d" not in found("start_time < 1d")
    assert found(f"start_time >= '{(at - timedelta(minutes=5)).isoformat()}'") == ["d"]


def test_a_run_that_has_not_started_counts_from_its_making(found: FindNames, make: Make) -> None:
    make("queued", started_at=None, created_at=timezone.now(), state="queued")
    assert found("start_time > 1h") == ["queued"]


def test_datasets_are_found_by_name_digest_and_context(found: FindNames, make: Make, experiment) -> None:
    run = make("d")
    data = Dataset.objects.create(experiment=experiment, name="digits", digest="abc")
    RunDataset.objects.create(run=run, dataset=data, context="train")
    for text in ("dataset.name = 'digits'", "datasets.digest LIKE 'a%'", "datasets.context IN ('train', 'eval')"):
        assert found(text) == ["d"]
    assert found("dataset.context = 'eval'") == []


def test_best_follows_the_goal_and_a_literal_name_wins(found: FindNames, make: Make) -> None:
    make("low", metrics={"score": {"last": 5.0, "min": 1.0, "max": 9.0, "first": 3.0}})
    MetricKey.objects.filter(name="score").update(goal="max")
    assert found("metrics.score.best = 9") == found("metrics.score.max = 9") == ["low"]
    assert found("metrics.score.min = 1 AND metrics.score.first = 3 AND metrics.score.last = 5") == ["low"]
    assert found('metrics."score.max" = 9') == []
    make("literal", metrics={"score.max": 7.0})
    assert found("metrics.score.max = 7") == ["literal"]
    assert found('metrics."score".max = 9') == ["low"]


def test_trash_archive_parent_and_experiments_narrow(found: FindNames, make: Make, workspace, experiment) -> None:
    gone = make("gone", deleted_at=timezone.now())
    put_away = make("put away", is_archived=True)
    child = make("child", parent=put_away)
    assert "gone" not in found()
    assert found(lifecycle="deleted") == [gone.name]
    assert "gone" in found(lifecycle="all")
    assert found(archived=True) == ["put away"]
    assert found(parent=put_away.pk) == [child.name]
    assert "child" not in found(parent="none")
    assert found(experiments=[experiment.pk + 1000]) == []
    assert len(found(experiments=[experiment.pk, experiment.pk + 1000])) == 5


def test_another_workspace_is_not_searched(found: FindNames, people, make: Make) -> None:
    assert search.find(people.elsewhere, search.Query(filter="metrics.loss > 0")).ids == []


def test_wrong_filters_are_told_with_their_place(found: FindNames) -> None:
    with pytest.raises(SearchError) as caught:
        found("statsu = 'x'")
    assert (caught.value.position, caught.value.length, caught.value.suggestion) == (0, 6, "status")
