"""Registered models and their aliases."""

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from registry.mlmodels import makers, names, queries, search, stages
from registry.mlmodels.models import PROMPT_TAG, RegisteredModel
from registry.mlmodels.services import aliases, models
from runs.mlflow_api import fields
from runs.mlflow_api.base import MlflowError, MlflowView
from runs.mlflow_api.registry import finding, paging, shapes
from studio.access import Permission
from studio.errors import Conflict

DEFAULT_PAGE, LONGEST_PAGE = 100, 1_000
MAX_TAG = names.MAX_VALUE


class Create(MlflowView):
    policy: ClassVar = {"POST": Permission.MODEL_EDIT}

    def post(self, request: Request, workspace: str) -> Response:
        body = fields.body_of(request)
        name = fields.required(body, "name")
        tags = dict(fields.pairs(body, "tags"))
        try:
            model = models.create_model(
                actor=finding.person(request),
                workspace=self.workspace,
                name=name,
                description=fields.text(body, "description"),
                tags=tags,
            )
        except Conflict:
            raise _taken(queries.model_named(self.workspace, name), name, tags) from None
        return Response({"registered_model": shapes.model(model)})


class Get(MlflowView):
    policy: ClassVar = {"GET": Permission.MODEL_VIEW}

    def get(self, request: Request, workspace: str) -> Response:
        model = finding.model(request, self.workspace, fields.required(fields.body_of(request), "name"))
        return Response({"registered_model": _shown(model)})


class Update(MlflowView):
    policy: ClassVar = {"PATCH": Permission.MODEL_EDIT, "POST": Permission.MODEL_EDIT}

    def patch(self, request: Request, workspace: str) -> Response:
        body = fields.body_of(request)
        model = finding.model_to_change(request, self.workspace, fields.required(body, "name"))
        models.edit_model(actor=finding.person(request), model=model, description=fields.text(body, "description"))
        return Response({"registered_model": _shown(model)})

    post = patch


class Rename(MlflowView):
    policy: ClassVar = {"POST": Permission.MODEL_EDIT}

    def post(self, request: Request, workspace: str) -> Response:
        body = fields.body_of(request)
        name, new_name = fields.required(body, "name"), fields.required(body, "new_name")
        model = finding.model_to_change(request, self.workspace, name)
        try:
            models.rename_model(actor=finding.person(request), model=model, name=new_name)
        except Conflict:
            raise _exists(f"Registered Model (name={new_name}) already exists.") from None
        return Response({"registered_model": _shown(model)})


class Delete(MlflowView):
    policy: ClassVar = {"DELETE": Permission.MODEL_DELETE}

    def delete(self, request: Request, workspace: str) -> Response:
        model = finding.model(request, self.workspace, fields.required(fields.body_of(request), "name"))
        models.delete_model(actor=finding.person(request), model=model)
        return Response({})


class Search(MlflowView):
    policy: ClassVar = {"GET": Permission.MODEL_VIEW, "POST": Permission.MODEL_VIEW}

    def get(self, request: Request, workspace: str) -> Response:
        body = fields.body_of(request, "order_by")
        size = fields.within(body, "max_results", default=DEFAULT_PAGE, low=1, high=LONGEST_PAGE)
        rows = search.models(self.workspace, fields.text(body, "filter"))
        order = search.model_order(", ".join(_order_by(body)))
        found, token = paging.page(
            queries.with_parts(rows).order_by(*order), token=fields.text(body, "page_token"), size=size
        )
        latest = queries.latest_by_stage([model.pk for model in found])
        answer: dict[str, Any] = {
            "registered_models": [shapes.model(model, latest.get(model.pk, ())) for model in found]
        }
        return Response({**answer, "next_page_token": token} if token else answer)

    post = get


class LatestVersions(MlflowView):
    policy: ClassVar = {"GET": Permission.MODEL_VIEW, "POST": Permission.MODEL_VIEW}

    def get(self, request: Request, workspace: str) -> Response:
        body = fields.body_of(request, "stages")
        model = finding.model(request, self.workspace, fields.required(body, "name"))
        wanted = [stages.named(self.workspace, stage).name for stage in fields.texts(body, "stages")]
        found = queries.latest_by_stage([model.pk], wanted).get(model.pk, [])
        return Response({"model_versions": [shapes.version(version) for version in found]})

    post = get


