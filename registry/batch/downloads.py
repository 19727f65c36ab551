"""The output of a batch job as a download."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from registry.batch import finalizing
from registry.batch.models import BatchJob
from registry.data.datastores import opening
from studio.api import files
from studio.errors import Gone, NotFound


def output(request: HttpRequest | Request, batch: BatchJob) -> HttpResponseBase:
    """The one file, or the range that is asked for. Raises NotFound where there is none, Gone where it was removed."""
    path = finalizing.file_path(batch)
    if not path or batch.output_datastore is None:
        raise NotFound("no_batch_output", f"This batch job has no output file: it is {batch.state}.")
    store = opening.file_store(batch.output_datastore)
    entry = store.stat(path)
    if entry is None or entry.is_dir:
        raise Gone("batch_output_gone", f"The output {path} was removed from {batch.output_datastore.name}.")
    return files.serve(
        request,
        lambda start, end: store.read(path, start, end),
        size=entry.size,
        tag=entry.etag or f"{batch.pk}-{entry.size}",
        name=path,
        content_type="application/octet-stream",
    )
