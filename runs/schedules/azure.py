"""Azure ML's schedule files: `trigger`, `time_zone`, and `create_job` as a file beside it, a reference or a job of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import yaml

from runs.schedules.times import zones
from studio import plain_yaml
from studio.errors import Invalid

KNOWN = frozenset(
    [
        "$schema",
        "name",
        "display_name",
        "description",
        "tags",
        "properties",
        "trigger",
        "create_job",
        "is_enabled",
        "version",
    ]
)
OTHERS = {"create_monitor": "a monitor", "import_data": "an import of data"}
PUBLISHED = "pipeline-endpoint:"
WHOLE_FILE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ScheduleFile:
    """What a schedule file says. `endpoint` or `document` is what it runs; `needs` the file that it lacks."""

    values: dict[str, Any]
    endpoint: str = ""
    document: dict[str, Any] | None = None
    needs: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())


def read(text: str, files: Mapping[str, str] | None = None) -> ScheduleFile:
    """The schedule of a file's text; `files` holds the texts of files it names. Raises Invalid `bad_schedule_file`."""
    found = _mapping(text, "The file")
    unknown = [str(name)[:60] for name in found if name not in KNOWN]
    for name, what in OTHERS.items():
        if name in found:
            raise _wrong(name, f"The file describes {what}; a schedule here starts a job: write create_job.")
    if unknown:
        raise _wrong(unknown[0], f"A schedule file has no {unknown[0]}. It has: {', '.join(sorted(KNOWN))}.")
    if not found.get("name"):
        raise _wrong("name", "A schedule has a name.")
    values = {
        "name": str(found["name"]),
        "description": str(found.get("description") or ""),
        "is_paused": found.get("is_enabled") is False,
        **_trigger(found.get("trigger")),
    }
    return _with_job(values, found.get("create_job"), files or {})


def _trigger(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise _wrong("trigger", "A schedule has a trigger with the type cron or recurrence.")
    kind = str(value.get("type") or ("cron" if "expression" in value else "recurrence")).lower()
    rest = {key: each for key, each in value.items() if key not in ("type", "start_time", "end_time", "time_zone")}
    zone = str(value.get("time_zone") or "UTC")
    found: dict[str, Any] = {"kind": kind, "trigger": rest, "time_zone": zone}
    for name, ours in (("start_time", "starts_at"), ("end_time", "ends_at")):
        if value.get(name) is not None:
            found[ours] = moment(value[name], zone, f"trigger.{name}")
    return found


def moment(value: Any, zone: str, where: str) -> datetime:
    """A time of a file: without an offset it is of the wall clock in the zone. Raises Invalid."""
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        raise _wrong(where, f"{str(value)[:40]!r} is no time: write 2026-05-10T09:30:00.") from None
    return found if found.tzinfo else found.replace(tzinfo=zones.named(zone))


def _with_job(values: dict[str, Any], job: Any, files: Mapping[str, str]) -> ScheduleFile:
    if isinstance(job, str):
        job = {"job": job}
    if not isinstance(job, Mapping):
        raise _wrong("create_job", "A schedule has create_job: a job file beside it, or a job.")
    inline = {key: each for key, each in job.items() if key != "job"}
    reference = job.get("job")
    if reference is None:
        return ScheduleFile({**values, **_experiment(inline)}, document=dict(inline))
    path = str(reference)
    given = inline.get("inputs") if isinstance(inline.get("inputs"), Mapping) else {}
    values = {**values, "inputs": dict(given or {}), **_experiment(inline)}
    if path.startswith(PUBLISHED):
        return ScheduleFile(values, endpoint=path.removeprefix(PUBLISHED))
    if path.lower().startswith(("azureml:", "http://", "https://")):
        raise _wrong(
            "create_job.job", f"{path[:80]} is no file beside the schedule; {PUBLISHED}NAME names a published pipeline."
        )
    if path not in files:
        return ScheduleFile(values, needs=(path,))
    document = _mapping(files[path], path)
    settings = inline.get("settings")
    if isinstance(settings, Mapping):
        document = {**document, "settings": {**(document.get("settings") or {}), **settings}}
    return ScheduleFile(values, document=document)


def _experiment(inline: Mapping[str, Any]) -> dict[str, Any]:
    found = inline.get("experiment_name")
    return {"experiment": str(found)} if found else {}


def _mapping(text: str, what: str) -> dict[str, Any]:
    if len(text) > WHOLE_FILE:
        raise _wrong("text", f"{what} is larger than {WHOLE_FILE // 2**20} MiB.")
    try:
        found = plain_yaml.load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        at = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
        raise _wrong("text", f"{what} is no YAML{at}: {getattr(error, 'problem', None) or error}.") from None
    if not isinstance(found, Mapping):
        raise _wrong("text", f"{what} must hold a mapping of names.")
    return dict(found)


def _wrong(where: str, sentence: str) -> Invalid:
    return Invalid("bad_schedule_file", sentence, fields={where: sentence})
