"""The parts' results become one file, in their order: CSV, Parquet or JSON lines, as its name says."""

import csv
import io
import json
import tempfile
from collections.abc import Iterator
from typing import IO, Any

from django.db import transaction

from registry.batch import state, tasks
from registry.batch.models import BatchJob, BatchPart
from registry.batch.options import SUMMARY, Options
from registry.batch.services import jobs as batch_jobs
from registry.batch.services import telling
from registry.batch.state import Keeper
from registry.data import uris
from registry.data.assets import services as assets
from registry.data.assets.models import DataType
from registry.data.datastores import opening
from studio.errors import Conflict, StudioError
from studio.lineage import services as lineage
from studio.lineage.things import Thing
from studio.storage import blobs

S = BatchJob.State
PARQUET, LINES = (".parquet", ".pq"), (".jsonl", ".ndjson")
BLOCK = 20_000  # rows of one row group
Row = dict[str, Any]


def finalize(batch: BatchJob, keeper: Keeper) -> None:
    """Write the output and end the job. Raises a StudioError for a place that can't be written to."""
    options = Options.from_json(batch.options)
    if options.output_action != SUMMARY and batch.row_total:
        _write(batch, options, keeper)
    with transaction.atomic():
        if not state.move(batch, to=S.COMPLETED, lease=keeper.lease):
            return
        telling.moved(batch)
        _register(batch, options)
        tasks.forget.delay_on_commit(batch.pk)
    batch_jobs.stop_workers(batch, only_waiting=True)


def file_path(batch: BatchJob) -> str:
    """Where the one file of the output lies in its datastore; empty when there is none."""
    options = Options.from_json(batch.options)
    if batch.state != S.COMPLETED or options.output_action == SUMMARY or not batch.row_total:
        return ""
    return "/".join(part for part in (batch.output_path, options.output_file_name) if part)


def _write(batch: BatchJob, options: Options, keeper: Keeper) -> None:
    if batch.output_datastore is None:
        raise Conflict("datastore_not_found", "The datastore of the output was removed.")
    name = options.output_file_name.lower()
    with tempfile.TemporaryFile() as sink:
        if name.endswith(PARQUET):
            _parquet(batch, sink, keeper)
        elif name.endswith(LINES):
            _lines(batch, sink, keeper)
        else:
            _csv(batch, sink, keeper)
        sink.seek(0)
        path = "/".join(part for part in (batch.output_path, options.output_file_name) if part)
        opening.file_store(batch.output_datastore).write(path, sink, overwrite=True)


def _parts(batch: BatchJob, keeper: Keeper) -> Iterator[list[Row]]:
    """The rows of each part, in order."""
    rows = BatchPart.objects.filter(batch=batch, output__isnull=False).select_related("output").order_by("number")
    for part in rows.iterator(chunk_size=100):
        keeper.alive()
        assert part.output is not None
        with blobs.open_blob(part.output) as stream:
            yield [_row(line) for line in stream if line.strip()]


def _row(line: bytes) -> Row:
    value = json.loads(line)
    if isinstance(value, dict):
        return value
    if isinstance(value, list):
        return {str(at): each for at, each in enumerate(value)}
    return {"prediction": value}


def _columns(batch: BatchJob, keeper: Keeper) -> dict[str, set[str]]:
    """Every column, in the order of first sight, with the kinds of values in it."""
    found: dict[str, set[str]] = {}
    for rows in _parts(batch, keeper):
        for row in rows:
            for name, value in row.items():
                found.setdefault(name, set()).add(_kind(value))
    return found


def _kind(value: Any) -> str:
    return "number" if isinstance(value, float) else type(value).__name__


def _csv(batch: BatchJob, sink: IO[bytes], keeper: Keeper) -> None:
    names = list(_columns(batch, keeper))
    text = io.TextIOWrapper(sink, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    for rows in _parts(batch, keeper):
        writer.writerows([_cell(row.get(name)) for name in names] for row in rows)
    text.flush()
    text.detach()


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _text(value) if isinstance(value, dict | list) else value


def _lines(batch: BatchJob, sink: IO[bytes], keeper: Keeper) -> None:
    for rows in _parts(batch, keeper):
        sink.writelines(_text(row).encode() + b"\n" for row in rows)


def _parquet(batch: BatchJob, sink: IO[bytes], keeper: Keeper) -> None:
    import pyarrow
    import pyarrow.parquet

    kinds = {name: _arrow_kind(found - {"NoneType"}) for name, found in _columns(batch, keeper).items()}
    types = {"int": pyarrow.int64(), "number": pyarrow.float64(), "bool": pyarrow.bool_(), "str": pyarrow.string()}
    schema = pyarrow.schema([(name, types[kind]) for name, kind in kinds.items()])
    with pyarrow.parquet.ParquetWriter(sink, schema) as writer:
        for rows in _parts(batch, keeper):
            for at in range(0, len(rows), BLOCK):
                columns = {
                    name: [_fit(row.get(name), kind) for row in rows[at : at + BLOCK]] for name, kind in kinds.items()
                }
                writer.write_table(pyarrow.table(columns, schema=schema))


def _arrow_kind(found: set[str]) -> str:
    if found and found <= {"int"}:
        return "int"
    if found and found <= {"int", "number"}:
        return "number"
    return "bool" if found == {"bool"} else "str"


def _fit(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind == "number":
        return float(value)
    if kind == "int":
        return value if -(2**63) <= value < 2**63 else None
    if kind == "str" and not isinstance(value, str):
        return _text(value)
    return value


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _register(batch: BatchJob, options: Options) -> None:
    """The output as a version of the data asset that was asked for; a name that is taken by now is said, not fatal."""
    name = str(batch.options.get("output_asset") or "")
    path = file_path(batch)
    if not name or not path or batch.output_datastore is None:
        return
    place = str(uris.DatastorePath(batch.output_datastore.name, path))
    new = assets.NewVersion(
        name=name, type=DataType.FILE, path=place, description=f"Scored by {batch.title}, job {batch.pk}."
    )
    try:
        with transaction.atomic():
            version = assets.register(actor=batch.created_by, workspace=batch.workspace, new=new)
            source, target = Thing("batch_job", batch.pk), Thing("data_version", str(version.pk))
            lineage.link(workspace=batch.workspace, source=source, target=target, verb="wrote")
            facts = {"output_version": str(version)}
    except StudioError as error:
        facts = {"output_problem": error.message}
    kept = {**batch.options, **facts}
    BatchJob.objects.filter(pk=batch.pk).update(options=kept)
    batch.options = kept
