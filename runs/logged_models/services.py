"""Writing logged models: their rows, their files, and which runs made or read them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from runs.logged_models import files, state
from runs.logged_models.models import (
    LoggedModel,
    LoggedModelFile,
    LoggedModelMetric,
    LoggedModelParam,
    LoggedModelTag,
    RunModel,
)
from runs.tracking.models import Experiment, Run
from runs.tracking.names import new_run_name
from runs.tracking.services import experiments, words
from studio.accounts.models import User
from studio.activity import services as activity
from studio.errors import Conflict, Invalid, NotFound
from studio.live import topics
from studio.live.pacing import publish_paced
from studio.live.publish import publish
from studio.storage import blobs

MAX_KEY = 255
MAX_NAME = 500
FORBIDDEN_IN_NAME = "/:.%\"'"
MAX_ITEMS = 10_000


@dataclass(frozen=True, slots=True)
class MetricRow:
    """A point that a run measured of a model; a value that is no number is None."""

    model_id: str
    key: str
    value: float | None
    time_ms: int
    step: int = 0
    dataset_name: str = ""
    dataset_digest: str = ""


def create_model(
    *,
    actor: User,
    experiment: Experiment,
    name: str = "",
    source_run: Run | None = None,
    model_type: str = "",
    params: Mapping[str, str] | None = None,
    tags: Mapping[str, str] | None = None,
) -> LoggedModel:
    """A model that waits for its files. Without a name it gets one.

    Raises Invalid for a name or text that can't be stored, Conflict for an experiment in the trash.
    """
    experiments.refuse_trashed(experiment)
    clean_params, clean_tags = _clean(params or {}, 6000), _clean(tags or {}, 8000)
    values = {"name": _clean_name(name) if name else new_run_name(), "model_type": _text(model_type, "model_type", 500)}
    with transaction.atomic():
        model = LoggedModel.objects.create(
            workspace_id=experiment.workspace_id,
            experiment=experiment,
            source_run=source_run,
            created_by=actor,
            **values,
        )
        _write(LoggedModelParam, model, clean_params)
        _write(LoggedModelTag, model, clean_tags)
        if source_run is not None:
            publish(topics.run(source_run.pk), "artifacts")
    return model


def finalize_model(*, actor: User, model: LoggedModel, to: str, message: str = "") -> LoggedModel:
    """Say that the model's files are complete, or that writing them failed."""
    if to not in state.ENDS:
        raise Invalid("invalid_fields", "A logged model ends as READY or FAILED.", fields={"status": "READY or FAILED"})
    with transaction.atomic():
        state.move(model, to=to, message=message)
        _hint(model)
    return model


def log_params(*, actor: User, model: LoggedModel, params: Mapping[str, str]) -> None:
    """Record parameters. The same value again is fine; another value raises Invalid."""
    wanted = _clean(params, 6000)
    with transaction.atomic():
        present = dict(model.params.filter(key__in=list(wanted)).values_list("key", "value"))
        changed = [key for key, value in present.items() if value != wanted[key]]
        if changed:
            message = f"The parameter {changed[0]!r} of this model has another value already: {present[changed[0]]!r}."
            raise Invalid("param_differs", message, hint="Parameters of a logged model stay as they were logged.")
        _write(LoggedModelParam, model, {key: wanted[key] for key in wanted if key not in present})
        _touch(model)


def set_tags(*, actor: User, model: LoggedModel, tags: Mapping[str, str]) -> None:
    wanted = _clean(tags, 8000)
    with transaction.atomic():
        rows = [LoggedModelTag(model=model, key=key, value=value) for key, value in wanted.items()]
        LoggedModelTag.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["model", "key"], update_fields=["value"]
        )
        _touch(model)


def delete_tag(*, actor: User, model: LoggedModel, key: str) -> None:
    """Raises NotFound when the model has no such tag."""
    with transaction.atomic():
        removed, _ = model.tags.filter(key=key).delete()
        if not removed:
            raise NotFound("not_found", f"No tag with key {key!r} found for model with ID {model.pk!r}.")
        _touch(model)


