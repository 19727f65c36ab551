"""One sampled request as the records of its collections, in the shape in which Azure's collector writes them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from registry.endpoints import collecting
from registry.endpoints.models import Deployment
from registry.endpoints.monitoring import bodies
from registry.mlmodels.models import ModelVersion

TYPES = {
    collecting.INPUTS: "azureml.inference.inputs",
    collecting.OUTPUTS: "azureml.inference.outputs",
    collecting.BOTH: "azureml.inference.inputs_outputs",
    collecting.REQUEST: "azureml.inference.request",
    collecting.RESPONSE: "azureml.inference.response",
}
_SPACE = uuid.UUID("5d1f3d5e-6c1f-4f3c-9a53-8f6f0a7d2c11")


@dataclass(frozen=True, slots=True)
class Source:
    """What all records of a deployment share."""

    place: str  # /workspaces/…/deployments/…
    model: str
    collections: tuple[str, ...]
    inputs: tuple[str, ...] = field(default=())  # the columns of its model's signature
    outputs: tuple[str, ...] = field(default=())


def source_of(deployment: Deployment) -> Source:
    endpoint = deployment.endpoint
    version = model_of(deployment)
    signature = (version.signature or {}) if version else {}
    return Source(
        place=f"/workspaces/{endpoint.workspace.slug}/endpoints/{endpoint.name}/deployments/{deployment.name}",
        model=f"{version.model.name}:{version.number}" if version else "",
        collections=tuple(collecting.enabled(deployment.collector)),
        inputs=_columns(signature.get("inputs")),
        outputs=_columns(signature.get("outputs")),
    )


def model_of(deployment: Deployment) -> ModelVersion | None:
    """The model that answers: the deployment's own, or the first of its image."""
    revision = deployment.current
    if revision is None:
        return None
    if revision.model_version_id:
        return ModelVersion.objects.select_related("model__workspace").get(pk=revision.model_version_id)
    if revision.image_version is None:
        return None
    held = revision.image_version.model_versions.select_related("model__workspace")
    return held.order_by("in_images__position").first()


def records(source: Source, said: dict[str, Any], at: float, key: str) -> dict[str, dict[str, Any]]:
    """A record for each collection that is on; one whose body is no table has none. `key` is the request's own."""
    asked = bodies.rows(_text(said, "request"), _kind(said, "request"), names=source.inputs, single="input")
    answered = bodies.rows(_text(said, "response"), _kind(said, "response"), names=source.outputs, single="prediction")
    data: dict[str, Any] = {
        collecting.INPUTS: asked,
        collecting.OUTPUTS: answered,
        collecting.BOTH: _joined(asked, answered),
        collecting.REQUEST: _text(said, "request"),
        collecting.RESPONSE: _text(said, "response"),
    }
    return {name: _record(source, said, at, key, name, data[name]) for name in source.collections if data[name]}


def _record(source: Source, said: dict[str, Any], at: float, key: str, name: str, data: Any) -> dict[str, Any]:
    is_table = isinstance(data, list)
    of = "response" if name in (collecting.OUTPUTS, collecting.RESPONSE) else "request"
    return {
        "specversion": "1.0",
        "id": str(uuid.uuid5(_SPACE, f"{key}/{name}")),
        "source": source.place,
        "type": TYPES[name],
        "datacontenttype": "application/json" if is_table else _kind(said, of)[:100] or "application/octet-stream",
        "time": datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "data": data,
        "correlationid": str(uuid.uuid5(_SPACE, key)),
        "xrequestid": str(said.get("id") or "")[:64],
        "modelversion": source.model,
        "collectdatatype": "pandas.core.frame.DataFrame" if is_table else "str",
        "agent": "atelier-gateway",
    }


def _joined(asked: Sequence[bodies.Row], answered: Sequence[bodies.Row]) -> list[bodies.Row]:
    """Each row with its prediction, where there are as many."""
    if len(asked) != len(answered):
        return []
    return [{**row, **answer} for row, answer in zip(asked, answered, strict=True)]


def _text(said: dict[str, Any], name: str) -> str | None:
    value = said.get(name)
    return value if isinstance(value, str) else None


def _kind(said: dict[str, Any], name: str) -> str:
    return str(said.get(f"{name}_type") or "")


def _columns(listed: Any) -> tuple[str, ...]:
    """Their names, where all have one."""
    found = listed if isinstance(listed, list) else []
    names = [str(each.get("name") or "") for each in found if isinstance(each, dict)]
    return tuple(names) if len(names) == len(found) and all(names) else ()
