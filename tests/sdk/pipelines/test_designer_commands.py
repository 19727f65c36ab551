"""`atelier pipeline`, `pipeline-endpoint` and `schedule` against the real application."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from atelier import _cli
from pytest_django.live_server_helper import LiveServer

from tests.factories import make_target
from tests.people import People

pytestmark = pytest.mark.django_db(transaction=True)

PIPELINE = """type: pipeline
display_name: Greeting
inputs:
  word: {type: string, default: hello}
jobs:
  greet:
    type: command
    command: echo ${{inputs.word}}
    inputs: {word: "${{parent.inputs.word}}"}
"""
SCHEDULE = """name: nightly
trigger: {type: cron, expression: "15 2 * * *", time_zone: W. Europe Standard Time}
create_job: ./job.yml
"""


def test_a_pipeline_is_made_exported_published_called_and_scheduled(
    studio: People, live_server: LiveServer, say: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    make_target(name="local")
    Path("pipeline.yml").write_text(PIPELINE)
    assert say("pipeline", "create", "-f", "pipeline.yml")["name"] == "Greeting"
    assert [each["name"] for each in say("pipeline", "list")] == ["Greeting"]
    assert _cli.main(["pipeline", "export", "Greeting"]) == 0
    assert "command: echo ${{inputs.word}}" in capsys.readouterr().out
    assert say("pipeline", "publish", "Greeting", "--name", "greet")["default_version"] == 1
    assert [each["number"] for each in say("pipeline", "versions", "Greeting")] == [1]
    assert say("pipeline-endpoint", "show", "greet")["parameters"][0]["name"] == "word"
    assert _cli.main(["pipeline-endpoint", "show", "greet"]) == 0
    assert f"{live_server.url}/w/vision/pipeline-endpoints/greet/" in capsys.readouterr().out
    called = say("pipeline-endpoint", "invoke", "greet", "--set", "inputs.word=hi")
    assert [each["inputs"]["word"] for each in say("pipeline-endpoint", "runs", "greet")] == ["hi"]
    assert called["id"] != say("pipeline", "run", "Greeting")["id"]
    Path("job.yml").write_text("type: command\ncommand: echo hello\n")
    Path("schedule.yml").write_text(SCHEDULE)
    made = say("schedule", "create", "-f", "schedule.yml")
    assert (made["words"], made["time_zone"]) == ("at 02:15 every day", "Europe/Berlin")
    assert say("schedule", "fire", "nightly")["state"] == "started"
    assert say("schedule", "pause", "nightly")["is_paused"]
    assert len(say("schedule", "backfill", "nightly", "--since", "2026-03-01", "--until", "2026-03-03")) == 2
    assert len(say("schedule", "firings", "nightly")) == 3
    assert _cli.main(["schedule", "delete", "nightly", "--yes"]) == 0
    assert _cli.main(["pipeline-endpoint", "delete", "greet", "--yes"]) == 0
    assert _cli.main(["pipeline", "delete", "Greeting", "--yes"]) == 0
