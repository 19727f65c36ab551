"""The data of a job's run, by the names its job file gives."""

from collections.abc import Sequence

from compute.jobs.models import Job
from runs.tracking.data.models import RunOutput
from runs.tracking.models import Run, RunInput
from studio.errors import NotFound


def run_of(job: Job) -> Run:
    """The run that a job carries. Raises NotFound."""
    found = Run.objects.filter(job=job).select_related("workspace", "created_by").first()
    if found is None:
        raise NotFound("not_found", "This job carries no run.")
    return found


def input_of(run: Run, name: str) -> RunInput:
    """An input of exactly this run that its job file refers to. Raises NotFound."""
    rows = run.inputs.exclude(uri="").select_related(
        "data_version__asset__workspace", "data_version__datastore__workspace", "data_version__manifest"
    )
    found = rows.filter(name=name).first()
    if found is None:
        raise NotFound("not_found", f"The job has no input {name[:60]!r} with files.")
    return found


def output_of(run: Run, name: str) -> RunOutput:
    """An output of exactly this run that has a place in a datastore. Raises NotFound."""
    found = RunOutput.objects.filter(run=run, name=name).select_related("datastore__workspace").first()
    if found is None:
        raise NotFound("not_found", f"The job has no output {name[:60]!r} that is kept in a datastore.")
    found.run = run
    return found


def inputs_of(run: Run) -> Sequence[RunInput]:
    """The inputs of a run that are data of the workspace or of the web."""
    return list(run.inputs.exclude(uri="").select_related("data_version__asset__workspace"))


def outputs_of(run: Run) -> Sequence[RunOutput]:
    return list(run.outputs.select_related("data_version__asset__workspace", "datastore"))
