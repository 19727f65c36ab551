from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.test import Client

from runs.schedules.models import Firing, Schedule
from studio.access.models import Workspace
from studio.accounts.models import User
from tests.factories import make_target
from tests.factories.schedules import JOB, make_schedule
from tests.people import ApiClient

pytestmark = pytest.mark.django_db
FILE = """
name: nightly-train
description: Every working day.
trigger:
  type: recurrence
  frequency: week
  interval: 1
  schedule: {hours: [4, 5], minutes: 10, week_days: [monday, friday]}
  start_time: "2026-07-10T10:00:00"
  time_zone: "Pacific Standard Time"
create_job:
  job: ./job.yml
  inputs: {word: "${{name}}"}
  experiment_name: nightly
"""
JOB_FILE = "type: command\ncommand: echo ${{inputs.word}}\ninputs: {word: hello}\n"


@pytest.fixture
def client(api: Callable[..., ApiClient], ben: User) -> ApiClient:
    make_target(name="local")
    return api(ben, base="/api/v1/workspaces/vision/")


def test_azures_schedule_file_becomes_a_schedule(client: ApiClient, workspace: Workspace) -> None:
    lacking = client.post("schedules", {"text": FILE})
    assert (lacking.status_code, lacking.json()["code"]) == (400, "schedule_file_missing")
    made = client.post("schedules", {"text": FILE, "files": {"./job.yml": JOB_FILE}}).json()
    assert made["words"] == "every week on Monday and Friday at 04:10 and 05:10"
    assert (made["time_zone"], made["starts_at"]) == ("America/Los_Angeles", "2026-07-10T17:00:00Z")
    assert (made["experiment"], made["inputs"]) == ("nightly", {"word": "${{name}}"})
    inline = 'name: n2\ntrigger: {type: cron, expression: "0 1 * * *"}\ncreate_job: {type: command, command: "true"}\n'
    assert client.post("schedules", {"text": inline}).json()["document"] == {"type": "command", "command": "true"}
    wrong = client.post("schedules", {"text": FILE.replace("week_days", "week_day")})
    assert wrong.status_code == 400


def test_a_trigger_is_previewed_in_words_and_times(client: ApiClient, workspace: Workspace) -> None:
    body = {"kind": "cron", "trigger": {"expression": "15 2 * * *"}, "time_zone": "Europe/Berlin", "count": 3}
    found = client.post("schedule-preview", body).json()
    assert found["words"] == "at 02:15 every day" and len(found["times"]) == 3
    assert "02:15" in found["local_times"][0]
    assert (
        client.post("schedule-preview", {**body, "trigger": {"expression": "61 * * * *"}}).json()["code"] == "bad_cron"
    )


def test_a_schedule_is_changed_paused_fired_and_deleted(client: ApiClient, workspace: Workspace) -> None:
    made = client.post(
        "schedules", {"name": "nightly", "kind": "cron", "trigger": {"expression": "0 1 * * *"}, "document": JOB}
    )
    assert made.status_code == 201
    changed = client.patch(
        "schedules/nightly", {"trigger": {"expression": "0 2 * * *"}, "inputs": {"word": "x"}}
    ).json()
    assert (changed["words"], changed["document"]) == ("at 02:00 every day", JOB)
    assert client.post("schedules/nightly/pause").json()["next_at"] is None
    fired = client.post("schedules/nightly/fire", {}).json()
    assert fired["state"] == "started" and fired["run"]["state"] == "queued"
    assert client.post("schedules/nightly/resume").json()["next_at"] is not None
    assert len(client.get("schedules/nightly/firings").json()["results"]) == 1
    assert client.delete("schedules/nightly").status_code == 204


def test_a_webhooks_address_is_known_to_editors_and_fires_for_whoever_has_it(
    client: ApiClient, api: Callable[..., ApiClient], rita: User, ben: User, workspace: Workspace
) -> None:
    make_schedule(workspace, "hook", actor=ben, kind="webhook", trigger={}, inputs={"word": "${{event.body.word}}"})
    assert api(rita, base=client.base).get("schedules/hook/address").status_code == 403
    path = urlsplit(client.get("schedules/hook/address").json()["url"]).path
    assert path.rpartition("/")[2] not in Schedule.objects.get().token
    anybody = Client()
    send = {"content_type": "application/json", "headers": {"Idempotency-Key": "k1"}}
    assert anybody.post(path, {"word": "yes"}, **send).json() == {"accepted": True}
    assert anybody.post(path, {"word": "yes"}, **send).json() == {"accepted": False}
    assert Firing.objects.get().inputs == {"body": {"word": "yes"}}
    assert anybody.generic("POST", path).status_code == 202  # without a body
    assert anybody.post(path, {"x": "y" * 70_000}, content_type="application/json").status_code == 413
    assert anybody.get(path).status_code == 405
    replaced = urlsplit(client.post("schedules/hook/address").json()["url"]).path
    assert (anybody.generic("POST", path).status_code, anybody.generic("POST", replaced).status_code) == (404, 202)
    client.post("schedules/hook/pause")
    assert anybody.generic("POST", replaced).status_code == 410
