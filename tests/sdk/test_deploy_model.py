"""Deploy Model in a step of the studio: it waits until the deployment answers, and says where."""

from pathlib import Path
from typing import Any

import atelier
import pytest
from atelier.components import catalogue, context, running
from atelier.components.deployment import deploy_model, registered
from atelier.components.errors import ComponentError

from compute.jobs import tokens
from compute.jobs.models import Job, JobState
from registry.endpoints import state
from registry.endpoints.models import Deployment, DeploymentRevision
from tests.factories.compute import make_target
from tests.factories.endpoints import go_live, make_model_version
from tests.factories.pipeline_steps import advance, pipeline, steps, submit
from tests.people import People

pytestmark = pytest.mark.django_db(transaction=True)
FILES = {"MLmodel": b"flavors:\n  python_function: {}\n", "requirements.txt": b"numpy\n"}
GIVEN = {"endpoint_name": "cars", "instance_count": 2}


@pytest.fixture
def step(studio: People, monkeypatch: pytest.MonkeyPatch) -> Job:
    """The job of a step of a pipeline; this process is what its runner started."""
    make_target(name="local", slots=4)
    make_model_version(studio.workspace, "cars", FILES)
    node = {"component": "atelier:deploy_model:1", "inputs": {**GIVEN, "registered_model": "cars:1"}}
    run = submit(studio.ben, studio.workspace, pipeline({"deploy": node}))
    advance(run)
    found = steps(run)["deploy"].run
    assert found is not None and found.job is not None
    job = found.job
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, attempt=1)
    job.refresh_from_db()
    for name, value in {"TOKEN": tokens.issue(job), "RUN_ID": found.pk, "JOB_ID": job.pk, "ATTEMPT": 1}.items():
        monkeypatch.setenv(f"ATELIER_{name}", str(value))
    return job


def deployed(inputs: dict[str, Any], **parameters: Any) -> Any:
    with atelier.start_run() as run:
        own = context.Context(run=run)
        given = {"registered_model": "cars:1", **GIVEN, **parameters}
        return running.carry_out(catalogue.named("deploy_model"), inputs, given, own)["deployment"].frame


def test_it_waits_until_the_deployment_answers(step: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    def ready(seconds: float) -> None:
        deployment = Deployment.objects.select_related("endpoint", "wanted").get()
        assert deployment.wanted is not None
        go_live(deployment, deployment.wanted)

    monkeypatch.setattr(deploy_model.time, "sleep", ready)
    frame = deployed({})
    assert frame.to_dict("records")[0] | {"Scoring URI": ""} == {
        "Endpoint": "cars", "Deployment": "blue", "Revision": 1, "State": "live", "Model": "cars:1", "Traffic": 0,
        "Scoring URI": "",
    }  # fmt: skip
    assert frame["Scoring URI"][0].endswith("/e/vision/cars/score")
    assert Deployment.objects.get().instance_count == 2
    assert atelier.Workspace().run(step.run.pk).tags["deployment"] == "cars/blue revision 1"


def test_it_fails_with_the_deployment(step: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    def failed(seconds: float) -> None:
        revision = DeploymentRevision.objects.get()
        state.move_revision(revision, to=DeploymentRevision.State.FAILED, problem="score.py, line 3: no module named x")

    monkeypatch.setattr(deploy_model.time, "sleep", failed)
    with pytest.raises(ComponentError, match="cars/blue revision 1 failed: score.py, line 3: no module named x"):
        deployed({})


def test_what_the_studio_refuses_is_told(step: Job) -> None:
    Job.objects.filter(pk=step.pk).update(spec={**step.spec, "environment_variables": {}})
    with pytest.raises(ComponentError, match="cars:1 was not deployed: .*Endpoint is wanted"):
        deployed({}, wait_until_it_answers=False)


def test_the_model_is_the_one_that_register_model_noted(tmp_path: Path) -> None:
    own = context.Context()
    component = catalogue.named("deploy_model")
    with pytest.raises(ComponentError, match="was not registered by Register Model"):
        running.carry_out(component, {"model": tmp_path}, {"endpoint_name": "cars"}, own)
    registered.note(tmp_path, "cars", 3)
    assert registered.read(tmp_path) == "cars:3"
    with pytest.raises(ComponentError, match="no studio here"):
        running.carry_out(component, {"model": tmp_path}, {"endpoint_name": "cars"}, own)
    with pytest.raises(ComponentError, match="nothing to deploy"):
        running.carry_out(component, {}, {"endpoint_name": "cars"}, own)
    with pytest.raises(ComponentError, match="'a_b' can't be the name of an endpoint"):
        running.carry_out(component, {}, {"endpoint_name": "a_b", "registered_model": "cars:3"}, own)
