"""Endpoints with deployments, as the use cases and the reconciler leave them, without anything running."""

import io
import zipfile
from datetime import timedelta
from typing import Any

from django.utils import timezone

from registry.endpoints import services, state
from registry.endpoints.models import Deployment, DeploymentRevision, Endpoint, Instance
from registry.endpoints.monitoring.models import DriftReport
from registry.endpoints.services import NewDeployment
from registry.mlmodels.models import ModelVersion
from registry.mlmodels.services import versions
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.storage import folders
from studio.storage.models import Blob

SCORE = "import json\n\n\ndef init():\n    pass\n\n\ndef run(data):\n    return {'said': json.loads(data)}\n"


def make_endpoint(workspace: Workspace, name: str = "scoring", *, actor: User | None = None, **facts: Any) -> Endpoint:
    return services.create_endpoint(actor=actor, workspace=workspace, name=name, **facts)


def make_code(workspace: Workspace, files: dict[str, str] | None = None) -> Blob:
    """A folder of code, `score.py` unless other files are given."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        for path, text in (files or {"score.py": SCORE}).items():
            archive.writestr(path, text)
    raw.seek(0)
    return folders.store(workspace=workspace, stream=raw)


def make_model_version(workspace: Workspace, name: str = "iris", files: dict[str, bytes] | None = None) -> ModelVersion:
    """A version with files of its own."""
    new = versions.NewVersion(source="s3://elsewhere/model")
    version = versions.register_version(actor=None, workspace=workspace, name=name, new=new)
    for path, data in (files or {"model.txt": b"weights"}).items():
        versions.put_file(version=version, path=path, stream=io.BytesIO(data), limit=10_000_000)
    version.refresh_from_db()
    return version


def new_deployment(workspace: Workspace, **asked: Any) -> NewDeployment:
    """A scoring script and nothing else, as a process, unless more is asked for."""
    if "code" not in asked:
        asked |= {"code": make_code(workspace).sha256, "scoring_script": "score.py"}
    return NewDeployment(**{"deployer": "local", **asked})


def make_deployment(
    endpoint: Endpoint, name: str = "blue", *, actor: User | None = None, is_live: bool = True, **asked: Any
) -> Deployment:
    """A deployment whose instances answer by the records (`is_live`), else one that is on its way."""
    new = new_deployment(endpoint.workspace, **asked)
    made = services.deploy(actor=actor, endpoint=endpoint, name=name, new=new)
    if is_live and made.wanted:
        go_live(made, made.wanted)
    made.endpoint = endpoint
    return made


def go_live(deployment: Deployment, revision: DeploymentRevision) -> None:
    """What the reconciler does in the end, with instances that nobody started."""
    for step in (DeploymentRevision.State.PREPARING, DeploymentRevision.State.ROLLING):
        state.move_revision(revision, to=step)
    state.move_revision(revision, to=DeploymentRevision.State.LIVE, live_at=timezone.now())
    for slot in range(deployment.instance_count):
        Instance.objects.create(
            revision=revision, slot=slot, state=Instance.State.READY, address=f"127.0.0.1:{9000 + slot}",
            ready_at=timezone.now(),
        )  # fmt: skip
    state.move_deployment(deployment, to=Deployment.State.SUCCEEDED, current=revision, wanted=None)


def make_drift_report(deployment: Deployment, *, actor: User | None = None, **facts: Any) -> DriftReport:
    """A report that is ready, with one column that drifted."""
    now = timezone.now()
    column = {
        "name": "age", "role": "input", "against": "age", "type": "float", "level": "large", "is_drifted": True,
        "sentence": "age rose: the median was 6 and is 12 (PSI 4.21, KS 0.55).", "psi": 4.21, "js": 0.62, "ks": 0.55,
        "chance": 0.15, "missing": [0.0, 0.0], "bins": ["1 to 6", "6 to 12"], "before": [0.5, 0.5], "now": [0.0, 1.0],
    }  # fmt: skip
    given = {
        "state": DriftReport.State.READY, "reference": "azureml:cars:1", "since": now - timedelta(days=1), "until": now,
        "row_count": 200, "reference_rows": 1500, "drifted": True, "columns": [column], "finished_at": now,
        "summary": "1 of 1 column drifted: age.", "created_by": actor,
    }  # fmt: skip
    return DriftReport.objects.create(deployment=deployment, **{**given, **facts})
