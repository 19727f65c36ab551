"""A step that deploys: the studio does it for whoever started the pipeline, and as far as the step says."""

from collections.abc import Callable
from typing import Any

import pytest

from compute.jobs import tokens
from compute.jobs.models import Job, JobState
from registry.endpoints.models import Deployment, Endpoint
from runs.tracking.models import Run
from studio.access.models import Membership, Role, Workspace
from studio.accounts.models import User
from studio.errors import Denied
from studio.lineage import queries as lineage
from studio.lineage.things import Thing
from tests.factories.compute import make_target
from tests.factories.endpoints import go_live, make_endpoint, make_model_version
from tests.factories.pipeline_steps import advance, command, pipeline, steps, submit
from tests.people import ApiClient, People

pytestmark = pytest.mark.django_db
BASE = "/api/v1/workspaces/vision/"
MLFLOW = {"MLmodel": b"flavors:\n  python_function: {}\n", "requirements.txt": b"numpy\n"}


def deploying(**inputs: Any) -> dict[str, Any]:
    given = {"endpoint_name": "cars", "registered_model": "cars:1", "runs_as": "Process", **inputs}
    return {"component": "atelier:deploy_model:1", "inputs": given}


@pytest.fixture(autouse=True)
def here(workspace: Workspace) -> None:
    make_target(name="local", slots=4)
    make_model_version(workspace, "cars", MLFLOW)


def started(actor: User, workspace: Workspace, **nodes: Any) -> Run:
    run = submit(actor, workspace, pipeline(nodes or {"deploy": deploying()}))
    advance(run)
    return run


def job_of(run: Run, path: str = "deploy") -> Job:
    step = steps(run)[path]
    assert step.run is not None and step.run.job is not None, step.problem
    Job.objects.filter(pk=step.run.job_id).update(state=JobState.RUNNING, attempt=1)
    return Job.objects.get(pk=step.run.job_id)


@pytest.fixture
def asking(api: Callable[..., ApiClient]) -> Callable[[Job], ApiClient]:
    return lambda job: api(None, token=tokens.issue(job), base=f"{BASE}jobs/{job.pk}/")


def test_the_step_makes_the_endpoint_and_deploys_for_its_person(
    workspace: Workspace, ben: User, asking: Callable[[Job], ApiClient]
) -> None:
    job = job_of(started(ben, workspace))
    made = asking(job).post("deployment")
    assert made.status_code == 201, made.json()
    said = made.json()
    assert (said["endpoint"], said["deployment"], said["revision"]) == ("cars", "blue", 1)
    assert (said["state"], said["model"]) == ("pending", "cars:1"), said
    deployment = Deployment.objects.get(endpoint__name="cars", name="blue")
    assert (deployment.created_by, deployment.endpoint.created_by) == (ben, ben)
    assert deployment.deployer == "local"
    assert deployment.wanted is not None and deployment.wanted.spec["all_traffic"] is True
    go_live(deployment, deployment.wanted)
    assert asking(job).get("deployment", {"revision": 1}).json()["state"] == "live"
    assert asking(job).get("deployment", {"revision": 7}).status_code == 404
    sources = lineage.up(workspace, Thing("deployment", str(deployment.pk)))
    assert Thing("run", job.run.pk) in {step.thing for step in sources}


def test_what_the_definition_says_goes_before_what_the_job_asks(
    workspace: Workspace, ben: User, asking: Callable[[Job], ApiClient]
) -> None:
    make_model_version(workspace, "other", MLFLOW)
    named, open_ = started(ben, workspace), started(ben, workspace, deploy=deploying(registered_model=""))
    assert asking(job_of(named)).post("deployment", {"model": "other:1"}).json()["model"] == "cars:1"
    assert asking(job_of(open_)).post("deployment", {"model": "other:1"}).json()["model"] == "other:1"
    assert "nothing to deploy" in asking(job_of(open_)).post("deployment").json()["detail"]
    assert asking(job_of(named)).post("deployment", {"endpoint": "mine"}).status_code == 400


