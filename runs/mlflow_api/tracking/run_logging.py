"""What a script logs: metrics, parameters and tags, one by one or in batches."""

from functools import partial
from typing import Any

import orjson
from django.db import transaction

from runs.logged_models import services as logged_models
from runs.logged_models.services import MetricRow
from runs.mlflow_api import fields
from runs.mlflow_api.short_way import SmallWrite
from runs.mlflow_api.tracking import finding, points, well_known
from runs.tracking.metrics import services as metrics
from runs.tracking.metrics.columns import nothing
from runs.tracking.models import Run
from runs.tracking.services import reported
from studio.access import Permission
from studio.access.models import Workspace

MAX_METRICS = 1_000
MAX_PARAMS_OR_TAGS = 100
MAX_ENTITIES = 1_000
MODEL_FACTS = ("artifact_path", "utc_time_created", "run_id", "model_uuid")  # what the tag keeps, with the flavors


def _run(request: Any, workspace: Workspace, body: fields.Body) -> Run:
    return finding.run(request, workspace, fields.required(body, "run_id", "run_uuid"), Permission.RUN_LOG)


class LogMetric(SmallWrite):
    def record(self, request: Any, workspace: Workspace, body: fields.Body) -> None:
        run_id = fields.required(body, "run_id", "run_uuid")
        key, step, time_ms, value = points.one(body)
        of_models = points.of_models([body])
        run = finding.run(request, workspace, run_id, Permission.RUN_LOG)
        if not of_models:
            metrics.append_point(run=run, key=key, step=step, time_ms=time_ms, value=value)
            return
        with transaction.atomic():
            _besides(run, {}, {}, of_models)
            metrics.append_point(run=run, key=key, step=step, time_ms=time_ms, value=value)


class LogParameter(SmallWrite):
    def record(self, request: Any, workspace: Workspace, body: fields.Body) -> None:
        run_id = fields.required(body, "run_id", "run_uuid")
        key, value = fields.required(body, "key"), fields.text(body, "value")
        fields.check_param(key, value)
        run = finding.run(request, workspace, run_id, Permission.RUN_LOG)
        try:
            reported.add_params(run=run, params={key: value})
        except reported.ParamsChanged as error:
            old, new = error.changed[key]
            raise fields.bad(
                f"Changing param values is not allowed. Param with key='{key}' was already logged with value='{old}' "
                f"for run ID='{run.pk}'. Attempted logging new value '{new}'."
            ) from error


class SetTag(SmallWrite):
    def record(self, request: Any, workspace: Workspace, body: fields.Body) -> None:
        run_id = fields.required(body, "run_id", "run_uuid")
        key, value = fields.required(body, "key"), fields.text(body, "value")
        fields.check_tag(key, value)
        run = finding.run(request, workspace, run_id, Permission.RUN_LOG)
        well_known.set_tags(run, {key: value})


class DeleteTag(SmallWrite):
    def record(self, request: Any, workspace: Workspace, body: fields.Body) -> None:
        run = _run(request, workspace, body)
        well_known.delete_tag(run, fields.required(body, "key"))


class LogBatch(SmallWrite):
    """Metrics, parameters and tags: all of them or, when one is refused, none."""

    def record(self, request: Any, workspace: Workspace, body: fields.Body) -> None:
        run_id = fields.required(body, "run_id", "run_uuid")
        found, params, tags = (fields.items(body, name) for name in ("metrics", "params", "tags"))
        columns = points.columns(found) if found else nothing()
        of_models = points.of_models(found)
        param_map, tag_map = _params(body), fields.tag_map(body)
        _check_counts(len(found), len(params), len(tags))
        run = finding.run(request, workspace, run_id, Permission.RUN_LOG)
        besides = partial(_besides, run, param_map, tag_map, of_models) if param_map or tag_map or of_models else None
        metrics.append(run=run, columns=columns, besides=besides)


def _besides(run: Run, params: dict[str, str], tags: dict[str, str], of_models: list[MetricRow]) -> None:
    if of_models:
        logged_models.log_metrics(actor=None, run=run, rows=of_models)
    if params:
        try:
            reported.add_params(run=run, params=params)
        except reported.ParamsChanged as error:
            changed = [{"key": key, "old_value": old, "new_value": new} for key, (old, new) in error.changed.items()]
            raise fields.bad(
                f"Changing param values is not allowed. Params were already logged='{changed}' for run ID='{run.pk}'."
            ) from error
    if tags:
        well_known.set_tags(run, tags)


def _params(body: fields.Body) -> dict[str, str]:
    pairs = fields.pairs(body, "params")
    for index, (key, value) in enumerate(pairs):
        fields.check_param(key, value, path=f"params[{index}].")
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        doubled = [key for index, key in enumerate(keys) if key in keys[:index]]
        raise fields.bad(
            f"Duplicate parameter keys have been submitted: {fields.shown_list(doubled)}. Please ensure the request "
            "contains only one param value per param key."
        )
    return found


def _check_counts(metrics_count: int, params: int, tags: int) -> None:
    limits = (
        ("metrics", MAX_METRICS, metrics_count),
        ("params", MAX_PARAMS_OR_TAGS, params),
        ("tags", MAX_PARAMS_OR_TAGS, tags),
        ("metrics, params, and tags", MAX_ENTITIES, metrics_count + params + tags),
    )
    for name, limit, count in limits:
        if count > limit:
            raise fields.bad(
                f"A batch logging request can contain at most {limit} {name}. Got {count} {name}. Please split up "
                f"{name} across multiple requests and try again."
            )


class LogModel(SmallWrite):
    """A model that was stored among the run's artifacts, noted in a tag as older clients do."""

    def record(self, request: Any, workspace: Workspace, body: fields.Body) -> None:
        run_id, text = fields.required(body, "run_id"), fields.required(body, "model_json")
        try:
            model = orjson.loads(text)
        except orjson.JSONDecodeError:
            raise fields.bad(f"Malformed model info. \n {text[:500]} \n is not a valid JSON.") from None
        absent = {"artifact_path", "flavors", "utc_time_created", "run_id"} - set(
            model if isinstance(model, dict) else ()
        )
        if absent:
            raise fields.bad(f"Model json is missing mandatory fields: {sorted(absent)}")
        run = finding.run(request, workspace, run_id, Permission.RUN_LOG)
        reported.note_model(run=run, model=_noted(model))


def _noted(model: dict[str, Any]) -> dict[str, Any]:
    """What the history keeps of a model: no flavor's own settings, which may be long."""
    flavors = model["flavors"] if isinstance(model["flavors"], dict) else {}
    kept = {
        name: {key: value for key, value in flavor.items() if key != "config"} if isinstance(flavor, dict) else flavor
        for name, flavor in flavors.items()
    }
    return {**{name: model[name] for name in MODEL_FACTS if name in model}, "flavors": kept}
