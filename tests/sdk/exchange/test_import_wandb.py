"""W&B's own files, written by W&B itself without its service, brought in."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import atelier
import pytest
from atelier import _cli

from runs.tracking.models import Run
from tests.people import People

pytestmark = pytest.mark.django_db(transaction=True)
SCRIPT = """
import wandb
run = wandb.init(project="old digits", name="first", config={"lr": 0.1, "opt": {"name": "adam"}}, tags=["blue"], notes="Words.")
for step in range(20):
    run.log({"train/loss": 1 / (step + 1), "odd": float("nan"), "word": "text"}, step=step)
run.finish(exit_code=1)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a script that used W&B offline leaves behind."""
    work = tmp_path_factory.mktemp("wandb")
    environment = {**os.environ, "WANDB_MODE": "offline", "WANDB_SILENT": "true", "HOME": str(work)}
    subprocess.run([sys.executable, "-c", SCRIPT], cwd=work, env=environment, check=True, timeout=120)
    return work / "wandb"


def bring(capsys: Any, folder: Path, *words: str) -> dict[str, Any]:
    assert _cli.main(["import", "wandb", str(folder), *words, "-o", "json"]) == 0, capsys.readouterr().err
    return dict(json.loads(capsys.readouterr().out))


def test_a_run_of_wandb_comes_over_once(studio: People, folder: Path, capsys: Any) -> None:
    report = bring(capsys, folder)
    assert (report["runs_new"], report["points"]) == (1, 40)
    again = bring(capsys, folder)
    assert (again["runs_new"], again["runs_known"], again["points"], again["files"]) == (0, 1, 0, 0)
    run = atelier.Workspace().run(Run.objects.get().pk)
    assert (run.name, run.experiment, run.state) == ("first", "old digits", "failed")
    assert run.params == {"lr": "0.1", "opt.name": "adam"}
    assert run.tags["wandb.tag.blue"] == "true"
    assert run.data["description"] == "Words."
    assert run.history("train/loss").step == list(range(20))
    assert run.metrics()["odd"].nan_count == 20
    assert "requirements.txt" in [item.path for item in run.artifacts()]
    assert "(word)" in report["notes"][0]


def test_a_file_that_breaks_off_gives_what_came_before(
    studio: People, folder: Path, tmp_path: Path, capsys: Any
) -> None:
    (source,) = (path for path in folder.rglob("run-*.wandb") if "latest-run" not in str(path))
    cut = tmp_path / "wandb/offline-run-1/run-cut.wandb"
    cut.parent.mkdir(parents=True)
    cut.write_bytes(source.read_bytes()[:-200])
    (cut.parent / "files").mkdir()
    (cut.parent / "files/model.bin").symlink_to(source)
    report = bring(capsys, tmp_path / "wandb")
    assert (report["runs_new"], report["files"]) == (1, 0)
    assert any("(model.bin)" in note for note in report["notes"])
    assert any("breaks off" in note for note in report["notes"])