def test_nothing_is_left_when_it_is_refused(
    workspace: Workspace, ben: User, asking: Callable[[Job], ApiClient]
) -> None:
    absent = asking(job_of(started(ben, workspace, deploy=deploying(registered_model="cars:9")))).post("deployment")
    assert (absent.status_code, Endpoint.objects.count()) == (404, 0)
    unmade = started(ben, workspace, deploy=deploying(create_endpoint=False))
    refused = asking(job_of(unmade)).post("deployment")
    assert refused.status_code == 404 and "There is no endpoint 'cars'" in refused.json()["detail"]
    odd = asking(job_of(started(ben, workspace, deploy=deploying(endpoint_name="a_b")))).post("deployment")
    assert odd.status_code == 400 and "can't be used for an endpoint" in odd.json()["detail"]
    assert Endpoint.objects.count() == 0


def test_the_right_is_asked_for_when_it_is_used(
    workspace: Workspace, ben: User, people: People, asking: Callable[[Job], ApiClient]
) -> None:
    job = job_of(started(ben, workspace))
    Membership.objects.filter(user=ben, workspace=workspace).update(role=Role.READER)
    refused = asking(job).post("deployment")
    assert refused.status_code == 403
    assert (
        "Ben Carver may not deploy in this workspace: the role does not hold endpoint:edit." == refused.json()["detail"]
    )
    assert Endpoint.objects.count() == 0
    with pytest.raises(Denied, match="Rita Levi may not deploy"):
        started(people.rita, workspace)


def test_no_other_job_and_no_person_may_ask(
    workspace: Workspace, ben: User, api: Callable[..., ApiClient], asking: Callable[[Job], ApiClient]
) -> None:
    make_endpoint(workspace, "cars")
    sly = command("python -m atelier.components run deploy_model", outputs=())
    run = started(ben, workspace, deploy=deploying(), sly=sly)
    deploys, other = job_of(run), job_of(run, "sly")
    assert asking(other).post("deployment").status_code == 403
    borrowed = api(None, token=tokens.issue(other), base=f"{BASE}jobs/{deploys.pk}/").post("deployment")
    assert borrowed.status_code in (403, 404)
    assert api(ben, base=f"{BASE}jobs/{deploys.pk}/").post("deployment").status_code == 403
    Job.objects.filter(pk=deploys.pk).update(state=JobState.COMPLETED)
    assert asking(deploys).post("deployment").status_code == 403
    assert Deployment.objects.count() == 0


def test_a_job_starts_no_pipeline_that_deploys(workspace: Workspace, ben: User, api: Callable[..., ApiClient]) -> None:
    before = started(ben, workspace)
    token = tokens.issue(job_of(before))
    held = api(None, token=token, base=BASE)
    text = (
        "type: pipeline\njobs:\n  outer:\n    type: pipeline\n    jobs:\n      deploy:\n"
        "        component: atelier:deploy_model:1\n        inputs: {endpoint_name: cars, registered_model: 'cars:1'}\n"
    )
    refused = held.post("runs", {"file_name": "pipeline.yml", "text": text})
    assert refused.status_code == 403 and "which no job may have done" in refused.json()["detail"]
    assert api(ben, base=BASE).post("runs", {"file_name": "pipeline.yml", "text": text}).status_code == 201
    again = held.post(f"pipeline-runs/{before.pk}/rerun", {"failed_only": False})
    assert again.status_code == 403 and "which no job may have done" in again.json()["detail"]
    assert held.post(f"runs/{before.pk}/clone").status_code in (403, 404)


def test_a_second_asking_of_the_same_words_deploys_once(
    workspace: Workspace, ben: User, asking: Callable[[Job], ApiClient]
) -> None:
    job = job_of(started(ben, workspace))
    headers = {"Idempotency-Key": "one"}
    first, second = (asking(job).post("deployment", headers=headers).json() for _ in range(2))
    assert first["revision"] == second["revision"] == 1
    assert asking(job).post("deployment").json()["revision"] == 2
