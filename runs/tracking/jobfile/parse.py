"""Text or plain data → a command job, or every problem with its place."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from runs.tracking.jobfile import overrides as job_overrides
from runs.tracking.jobfile import reader, schema
from runs.tracking.jobfile.command import CommandJob
from runs.tracking.jobfile.problems import JobFileError, Place, Problem, refuse
from runs.tracking.jobfile.values import Check


def parse_text(text: str, file_name: str = "job.yml", overrides: Mapping[str, Any] | None = None) -> CommandJob:
    """The job of a YAML file. Raises JobFileError naming file, line and column of all that is wrong."""
    return _parse(reader.read(text, file_name), file_name, overrides)


def parse_object(document: Any, overrides: Mapping[str, Any] | None = None, file_name: str = "job") -> CommandJob:
    """The job of plain data with a job file's field names, such as a run's `definition`."""
    if not isinstance(document, Mapping):
        refuse(file_name, Problem("job", Place(0, 0), "the job must be an object with a command"))
    table = reader.from_plain(document, Place(0, 0))
    assert isinstance(table, reader.Table)
    return _parse(table, file_name, overrides)


def _parse(table: reader.Table, file_name: str, overrides: Mapping[str, Any] | None) -> CommandJob:
    job_overrides.apply(table, overrides or {})
    check = Check()
    job = schema.command_job(check, table)
    if check.problems:
        raise JobFileError(file_name, check.problems)
    return replace(job, file_name=file_name, places=check.places)
