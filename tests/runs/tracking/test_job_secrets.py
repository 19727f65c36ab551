"""A job gets the secrets its file names, and no other: named with their place, fetched by its runner alone, never stored."""

from collections.abc import Callable
from typing import Any

import pytest

from compute.jobs import tokens
from compute.jobs.models import Job, JobState
from runs.tracking.models import Run
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Conflict
from studio.lineage import labels
from studio.lineage.things import Thing
from studio.secrets import vault
from studio.secrets.models import Secret, SecretUse
from tests.factories import make_target
from tests.people import ApiClient, People

pytestmark = pytest.mark.django_db
BASE = "/api/v1/workspaces/vision/"
JOB = """\
type: command
command: python train.py
compute: local
environment_variables:
  TOKEN: ${{secrets.token}}
  DATABASE: postgresql://app:${{ secrets.Database-Password }}@db/sales
  PLAIN: word
"""


@pytest.fixture
def client(api: Callable[..., ApiClient], ben: User) -> ApiClient:
    make_target(None, name="local", slots=2)
    return api(ben, base=BASE)


@pytest.fixture
def kept(workspace: Workspace) -> Secret:
    vault.put(actor=None, workspace=workspace, name="database-password", value="canary-db")
    return vault.put(actor=None, workspace=workspace, name="token", value="canary-token").secret


def runner(api: Any, job: Job, **fields: Any) -> ApiClient:
    """A caller with the token of the job, which is live now."""
    Job.objects.filter(pk=job.pk).update(**{"state": JobState.PREPARING, "attempt": 1, **fields})
    job.refresh_from_db()
    return api(None, token=tokens.issue(job), base=BASE)


def submitted(client: ApiClient, text: str = JOB) -> Run:
    made = client.post("runs", {"file_name": "job.yml", "text": text})
    assert made.status_code == 201, made.json()
    return Run.objects.select_related("job").get(pk=made.json()["id"])


def test_the_runner_gets_what_the_file_names_and_its_use_is_written_down(
    client: ApiClient, api: Any, kept: Secret
) -> None:
    run = submitted(client)
    assert run.job is not None
    held = runner(api, run.job)
    assert held.get(f"jobs/{run.job_id}/secrets/token").json() == {"name": "token", "value": "canary-token"}
    answer = held.get(f"jobs/{run.job_id}/secrets/Database-Password")
    assert (answer.json()["value"], answer.headers["Cache-Control"]) == ("canary-db", "no-store")
    use = SecretUse.objects.get(secret=kept)
    assert (use.user_kind, use.user_id) == ("job", str(run.job_id))
    thing = Thing("job", str(run.job_id))
    assert labels.labels(run.workspace, [thing])[thing].text == run.name


def test_A105_what_the_file_does_not_name_is_not_there_for_the_job(
    client: ApiClient, api: Any, people: People, kept: Secret
) -> None:
    run = submitted(client)
    assert run.job is not None
    vault.put(actor=None, workspace=people.workspace, name="other", value="canary")
    vault.put(actor=None, workspace=people.elsewhere, name="theirs", value="canary")
    held = runner(api, run.job)
    for name in ("other", "theirs", "no-such", "TOKEN\0", "connection:x"):
        answer = held.get(f"jobs/{run.job_id}/secrets/{name.replace(chr(0), '%00')}")
        assert (answer.status_code, answer.json()["code"]) == (404, "secret_missing")
    assert held.get("secrets").status_code == held.put("secrets/token", {"value": "x"}).status_code == 403


def test_nobody_but_the_runner_of_the_live_job_is_given_it(
    client: ApiClient, api: Any, people: People, kept: Secret
) -> None:
    run, another = submitted(client), submitted(client)
    assert run.job is not None
    assert another.job is not None
    path = f"jobs/{run.job_id}/secrets/token"
    assert {api(person, base=BASE).get(path).status_code for person in (people.ada, people.ben, people.rita)} == {403}
    assert api(people.stan, base=BASE).get(path).status_code == 404
    assert runner(api, another.job).get(path).status_code == 403
    held = runner(api, run.job)
    Job.objects.filter(pk=run.job_id).update(state=JobState.COMPLETED)
    assert (held.get(path).status_code, held.get(path).json()["code"]) == (403, "job_over")
    assert not SecretUse.objects.exists()


