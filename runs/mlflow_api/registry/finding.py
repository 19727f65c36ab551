"""The model, version or webhook that a request names, or MLflow's sentence that there is none."""

from typing import Any, cast

from registry.mlmodels import makers, names, queries
from registry.mlmodels.models import ModelVersion, RegisteredModel
from runs.mlflow_api import fields
from runs.mlflow_api.base import MlflowError
from studio import access
from studio.access import Permission
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import NotFound
from studio.webhooks.models import Webhook


def person(request: Any) -> User:
    """Who is calling: authentication has seen to it."""
    return cast(User, request.user)


def model(request: Any, workspace: Workspace, name: str) -> RegisteredModel:
    """What may be done with it is the view's policy: models have no rights of their own."""
    names.model_name(name)
    try:
        found = access.get_or_404(request, RegisteredModel, None, Permission.MODEL_VIEW, name=name)
    except NotFound:
        raise MlflowError("RESOURCE_DOES_NOT_EXIST", f"Registered Model with name={name} not found") from None
    found.workspace = workspace
    return found


def version(request: Any, workspace: Workspace, body: fields.Body) -> ModelVersion:
    """The version of `name` and `version`."""
    name = fields.required(body, "name")
    asked = body.get("version")
    text = str(asked) if isinstance(asked, int) and not isinstance(asked, bool) else fields.required(body, "version")
    number = names.number(text)
    names.model_name(name)
    try:
        found = queries.version_at(model(request, workspace, name), number)
    except (NotFound, MlflowError):
        message = f"Model Version (name={name}, version={text[:20]}) not found"
        raise MlflowError("RESOURCE_DOES_NOT_EXIST", message) from None
    found.model.workspace = workspace
    return found


def model_to_change(request: Any, workspace: Workspace, name: str) -> RegisteredModel:
    """The model, for a person: a job's token registers models and changes none."""
    found = model(request, workspace, name)
    makers.require_person(request)
    return found


def version_to_change(request: Any, workspace: Workspace, body: fields.Body) -> ModelVersion:
    """The version, for a person or for a job whose own run made it."""
    found = version(request, workspace, body)
    makers.require_own(request, found)
    return found


def webhook(request: Any, webhook_id: str) -> Webhook:
    pk = fields.numeric_id(webhook_id)
    try:
        if pk is None:
            raise NotFound("not_found", "There is no such webhook.")
        return access.get_or_404(request, Webhook, pk, Permission.WEBHOOK_MANAGE)
    except NotFound:
        raise MlflowError("RESOURCE_DOES_NOT_EXIST", f"Webhook with ID {webhook_id[:80]} not found.") from None
