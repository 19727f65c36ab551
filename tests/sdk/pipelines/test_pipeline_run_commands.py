"""The commands of pipelines' runs, against the real application."""

import json

import atelier
import pytest
from atelier import _cli
from pytest_django.live_server_helper import LiveServer

from runs.pipelines.models import PipelineRun, Step
from tests.factories.pipeline_runs import make_pipeline_run
from tests.people import People

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def made(studio: People) -> PipelineRun:
    return make_pipeline_run(studio.workspace, actor=studio.ben)


def test_a_run_is_shown_with_its_steps(made: PipelineRun, capsys: pytest.CaptureFixture[str]) -> None:
    assert _cli.main(["pipeline-run", "show", made.pk]) == 0
    shown = capsys.readouterr().out
    assert "3 completed" in shown
    assert [name in shown for name in ("clean", "train", "score", "30 s")] == [True] * 4
    assert _cli.main(["pipeline-run", "step", made.pk, "train"]) == 0
    assert "atelier:train_model:1" in capsys.readouterr().out
    assert _cli.main(["pipeline-run", "step", made.pk, "trian"]) == 2
    assert "The steps are: clean, train, score" in capsys.readouterr().err


def test_what_went_through_a_wire_is_shown(made: PipelineRun, capsys: pytest.CaptureFixture[str]) -> None:
    assert _cli.main(["pipeline-run", "result", made.pk, "clean", "cleaned", "--where", "price > 100"]) == 0
    shown = capsys.readouterr().out
    assert "saab" in shown
    assert "volvo" not in shown
    assert _cli.main(["pipeline-run", "result", made.pk, "train", "evaluation", "-o", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["view"]["task"] == "regression"


def test_two_runs_are_compared(studio: People, made: PipelineRun, capsys: pytest.CaptureFixture[str]) -> None:
    other = make_pipeline_run(studio.workspace, actor=studio.ben)
    assert _cli.main(["pipeline-run", "compare", other.pk, made.pk]) == 0
    assert "Nothing differs" in capsys.readouterr().err
    Step.objects.filter(pipeline_run=other, name="train").update(inputs={"rate": {"value": 0.7}})
    assert _cli.main(["pipeline-run", "compare", other.pk, made.pk]) == 0
    assert "rate: 0.7 → 0.1" in capsys.readouterr().out


def test_a_pipeline_without_a_scorer_can_not_be_turned(made: PipelineRun, capsys: pytest.CaptureFixture[str]) -> None:
    assert _cli.main(["pipeline-run", "inference", made.pk]) == 2
    assert capsys.readouterr().err.startswith("atelier: ")


def test_the_pages_that_are_named_can_be_opened(studio: People, live_server: LiveServer) -> None:
    space = atelier.Workspace()
    page = "/w/vision/runs/k3v9x2m7qabc/"
    for part in (space.pipeline_runs, space.batch_endpoints, space.endpoints.deployments("cars")):
        assert part.address(page) == f"{live_server.url}{page}"