def delete_model(*, actor: User, model: LoggedModel) -> None:
    """Put the model into the trash: lists and searches leave it out, its files stay."""
    now = timezone.now()
    with transaction.atomic():
        if LoggedModel.objects.filter(pk=model.pk, deleted_at=None).update(deleted_at=now, updated_at=now):
            activity.record(
                actor=actor,
                workspace=model.workspace,
                verb="logged_model.deleted",
                subject=f"logged_model:{model.pk}",
                label=model.name,
                url=model.get_absolute_url(),
            )
            _hint(model)


def log_metrics(*, actor: User | None, run: Run, rows: Sequence[MetricRow]) -> int:
    """Record points that name a model, beside the run's own. Answers how many were taken.

    Points of models that are not in the run's workspace are left out; the same point twice is one.
    """
    known = set(
        LoggedModel.objects.filter(
            pk__in={row.model_id for row in rows}, workspace_id=run.workspace_id, deleted_at=None
        ).values_list("pk", flat=True)
    )
    made = [
        LoggedModelMetric(
            run=run,
            model_id=row.model_id,
            key=row.key,
            value=None if row.value is None or row.value != row.value else row.value,
            time_ms=row.time_ms,
            step=row.step,
            dataset_name=row.dataset_name[:500],
            dataset_digest=row.dataset_digest[:36],
        )
        for row in rows
        if row.model_id in known
    ]
    LoggedModelMetric.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def log_uses(*, actor: User, run: Run, direction: str, models: Sequence[tuple[str, int]]) -> None:
    """Record that `run` made or read models, each (model id, step). Raises NotFound for a model that is not there."""
    wanted = dict(models)
    here = LoggedModel.objects.filter(pk__in=wanted, workspace_id=run.workspace_id)
    missing = set(wanted) - set(here.values_list("pk", flat=True))
    if missing:
        raise NotFound("not_found", f"Logged model with ID {min(missing)!r} not found.")
    rows = [RunModel(run=run, model_id=pk, direction=direction, step=step) for pk, step in wanted.items()]
    with transaction.atomic():
        RunModel.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["run", "model", "direction"], update_fields=["step"]
        )
        publish(topics.run(run.pk), "status")


def put_file(
    *, actor: User | None, model: LoggedModel, path: str, stream: blobs.Readable, sha256: str = ""
) -> LoggedModelFile:
    """Store a file of the model, replacing what was there. Raises Invalid for a path that can't be one."""
    made = files.shelf_of(model).put(path, stream, limit=settings.ARTIFACT_LIMIT_BYTES, sha256=sha256)
    _hint(model)
    return made


def delete_files(*, actor: User, model: LoggedModel, path: str) -> int:
    """Remove a file or a folder. Raises NotFound when there is neither."""
    removed = files.shelf_of(model).delete(path)
    _hint(model)
    return removed


def _clean(values: Mapping[str, str], limit: int) -> dict[str, str]:
    if len(values) > MAX_ITEMS:
        raise Invalid("too_many", f"Give at most {MAX_ITEMS:,} of them at a time.")
    return {
        _text(key, "key", MAX_KEY, required=True): _text(value, f"value of {key}", limit)
        for key, value in values.items()
    }


def _clean_name(name: str) -> str:
    clean = _text(name, "name", MAX_NAME, required=True)
    if any(letter in FORBIDDEN_IN_NAME for letter in clean):
        message = (
            f"Invalid model name ({name[:80]!r}) provided. Model name must be a non-empty string and cannot contain the"
            f" following characters: {' '.join(FORBIDDEN_IN_NAME)}"
        )
        raise Invalid("invalid_fields", message, fields={"name": message})
    return clean


def _text(text: str, field: str, limit: int, required: bool = False) -> str:
    return words.clean_text(text, field=field, limit=limit, required=required)


def _write(kind: type[Any], model: LoggedModel, values: Mapping[str, str]) -> None:
    rows: Iterable[Any] = (kind(model=model, key=key, value=value) for key, value in values.items())
    try:
        with transaction.atomic():
            kind.objects.bulk_create(rows)
    except IntegrityError:
        raise Conflict("key_taken", "Somebody has written one of these at the same moment: send it again.") from None


def _touch(model: LoggedModel) -> None:
    model.updated_at = timezone.now()
    LoggedModel.objects.filter(pk=model.pk).update(updated_at=model.updated_at)
    _hint(model)


def _hint(model: LoggedModel) -> None:
    if model.source_run_id:
        publish_paced(topics.run(model.source_run_id), "artifacts")
