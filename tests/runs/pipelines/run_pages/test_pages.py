"""The tabs of a pipeline's run as people see them."""

import pytest
from django.test import Client

from runs.pipelines.models import PipelineRun, Step
from tests.factories.pipeline_runs import make_pipeline_run
from tests.people import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(people: People) -> PipelineRun:
    return make_pipeline_run(people.workspace, actor=people.ben)


@pytest.fixture
def reader(client: Client, people: People) -> Client:
    client.force_login(people.rita)
    return client


def at(made: PipelineRun, rest: str) -> str:
    return f"/w/{made.run.workspace.slug}/runs/{made.pk}/{rest}"


def test_a_pipelines_run_opens_with_its_graph(reader: Client, made: PipelineRun) -> None:
    answer = reader.get(at(made, ""), follow=True)
    text = answer.content.decode()
    assert answer.redirect_chain[-1][0].endswith("/graph/")
    assert [text.count(f'data-step="{name}"') for name in ("clean", "train", "score")] == [1, 1, 1]
    assert "azureml:cars@latest" in text
    assert "/steps/clean/outputs/cleaned/" in text  # the wire leads to what went through it
    assert ">Logs<" not in text


def test_the_graph_answers_nothing_new_where_nothing_moved(reader: Client, made: PipelineRun) -> None:
    stamp = "-".join(f"{step.pk}{step.state}" for step in made.steps.all())
    assert reader.get(at(made, f"graph/?seen={stamp}"), headers={"HX-Request": "true"}).status_code == 204
    Step.objects.filter(name="score").update(state="failed")
    answer = reader.get(at(made, f"graph/?seen={stamp}"), headers={"HX-Request": "true"})
    assert b"<html" not in answer.content
    assert b"state-failed" in answer.content


def test_a_container_opens_to_what_is_within(reader: Client, made: PipelineRun) -> None:
    outer = Step.objects.create(pipeline_run=made, path="each", name="each", kind="parallel_for", state="running")
    for number in (0, 1):
        Step.objects.create(
            pipeline_run=made, parent=outer, path=f"each[{number}].fit", name="fit", kind="command", state="completed"
        )
    assert "Running · 2 of 2" in reader.get(at(made, "graph/")).content.decode()
    text = reader.get(at(made, "graph/?inside=each")).content.decode()
    assert text.count('data-step="each[') == 2
    assert "[1] fit" in text


def test_the_steps_are_listed_and_left_by_state(reader: Client, made: PipelineRun) -> None:
    Step.objects.filter(name="train").update(state="failed", problem="It ran out of memory.")
    everything = reader.get(at(made, "steps/")).content.decode()
    assert "It ran out of memory." in everything
    assert everything.count('<th scope="row"') == 3
    assert reader.get(at(made, "steps/?state=failed")).content.decode().count('<th scope="row"') == 1
    assert "No steps here" in reader.get(at(made, "steps/?state=nonsense")).content.decode()


def test_the_timeline_names_the_critical_path(reader: Client, made: PipelineRun) -> None:
    for step in made.steps.all():
        run = make_pipeline_run(made.run.workspace, name=step.name).run
        run.started_at = step.started_at
        run.save(update_fields=["started_at"])
        Step.objects.filter(pk=step.pk).update(run=run)
    text = reader.get(at(made, "times/")).content.decode()
    assert text.count('class="gantt-row is-critical"') == 3


def test_the_panel_of_a_step_tells_what_it_got_and_left(reader: Client, made: PipelineRun) -> None:
    text = reader.get(at(made, "steps/train/"), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in text
    assert "atelier:train_model:1" in text
    assert "/steps/train/outputs/evaluation/" in text
    whole = reader.get(at(made, "steps/train/"), follow=True)
    assert whole.redirect_chain[-1][0].endswith("/graph/?step=train")
    assert reader.get(at(made, "steps/nowhere/")).status_code == 404


@pytest.mark.parametrize(
    ("step", "port", "words"),
    [("clean", "cleaned", "data-explore"), ("train", "evaluation", "value-view"), ("score", "count", "<pre")],
)
def test_what_went_through_a_wire_is_shown_as_what_it_is(
    reader: Client, made: PipelineRun, step: str, port: str, words: str
) -> None:
    assert words in reader.get(at(made, f"steps/{step}/outputs/{port}/")).content.decode()


def test_files_that_are_gone_are_said_to_be(reader: Client, made: PipelineRun) -> None:
    Step.objects.filter(name="clean").update(
        outputs={"cleaned": {"uri": "azureml://datastores/workspaceblobstore/paths/gone"}}
    )
    assert "Its files are gone" in reader.get(at(made, "steps/clean/outputs/cleaned/")).content.decode()


def test_two_runs_are_compared_step_by_step(reader: Client, made: PipelineRun, people: People) -> None:
    other = make_pipeline_run(people.workspace, actor=people.ben, name="before")
    Step.objects.filter(pipeline_run=other, name="train").update(inputs={"rate": {"value": 0.5}})
    Step.objects.filter(pipeline_run=other, name="score").update(path="tell", name="tell")
    text = reader.get(at(made, f"compare-pipeline/?with={other.pk}")).content.decode()
    assert "3 of 4 steps differ" in text
    assert [text.count(word) for word in ("Only before", "Only after", "</svg>Changed")] == [1, 1, 1]
    stranger = reader.get(at(made, "compare-pipeline/?with=nosuchrun234")).content.decode()
    assert "banner-danger" in stranger


def test_an_ordinary_run_has_no_graph(reader: Client, people: People) -> None:
    from tests.factories import make_run

    run = make_run(people.workspace)
    assert reader.get(f"/w/{people.workspace.slug}/runs/{run.pk}/graph/").status_code == 404


def test_a_failed_step_says_why_at_its_node(reader: Client, made: PipelineRun) -> None:
    Step.objects.filter(pipeline_run=made, path="train").update(state="failed", problem="Train Model: no <b>label</b>.")
    page = reader.get(at(made, "graph/")).content.decode()
    assert "<title>Train: Train Model: no &lt;b&gt;label&lt;/b&gt;.</title>" in page
    assert "Failed · 30s. Train Model: no &lt;b&gt;label&lt;/b&gt;." in page


def test_a_name_that_was_cut_is_spoken_as_it_is_seen_and_in_full(reader: Client, made: PipelineRun) -> None:
    name = "Train on everything that came in since the spring"
    Step.objects.filter(pipeline_run=made, path="train").update(label=name)
    label = reader.get(at(made, "graph/")).content.decode().partition('aria-label="Train on')[2].partition('"')[0]
    assert label.partition("…")[1] and label.endswith(f". {name}")
