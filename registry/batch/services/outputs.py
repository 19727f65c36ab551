"""Files that a scoring script writes by itself (`AZUREML_BI_OUTPUT_PATH`): they lie beside the output."""

from compute.jobs.models import LIVE_STATES
from registry.batch import queries
from registry.batch.models import BatchJob, BatchWorker
from registry.data.datastores import opening
from studio.errors import Conflict, NotFound
from studio.storage.blobs import Readable
from studio.storage.names import safe_relpath


def store(*, worker: BatchWorker, path: str, stream: Readable) -> str:
    """Keep a file in the output's folder, whole or not at all; answers its path. A later one of the name replaces it."""
    name = safe_relpath(path)
    batch = queries.job_at(worker.batch_id)
    if batch is None or batch.state != BatchJob.State.RUNNING or worker.job.state not in LIVE_STATES:
        raise Conflict("batch_job_ended", "This batch job takes no more files.")
    if batch.output_datastore is None:
        raise NotFound("datastore_not_found", "The datastore of the output was removed.")
    place = "/".join(part for part in (batch.output_path, name) if part)
    return opening.file_store(batch.output_datastore).write(place, stream, overwrite=True).path
