"""Endpoints through the package and the command, against the real studio."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import atelier
import pytest
from atelier import _cli

from registry.endpoints import queries
from registry.endpoints.models import Deployment, DeploymentRevision
from registry.mlmodels.models import ModelVersion
from tests.factories import make_token
from tests.factories.endpoints import go_live, make_deployment, make_drift_report, make_endpoint
from tests.people import People

pytestmark = pytest.mark.django_db(transaction=True)

ENDPOINT = """$schema: https://azuremlschemas.azureedge.net/latest/managedOnlineEndpoint.schema.json
name: iris
auth_mode: key
description: Species of flowers
tags:
  team: botany
"""
BLUE = """$schema: https://azuremlschemas.azureedge.net/latest/managedOnlineDeployment.schema.json
name: blue
endpoint_name: iris
model:
  path: ./model/
code_configuration:
  code: ./onlinescoring/
  scoring_script: score.py
environment_variables:
  MODE: fast
instance_type: Standard_DS3_v2
instance_count: 1
app_insights_enabled: true
deployer: local
"""
SCORE = "def init():\n    pass\n\n\ndef run(data):\n    return data\n"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """What somebody brings along: two YAML files, a folder of code, a model."""
    folder = tmp_path / "brought"
    for path, text in {
        "endpoint.yml": ENDPOINT,
        "blue.yml": BLUE,
        "onlinescoring/score.py": SCORE,
        "onlinescoring/__pycache__/score.pyc": "x",
        "model/weights.txt": "0.5",
        "sample.json": '{"data": [[1, 2]]}',
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


@pytest.fixture
def live(studio: People) -> People:
    """An endpoint `iris` with `blue` (all traffic) and `green`, by the records."""
    from registry.endpoints import services

    endpoint = make_endpoint(studio.workspace, "iris", actor=studio.ada)
    for name in ("blue", "green"):
        make_deployment(endpoint, name, actor=studio.ada)
    services.set_traffic(actor=studio.ada, endpoint=endpoint, traffic={"blue": 100})
    return studio


def test_azures_files_are_deployed_with_code_and_a_local_model(
    studio: People, files: Path, say: Callable[..., Any]
) -> None:
    made = say("endpoint", "create", "-f", str(files / "endpoint.yml"))
    assert (made["name"], made["tags"], made["auth_mode"]) == ("iris", {"team": "botany"}, "key")
    found = say("deployment", "create", "-f", str(files / "blue.yml"), "--all-traffic", "--set", "instance_count=2")
    wanted = found["wanted"]
    assert (found["name"], found["instance_count"], wanted["scoring_script"]) == ("blue", 2, "score.py")
    assert wanted["environment_variables"] == {"MODE": "fast"}
    version = ModelVersion.objects.get()
    assert [row.path for row in version.files.all()] == ["model/weights.txt"]
    assert wanted["model"] == f"{version.model.name}:1"
    again = say("deployment", "update", "-f", str(files / "blue.yml"), "--set", "environment_variables.MODE=slow")
    assert again["wanted"]["environment_variables"] == {"MODE": "slow"}
    assert again["wanted"]["code"] == wanted["code"]  # the same files are the same folder


def test_what_is_left_out_of_a_file_is_said(studio: People, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_endpoint(studio.workspace, "iris")
    assert _cli.main(["deployment", "create", "-f", str(files / "blue.yml")]) == 0
    said = capsys.readouterr().err
    assert "app_insights_enabled says nothing here" in said
    assert "blue is Creating" in said


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["endpoint", "create"], 2, "Give a file with -f, or --name."),
        (["endpoint", "create", "-n", "1"], 2, "can't be used for an endpoint"),
        (["endpoint", "show", "nothing"], 3, "There is nothing here"),
        (["endpoint", "update", "nothing"], 2, "Say what to change"),
        (["endpoint", "update", "nothing", "--traffic", "blue=ten"], 2, "is no share"),
        (["deployment", "create", "-f", "missing.yml"], 2, "There is no file missing.yml"),
        (["deployment", "scale", "blue", "-e", "iris"], 2, "Say either --instances or --target."),
        (["endpoint", "delete", "iris"], 2, "Nothing was changed."),
        (["endpoint", "invoke", "iris", "-r", "missing.json"], 2, "cannot be read"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_an_exit_code(
    studio: People, capsys: pytest.CaptureFixture[str], words: list[str], code: int, said: str
) -> None:
    assert _cli.main(words) == code
    assert said in capsys.readouterr().err


def test_a_file_with_a_mistake_is_refused_naming_it(
    studio: People, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (files / "blue.yml").write_text("name: blue\nendpoint_name: iris\ninstance_cuont: 2\nmodel: iris:1\n")
    assert _cli.main(["deployment", "create", "-f", str(files / "blue.yml")]) == 2
    assert "blue.yml: 'instance_cuont' is no field of a deployment" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_said_before_anything_is_sent(
    studio: People, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (files / "blue.yml").write_text(BLUE.replace("./onlinescoring/", "./elsewhere/"))
    assert _cli.main(["deployment", "create", "-f", str(files / "blue.yml")]) == 2
    assert "code_configuration.code names ./elsewhere/, which does not exist" in capsys.readouterr().err


def test_traffic_is_shared_mirrored_and_rolled_back(live: People, say: Callable[..., Any]) -> None:
    assert say("endpoint", "update", "iris", "--mirror-traffic", "green=10")["mirror_traffic"] == {"green": 10}
    found = say("endpoint", "update", "iris", "--traffic", "blue=90 green=10")
    assert (found["traffic"], found["mirror_traffic"]) == ({"blue": 90, "green": 10}, {})
    assert say("endpoint", "rollback", "iris")["traffic"] == {"blue": 100}
    assert [row["name"] for row in say("endpoint", "list", "-q", "iri")] == ["iris"]


def test_shares_that_do_not_sum_to_100_are_refused(live: People, capsys: pytest.CaptureFixture[str]) -> None:
    assert _cli.main(["endpoint", "update", "iris", "--traffic", "blue=90 green=20"]) == 2
    assert "The shares sum to 110, not to 100." in capsys.readouterr().err


def test_an_endpoint_and_its_deployments_are_shown_as_tables(live: People, capsys: pytest.CaptureFixture[str]) -> None:
    assert _cli.main(["endpoint", "show", "iris"]) == 0
    said = capsys.readouterr().out
    assert "/e/vision/iris/score" in said
    assert "1/1" in said
    for words in (
        ["endpoint", "list"],
        ["deployment", "list", "-e", "iris"],
        ["deployment", "show", "blue", "-e", "iris"],
    ):
        assert _cli.main(words) == 0
        assert "Succeeded" in capsys.readouterr().out
    assert _cli.main(["deployment", "logs", "blue", "-e", "iris"]) == 0


def test_keys_are_printed_regenerated_and_tokens_issued(live: People, say: Callable[..., Any]) -> None:
    before = say("endpoint", "keys", "iris")
    after = say("endpoint", "keys", "iris", "--regenerate", "secondary", "--yes")
    assert after["primaryKey"] == before["primaryKey"]
    assert after["secondaryKey"] != before["secondaryKey"]
    assert say("endpoint", "token", "iris", "--seconds", "900")["accessToken"].startswith("aet_")


def test_a_reader_is_refused_with_exit_code_4(
    live: People, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ATELIER_TOKEN", make_token(live.rita))
    assert _cli.main(["endpoint", "keys", "iris"]) == 4
    assert _cli.main(["deployment", "restart", "blue", "-e", "iris"]) == 4
    assert _cli.main(["endpoint", "show", "iris"]) == 0
    assert "endpoint:keys" in capsys.readouterr().err


def test_requests_are_collected_and_a_report_is_asked_for(
    live: People, say: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    found = say("deployment", "collect", "blue", "-e", "iris", "--sample", "12.5", "--daily", "--against", "cars:1")
    assert found["data_collector"]["sampling_rate"] == 0.125
    assert found["data_collector"]["drift"] == {"daily": True, "reference": "azureml:cars:1", "days": 1}
    assert say("deployment", "collect", "blue", "-e", "iris", "--no-daily")["data_collector"]["sampling_rate"] == 0.125
    assert _cli.main(["deployment", "collect", "blue", "-e", "iris"]) == 0
    assert "12.5 % of the requests to blue are kept." in "".join(capsys.readouterr())
    assert _cli.main(["deployment", "drift", "blue", "-e", "iris"]) == 3
    assert "There is no data asset 'cars'" in "".join(capsys.readouterr())
    make_drift_report(Deployment.objects.get(name="blue"))
    api = atelier.Workspace().endpoints.deployments("iris")
    (report,) = api.drift_reports("blue")
    assert api.drift_report("blue", report["id"])["summary"] == "1 of 1 column drifted: age."


def test_a_deployment_is_scaled_restarted_rolled_back_and_deleted(live: People, say: Callable[..., Any]) -> None:
    assert say("deployment", "scale", "green", "-e", "iris", "--instances", "3")["instance_count"] == 3
    ruled = say("deployment", "scale", "green", "-e", "iris", "--target", "2", "--min", "0", "--max", "4")
    assert (ruled["scale_settings"]["min"], ruled["scale_settings"]["max"]) == (0, 4)
    assert say("deployment", "restart", "green", "-e", "iris")["wanted"]["number"] == 2
    green = Deployment.objects.get(name="green")
    assert green.wanted is not None
    go_live(green, green.wanted)
    assert say("deployment", "rollback", "green", "-e", "iris")["wanted"]["number"] == 3
    assert _cli.main(["deployment", "delete", "blue", "-e", "iris", "--yes"]) == 5  # it has all traffic
    assert _cli.main(["deployment", "delete", "green", "-e", "iris", "--yes"]) == 0
    assert _cli.main(["endpoint", "delete", "iris", "--yes"]) == 0


def test_waiting_tells_what_happens_and_fails_with_the_deployments_own_sentence(
    live: People, capsys: pytest.CaptureFixture[str]
) -> None:
    endpoint = queries.endpoint_at(live.workspace, "iris")
    made = make_deployment(endpoint, "red", is_live=False)
    problem = "The scoring script fails to import: No module named 'torch' (score.py, line 3)."
    DeploymentRevision.objects.filter(pk=made.wanted_id).update(state="failed", problem=problem)
    Deployment.objects.filter(pk=made.pk).update(state="Failed", problem=problem, wanted=None)
    with pytest.raises(atelier.Conflict, match=r"score\.py, line 3"):
        atelier.Workspace().endpoints.deployments("iris").wait("red")
    found = atelier.Workspace().endpoints.deployments("iris").wait("blue")
    assert found["state"] == "Succeeded"
    from atelier._cli import deployments, parser

    options = parser.build().parse_args(["deployment", "restart", "red", "-e", "iris", "--wait"])
    api = atelier.Workspace().endpoints.deployments("iris")
    assert deployments._after(options, api, api.get("red")) == 1
    said = capsys.readouterr().err
    assert "Created: Revision 1." in said
    assert "score.py, line 3" in said


def test_an_answer_of_the_gateway_that_is_away_is_a_sentence(
    live: People, files: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.GATEWAY_ADDRESS = "http://127.0.0.1:9"
    assert _cli.main(["endpoint", "invoke", "iris", "--request-file", str(files / "sample.json")]) == 1
    assert "gateway in front of the endpoints does not answer" in capsys.readouterr().err


def test_the_package_deploys_a_dictionary(studio: People, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(files)
    endpoints = atelier.Workspace().endpoints
    endpoints.create("iris", description="Flowers")
    code = {"code": "./onlinescoring", "scoring_script": "score.py"}
    made = endpoints.deploy({"code_configuration": code, "deployer": "local"}, endpoint="iris", name="blue")
    assert made["wanted"]["scoring_script"] == "score.py"
    with pytest.raises(atelier.UsageError, match="the name of the endpoint"):
        endpoints.deploy({"name": "blue", "code_configuration": code})
    assert json.dumps(endpoints.metrics("iris"))
    assert endpoints.update("iris", description="")["description"] == ""
    assert endpoints.deployments("iris").events("blue")[-1]["kind"] == "Created"
