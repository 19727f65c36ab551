"""The examples: their job files are good, their scripts run, and a new workspace finds them waiting."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from registry.environments import definitions
from runs.tracking.jobfile import parse
from runs.tracking.models import Run, Snapshot
from runs.tracking.queries import code
from runs.tracking.services import examples
from studio.access.models import Workspace
from studio.accounts.models import User
from tests.factories import make_target

FOLDER = settings.BASE_DIR / "examples"
SECONDS = 180


def run_script(name: str, command: list[str], into: Path) -> subprocess.CompletedProcess[str]:
    """The example's script in a folder of its own, with the SDK recording to disk."""
    for source in (FOLDER / name).glob("*.py"):
        (into / source.name).write_text(source.read_text())
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(into),
        "PYTHONPATH": str(settings.BASE_DIR / "sdk" / "src"),
        "ATELIER_MODE": "offline",
        "ATELIER_DIR": str(into / "spool"),
        "ATELIER_STRICT": "1",
        "MPLCONFIGDIR": str(into / "mpl"),
        "OMP_NUM_THREADS": "1",
    }
    return subprocess.run(
        [sys.executable, *command],
        cwd=into,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


@pytest.mark.parametrize("name", examples.NAMES)
def test_the_job_file_is_good_and_names_files_that_are_there(name: str) -> None:
    folder = FOLDER / name
    job = parse.parse_text((folder / "job.yml").read_text(), "job.yml")
    assert job.code == "."
    assert job.description
    files = {path: (folder / path).read_text() for path in definitions.needs(job.environment)}
    definitions.parse(job.environment, files)
    readme = (folder / "README.md").read_text().strip().splitlines()
    assert 5 <= len(readme) <= 7


def test_a_workspace_gets_three_runs_that_wait_to_be_started(workspace: Workspace, ada: User) -> None:
    make_target(None, name="local")
    found = examples.seed_examples(actor=ada, workspace=workspace)
    assert {(run.name, run.state, run.source) for run in found} == {
        ("digits-mlp", "created", "example"),
        ("diabetes-grid", "created", "example"),
        ("darts", "created", "example"),
    }
    for run in found:
        assert run.snapshot is not None
        assert "job.yml" in {entry.path for entry in code.code_tree(run.snapshot)}
    again = examples.seed_examples(actor=ada, workspace=workspace)
    assert {run.pk for run in again} == {run.pk for run in found}
    assert Snapshot.objects.count() == 3


def test_an_example_is_started_and_later_repeated(workspace: Workspace, ada: User, ben: User) -> None:
    make_target(None, name="local")
    run = examples.seed_examples(actor=ada, workspace=workspace)[0]
    started = examples.start_example(actor=ben, run=run)
    assert (started.pk, started.state) == (run.pk, "queued")
    again = examples.start_example(actor=ben, run=Run.objects.get(pk=run.pk))
    assert again.pk != run.pk
    assert (again.state, again.snapshot_id) == ("queued", run.snapshot_id)
    assert len(examples.seed_examples(actor=ada, workspace=workspace)) == 3


def test_the_digest_is_the_one_the_client_would_send(workspace: Workspace, ada: User) -> None:
    from atelier import _snapshot

    make_target(None, name="local")
    for name, run in zip(examples.NAMES, examples.seed_examples(actor=ada, workspace=workspace), strict=True):
        tree = _snapshot.scan(FOLDER / name)
        assert run.snapshot is not None
        assert run.snapshot.digest == _snapshot.tree_digest(tree)


def test_no_sdk_only_prints(tmp_path: Path) -> None:
    done = run_script("no-sdk", ["simulate.py", "20000"], tmp_path)
    assert done.returncode == 0, done.stderr
    assert "pi is about 3." in done.stdout


@pytest.mark.parametrize(
    ("name", "command", "printed"),
    [
        ("digits", ["train.py", "--epochs", "2", "--hidden", "16"], "epoch   2"),
        ("diabetes", ["train.py", "--alphas", "0.3", "--folds", "3"], "best: "),
    ],
)
def test_the_script_learns_and_writes_its_outputs(tmp_path: Path, name: str, command: list[str], printed: str) -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    done = run_script(name, command, tmp_path)
    assert done.returncode == 0, done.stderr
    assert printed in done.stdout
    outputs = {path.name for path in (tmp_path / "outputs").iterdir()}
    assert "model.joblib" in outputs
    assert "confusion_matrix.png" in outputs or name == "diabetes"
    assert list((tmp_path / "spool").rglob("*")), "nothing was recorded"
