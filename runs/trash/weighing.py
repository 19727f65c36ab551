"""How many bytes a selection holds, how many would really be freed, and which others need."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from runs.logged_models.models import LoggedModel, RunModel
from runs.tracking.models import Run, Snapshot
from runs.trash import anatomy
from runs.trash.scopes import Selection
from studio.storage import removal
from studio.storage.models import Blob


@dataclass(frozen=True, slots=True)
class Weight:
    """Stored bytes. `freed` goes at once, `later` within a day, `shared` stays because something else needs it."""

    held: int
    freed: int
    later: int
    shared: int
    objects: int  # how many stored files are freed, at once or within a day


def weigh(selection: Selection) -> Weight:
    """What the store holds for a selection; equal bytes are counted once, as they are stored once."""
    going = _going(selection)
    mine = Q()
    for (model, name), condition in going.items():
        mine |= Q(pk__in=model._base_manager.filter(condition).values(name))
    rows = Blob.objects.filter(mine)
    held = _sum(rows)[0]
    for reference in anatomy.references_to(Blob):
        others = reference.rows(**{reference.field: OuterRef("pk")})
        leaving = going.get((reference.model, reference.field))
        rows = rows.exclude(Exists(others if leaving is None else others.exclude(leaving)))
    freed, objects = _sum(rows.filter(removal.unclaimed()))
    later, delayed = _sum(rows.exclude(removal.unclaimed()))
    return Weight(held, freed, later, held - freed - later, objects + delayed)


def models_going(selection: Selection) -> "QuerySet[LoggedModel]":
    """The logged models that go: those in the trash, and those the runs made and no other run uses."""
    used = RunModel.objects.filter(model=OuterRef("pk")).exclude(run__in=_ids(selection.runs))
    made = LoggedModel.objects.filter(source_run__in=_ids(selection.runs)).exclude(Exists(used))
    in_experiments = Q(experiment__in=selection.experiments.values("pk"))
    chosen = Q(pk__in=made.order_by().values("pk")) | Q(pk__in=selection.models.values("pk")) | in_experiments
    return LoggedModel.objects.filter(chosen).order_by()


def snapshots_going(selection: Selection) -> "QuerySet[Snapshot]":
    """The code and input folders that only these runs use."""
    runs = _ids(selection.runs)
    used = Q(runs__in=runs)
    for reference in anatomy.references_to(Snapshot):
        path = _path(reference.model)
        if path:
            used |= Q(pk__in=reference.rows(**{f"{path}__in": runs}).values(reference.field))
    rows = Snapshot.objects.filter(used).order_by()
    for reference in anatomy.references_to(Snapshot):
        others = reference.rows(**{reference.field: OuterRef("pk")})
        path = "pk" if reference.model is Run else _path(reference.model)
        # What is no part of a run, such as a registered component, keeps its folder.
        rows = rows.exclude(Exists(others.exclude(**{f"{path}__in": runs}) if path else others))
    return rows


def _going(selection: Selection) -> dict[tuple[anatomy.Model, str], Q]:
    """Which rows that refer to blobs go: (model, column) → condition."""
    going: dict[tuple[anatomy.Model, str], Q] = {}
    roots = (
        (anatomy.parts_of_run(), _ids(selection.runs)),
        (anatomy.parts_of_model(), models_going(selection).values("pk")),
        (anatomy.parts_of_experiment(), selection.experiments.values("pk")),
    )
    for parts, ids in roots:
        for part in parts:
            for name in anatomy.blob_fields(part.model):
                condition = Q(**{f"{part.path}__in": ids, f"{name}__isnull": False})
                going[part.model, name] = going.get((part.model, name), Q(pk__in=())) | condition
    going[Snapshot, "blob"] = Q(pk__in=snapshots_going(selection).values("pk"))
    return going


def _path(model: anatomy.Model) -> str:
    """Its way to the run it is a part of; empty where it is none."""
    return next((part.path for part in anatomy.parts_of_run() if part.model is model), "")


def _ids(runs: "QuerySet[Run]") -> "QuerySet[Run]":
    return runs.order_by().values("pk")  # type: ignore[return-value]


def _sum(rows: "QuerySet[Blob]") -> tuple[int, int]:
    found = rows.aggregate(total=Sum("size"), count=Count("pk"))
    return found["total"] or 0, found["count"]