class SetTag(MlflowView):
    policy: ClassVar = {"POST": Permission.MODEL_EDIT}

    def post(self, request: Request, workspace: str) -> Response:
        body = fields.body_of(request)
        name, key = fields.required(body, "name"), fields.required(body, "key")
        model = finding.model_to_change(request, self.workspace, name)
        models.set_tags(actor=finding.person(request), model=model, tags={key: fields.text(body, "value")})
        return Response({})


class DeleteTag(MlflowView):
    policy: ClassVar = {"DELETE": Permission.MODEL_EDIT}

    def delete(self, request: Request, workspace: str) -> Response:
        body = fields.body_of(request)
        name, key = fields.required(body, "name"), fields.required(body, "key")
        names.tag(key, "")
        model = finding.model_to_change(request, self.workspace, name)
        models.set_tags(actor=finding.person(request), model=model, tags={key: None})
        return Response({})


class Alias(MlflowView):
    """A version by its alias; the alias set and taken away."""

    policy: ClassVar = {
        "GET": Permission.MODEL_VIEW,
        "POST": Permission.MODEL_EDIT,
        "DELETE": Permission.MODEL_EDIT,
    }

    def get(self, request: Request, workspace: str) -> Response:
        body = fields.body_of(request)
        name, alias = fields.required(body, "name"), names.alias(fields.required(body, "alias"))
        model = finding.model(request, self.workspace, name)
        if alias.lower() == names.LATEST:
            return self._latest(model)
        found = queries.alias_of(model, alias)
        if found is None:
            raise fields.bad(f"Registered model alias {alias} not found.")
        return Response({"model_version": shapes.version(queries.version_at(model, found.version.number))})

    def post(self, request: Request, workspace: str) -> Response:
        body = fields.body_of(request)
        fields.required(body, "name")
        alias = names.new_alias(fields.required(body, "alias"))
        version = finding.version_to_change(request, self.workspace, body)
        aliases.set_alias(actor=finding.person(request), version=version, name=alias)
        return Response({})

    def delete(self, request: Request, workspace: str) -> Response:
        body = fields.body_of(request)
        name, alias = fields.required(body, "name"), fields.required(body, "alias")
        model = finding.model(request, self.workspace, name)
        found = queries.alias_of(model, alias)
        if found is not None:
            makers.require_own(request, found.version)
        aliases.delete_alias(actor=finding.person(request), model=model, name=alias)
        return Response({})

    def _latest(self, model: RegisteredModel) -> Response:
        found = queries.latest_by_stage([model.pk]).get(model.pk)
        if not found:
            raise MlflowError("RESOURCE_DOES_NOT_EXIST", f"Latest version not found for model {model.name}.")
        return Response({"model_version": shapes.version(max(found, key=lambda version: version.number))})


def _shown(model: RegisteredModel) -> dict[str, Any]:
    return shapes.model(model, queries.latest_by_stage([model.pk]).get(model.pk, ()))


def _order_by(body: fields.Body) -> list[str]:
    return [part for part in fields.texts(body, "order_by") if part.strip()]


def _taken(existing: RegisteredModel | None, name: str, tags: dict[str, str]) -> MlflowError:
    """MLflow's sentence for a name that is taken: by the same kind of thing, or by the other."""
    old = "Prompt" if existing is not None and queries.is_prompt(existing) else "Registered Model"
    new = "Prompt" if PROMPT_TAG in tags else "Registered Model"
    if old == new:
        return _exists(f"{new} (name={name}) already exists.")
    return _exists(
        f"Tried to create a {new.lower()} with name {name!r}, but the name is already taken by a {old.lower()}."
        " MLflow does not allow creating a model and a prompt with the same name."
    )


def _exists(message: str) -> MlflowError:
    return MlflowError("RESOURCE_ALREADY_EXISTS", message)
