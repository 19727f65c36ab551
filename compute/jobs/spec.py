"""What a job is, as its runner gets it: parsed once from the job's JSON, filled in at hand-over."""

from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

from django.conf import settings

from compute.jobs import handlers
from compute.jobs.models import Job

# Names a job may not set itself: the runner fills them in, and a false one would misdirect what the script reports.
RESERVED_VARIABLES = frozenset(
    {
        "ATELIER_URL",
        "ATELIER_TOKEN",
        "ATELIER_WORKSPACE",
        "ATELIER_RUN_ID",
        "ATELIER_JOB_ID",
        "ATELIER_ATTEMPT",
        "ATELIER_EXPERIMENT",
        "ATELIER_DIR",
        "ATELIER_PROBLEM_FILE",
        "MLFLOW_TRACKING_URI",
        "MLFLOW_TRACKING_TOKEN",
        "MLFLOW_RUN_ID",
        "MLFLOW_EXPERIMENT_NAME",
        "MLFLOW_EXPERIMENT_ID",
    }
)


@dataclass(frozen=True, slots=True)
class JobSpec:
    """Everything a runner must know; `Job.spec` holds what is known at submission under the same names."""

    command: str = ""
    snapshot: str = ""  # the digest of the code folder, empty when the job has no code
    inputs: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, Any] = field(default_factory=lambda: {"kind": "current"})
    environment_variables: dict[str, str] = field(default_factory=dict)
    resources: dict[str, Any] = field(default_factory=dict)
    timeout_seconds: float | None = None
    experiment: str = ""
    experiment_id: str = ""  # as MLflow's clients know it
    run_id: str = ""
    name: str = ""
    job_id: int = 0
    attempt: int = 0
    workspace: str = ""
    url: str = ""
    kind: str = ""
    grace_seconds: float = 10
    heartbeat_seconds: float = 15
    log_offset: int = 0  # bytes of log the studio has already, from an earlier attempt

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """The spec of a stored dictionary; names this version does not know are left out."""
        known = {item.name for item in fields(cls)}
        return cls(**{name: value for name, value in values.items() if name in known and value is not None})

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def spec_of(job: Job) -> JobSpec:
    """The spec of the job's current attempt, as it is handed to the runner."""
    return JobSpec.from_json(
        {
            "name": job.title,
            **job.spec,
            **handlers.of(job.kind).spec(job),
            "job_id": job.pk,
            "attempt": job.attempt,
            "workspace": job.workspace.slug,
            "url": settings.RUNNER_URL,
            "kind": job.kind,
            "grace_seconds": settings.CANCEL_GRACE_SECONDS,
            "heartbeat_seconds": settings.HEARTBEAT_SECONDS,
            "log_offset": job.log_size,
        }
    )
