"""What hangs on a run, found from the models themselves: a table that is added tomorrow is neither forgotten nor left."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import models

from runs.logged_models.models import LoggedModel
from runs.tracking.models import Experiment, Run, Snapshot
from studio.storage.models import Blob

Model = type[models.Model]


@dataclass(frozen=True, slots=True)
class Part:
    """A kind of row that goes with its root; `path` leads from the row to it (`model__source_run`)."""

    model: Model
    path: str

    def of(self, roots: Any) -> "models.QuerySet[Any]":
        """The rows that hang on these roots: their ids, or a query of them."""
        return self.model._base_manager.filter(**{f"{self.path}__in": roots})

    @property
    def words(self) -> str:
        return words(self.model)


@dataclass(frozen=True, slots=True)
class Reference:
    """A column of a model that refers to a row of another."""

    model: Model
    field: str

    def rows(self, **conditions: Any) -> "models.QuerySet[Any]":
        return self.model._base_manager.filter(**conditions)


@cache
def parts_of_run() -> tuple[Part, ...]:
    """What goes with a run, the deepest first. Its children are runs: they are removed as such."""
    return _parts(Run, without=(Run,))


@cache
def parts_of_model() -> tuple[Part, ...]:
    """What goes with a logged model."""
    return _parts(LoggedModel, without=())


@cache
def parts_of_experiment() -> tuple[Part, ...]:
    """What goes with an experiment that holds no run any more."""
    return _parts(Experiment, without=(Run,))


@cache
def loose_ends(target: Model) -> tuple[Reference, ...]:
    """The columns that refer to rows of `target` and are emptied when one goes."""
    relations = (relation for relation in _incoming(target) if relation.on_delete is models.SET_NULL)
    return tuple(Reference(relation.related_model, relation.field.name) for relation in relations)


@cache
def references_to(target: Model) -> tuple[Reference, ...]:
    """All columns, of whatever app, that refer to rows of `target`."""
    return tuple(Reference(relation.related_model, relation.field.name) for relation in _incoming(target))


@cache
def blob_fields(model: Model) -> tuple[str, ...]:
    return _fields_to(model, Blob)


@cache
def snapshot_fields(model: Model) -> tuple[str, ...]:
    return _fields_to(model, Snapshot)


def words(model: Model) -> str:
    """How a receipt calls rows of this kind: "metric chunks"."""
    name = str(model._meta.verbose_name)
    if name.endswith("y"):
        return f"{name[:-1]}ies"
    return f"{name}es" if name.endswith(("ch", "s", "x")) else f"{name}s"


def unreferenced(rows: "models.QuerySet[Any]", target: Model) -> "models.QuerySet[Any]":
    """Those rows of `target` that no other row refers to."""
    for reference in references_to(target):
        rows = rows.exclude(models.Exists(reference.rows(**{reference.field: models.OuterRef("pk")})))
    return rows


def _parts(root: Model, *, without: Iterable[Model]) -> tuple[Part, ...]:
    found = list(_below(root, "", set(without)))
    return tuple(sorted(found, key=lambda part: -part.path.count("__")))


def _below(model: Model, path: str, without: set[Model]) -> Iterator[Part]:
    for relation in _incoming(model):
        if relation.on_delete is not models.CASCADE or relation.related_model in without:
            continue
        part = Part(relation.related_model, f"{relation.field.name}__{path}".removesuffix("__"))
        yield part
        yield from _below(part.model, part.path, without | {part.model})


def _incoming(model: Model) -> Iterator[Any]:
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ForeignObjectRel):
            yield relation


def _fields_to(model: Model, target: Model) -> tuple[str, ...]:
    return tuple(
        field.name
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.related_model is target
    )
