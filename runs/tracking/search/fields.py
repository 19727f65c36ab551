"""What runs can be searched by and put in order by: MLflow's fields under its names, and the studio's own."""

from runs.tracking.models import RunState
from studio.search import Attribute, Family, Fields, Kind

TAILS = ("last", "first", "min", "max", "best")
# MLflow's words for a state; several of ours share one.
MLFLOW_STATUS = {
    RunState.CREATED: "SCHEDULED",
    RunState.QUEUED: "SCHEDULED",
    RunState.PREPARING: "SCHEDULED",
    RunState.RUNNING: "RUNNING",
    RunState.FINALIZING: "RUNNING",
    RunState.COMPLETED: "FINISHED",
    RunState.FAILED: "FAILED",
    RunState.CANCELED: "KILLED",
}
STATES = (*RunState.values, "live")

ATTRIBUTES = (
    Attribute("status", aliases=("state",), choices=STATES, summary="where the run is"),
    Attribute("start_time", Kind.TIME, aliases=("created", "Created", "started"), summary="when it began"),
    Attribute("end_time", Kind.TIME, aliases=("ended",), summary="when it ended"),
    Attribute("duration", Kind.NUMBER, summary="seconds from beginning to end"),
    Attribute("run_name", aliases=("name", "run name", "Run name", "Run Name"), summary="its name"),
    Attribute("run_id", aliases=("id",), summary="its id"),
    Attribute("user_id", Kind.PERSON, aliases=("user", "created_by"), summary="who began it: an address or me"),
    Attribute("experiment", summary="the path of its experiment"),
    Attribute("parent", summary="the id of the run above it"),
    Attribute("description", summary="its description"),
    Attribute("source", summary="where it came from: job, sdk, mlflow, import"),
    Attribute("external_id", summary="what it is called where it was imported from"),
    Attribute("artifact_uri", summary="MLflow's address of its files"),
)
DATASETS = (
    Attribute("name", orders=False),
    Attribute("digest", orders=False),
    Attribute("context", orders=False),
)
FIELDS = Fields(
    families=(
        Family("metrics", "metric", Kind.NUMBER),
        Family("params", "param", Kind.VALUE),
        Family("tags", "tag", Kind.VALUE),
        Family("attributes", "attribute", keys=ATTRIBUTES),
        Family("datasets", "dataset", keys=DATASETS, orders=False),
    )
)
