"""What the fields of a run are in SQL; the table of runs has the alias `r`. Made of literals only."""

from dataclasses import dataclass

from runs.tracking.data_inputs import Dataset, RunDataset
from runs.tracking.metrics.models import MetricSummary
from runs.tracking.models import Experiment, Param, Run, Tag
from runs.tracking.search.fields import MLFLOW_STATUS
from runs.tracking.services.experiments import DEFAULT_PATH
from studio.accounts.models import User
from studio.search.sql import SQLITE

RUNS = f'"{Run._meta.db_table}"'
PARAMS = f'"{Param._meta.db_table}"'
TAGS = f'"{Tag._meta.db_table}"'
SUMMARIES = f'"{MetricSummary._meta.db_table}"'
EXPERIMENTS = f'"{Experiment._meta.db_table}"'
USERS = f'"{User._meta.db_table}"'
DATASETS = f'"{Dataset._meta.db_table}"'
USES = f'"{RunDataset._meta.db_table}"'

START = "COALESCE(r.started_at, r.created_at)"
_WORDS = " ".join(f"WHEN '{state}' THEN '{word}'" for state, word in MLFLOW_STATUS.items())
STATUS = f"CASE r.state {_WORDS} END"
_PATH = f"(SELECT e.path FROM {EXPERIMENTS} e WHERE e.id = r.experiment_id)"
_EMAIL = f"(SELECT u.email FROM {USERS} u WHERE u.id = r.created_by_id)"
_ARTIFACTS = (
    "(SELECT COALESCE(NULLIF(e.artifact_location, ''), 'mlflow-artifacts:/' ||"
    f" CASE WHEN e.path = '{DEFAULT_PATH}' THEN '0' ELSE CAST(e.id AS varchar) END)"
    f" FROM {EXPERIMENTS} e WHERE e.id = r.experiment_id) || '/' || r.id || '/artifacts'"
)


@dataclass(frozen=True, slots=True)
class Column:
    sql: str
    is_nullable: bool = False
    is_number: bool = False


ATTRIBUTES = {
    "status": Column(STATUS),
    "start_time": Column(START),
    "end_time": Column("r.ended_at", is_nullable=True),
    "run_name": Column("r.name"),
    "run_id": Column("r.id"),
    "user_id": Column(_EMAIL, is_nullable=True),
    "experiment": Column(_PATH),
    "parent": Column("r.parent_id", is_nullable=True),
    "description": Column("r.description"),
    "source": Column("r.source"),
    "external_id": Column("NULLIF(r.external_id, '')", is_nullable=True),
    "artifact_uri": Column(_ARTIFACTS),
}
# MLflow keeps in tags what the studio keeps in columns: tag -> the column that says the same.
_TAG_COLUMNS = {
    "mlflow.runName": "r.name",
    "mlflow.note.content": "NULLIF(r.description, '')",
    "mlflow.parentRunId": "r.parent_id",
    "mlflow.source.name": "NULLIF(r.command, '')",
    "mlflow.user": _EMAIL,
}
_GIT = {
    "mlflow.source.git.commit": "commit",
    "mlflow.source.git.branch": "branch",
    "mlflow.source.git.repoURL": "remote",
}


def attribute(name: str, vendor: str) -> Column:
    return Column(_duration(vendor), is_nullable=True, is_number=True) if name == "duration" else ATTRIBUTES[name]


def tag_column(key: str, vendor: str) -> str:
    """The expression that stands for one of MLflow's tags; empty for a tag that is just a tag."""
    if key in _GIT:
        name = _GIT[key]
        return f"json_extract(r.git, '$.{name}')" if vendor == SQLITE else f"(r.git ->> '{name}')"
    return _TAG_COLUMNS.get(key, "")


def _duration(vendor: str) -> str:
    if vendor == SQLITE:
        return "((julianday(r.ended_at) - julianday(r.started_at)) * 86400.0)"
    return "EXTRACT(EPOCH FROM (r.ended_at - r.started_at))::double precision"