def test_A105_a_name_that_is_no_secret_here_is_told_with_its_place(
    client: ApiClient, people: People, kept: Secret
) -> None:
    vault.put(actor=None, workspace=people.elsewhere, name="tokens", value="theirs")
    text = JOB.replace("secrets.token", "secrets.tokens")
    for answer in (
        client.post("runs", {"file_name": "job.yml", "text": text}),
        client.post("runs/check", {"file_name": "a/job.yml", "text": text}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_job_file")
        assert (
            "job.yml:5:10: there is no secret 'tokens' in this workspace. Did you mean 'token'?"
            in answer.json()["detail"]
        )
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("python train.py", "python train.py --token ${{secrets.token}}", "can't stand in the command"),
        ("${{secrets.token}}", "${{secret.token}}", "Did you mean 'secrets'?"),
        ("${{secrets.token}}", "${{secrets.}}", "names no secret"),
        ("${{secrets.token}}", "${{secrets.a b}}", "names no secret"),
    ],
)
def test_what_can_not_be_meant_is_told(client: ApiClient, kept: Secret, old: str, new: str, words: str) -> None:
    answer = client.post("runs/check", {"file_name": "job.yml", "text": JOB.replace(old, new)})
    assert (answer.status_code, words in answer.json()["detail"]) == (400, True)


def test_a_credential_that_something_holds_is_given_to_no_job(
    client: ApiClient, workspace: Workspace, kept: Secret
) -> None:
    Secret.objects.filter(pk=kept.pk).update(held_by="datastore:3")
    answer = client.post("runs", {"file_name": "job.yml", "text": JOB})
    assert "there is no secret 'token'" in answer.json()["detail"]


def test_the_run_its_export_and_its_clone_show_the_name_alone(
    client: ApiClient, browser: Any, ben: User, kept: Secret
) -> None:
    run = submitted(client)
    clone = client.post(f"runs/{run.pk}/clone", {"set": {}})
    assert clone.status_code == 201
    for answer in (client.get(f"runs/{run.pk}"), clone, browser(ben).get(f"/w/vision/runs/{run.pk}/overview/")):
        assert "canary" not in answer.content.decode()
    spec = Job.objects.get(run=clone.json()["id"]).spec
    assert spec["environment_variables"]["TOKEN"] == "${{secrets.token}}"


def test_a_clone_names_secrets_that_are_there(client: ApiClient, kept: Secret) -> None:
    run = submitted(client)
    Job.objects.update(state=JobState.COMPLETED)
    vault.remove(actor=None, secret=kept)
    answer = client.post(f"runs/{run.pk}/clone", {"set": {}})
    assert (answer.status_code, "no secret 'token'" in answer.json()["detail"]) == (400, True)


def test_a_job_hands_on_no_more_than_it_was_given(
    client: ApiClient, api: Any, workspace: Workspace, kept: Secret
) -> None:
    """A script holds its job's token and may start further jobs: not one that reads what it may not."""
    whole = submitted(client)
    little = submitted(
        client, JOB.replace("  DATABASE: postgresql://app:${{ secrets.Database-Password }}@db/sales\n", "")
    )
    assert little.job is not None
    held = runner(api, little.job, state=JobState.RUNNING)
    refused = [
        held.post("runs", {"file_name": "job.yml", "text": JOB}),
        held.post(f"runs/{whole.pk}/clone", {"set": {}}),
    ]
    refused.append(held.post("runs/check", {"file_name": "job.yml", "text": JOB}))
    for answer in refused:
        assert (answer.status_code, "hands on only the secrets" in answer.json()["detail"]) == (400, True), (
            answer.json()
        )
    assert held.post(f"runs/{little.pk}/clone", {"set": {}}).status_code == 201


def test_a_secret_that_a_run_waits_for_is_not_deleted(client: ApiClient, kept: Secret) -> None:
    run = submitted(client)
    with pytest.raises(Conflict, match=run.name):
        vault.remove(actor=None, secret=kept)
    Job.objects.update(state=JobState.RUNNING)
    vault.remove(actor=None, secret=kept)
