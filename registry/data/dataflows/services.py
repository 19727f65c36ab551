"""Dataflows: made, worked on, saved as versions, put away."""

from collections.abc import Mapping
from typing import Any

from atelier.dataflow import Recipe
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from registry.data import names
from registry.data.dataflows import queries, recipes, uses
from registry.data.dataflows.models import Dataflow, DataflowVersion
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity import services as activity
from studio.errors import Conflict, NotFound
from studio.lineage import services as lineage
from studio.lineage.things import Thing
from studio.live import topics
from studio.live.publish import publish

MAX_NOTE = 500


class DraftChanged(Conflict):
    """Somebody else saved the draft meanwhile: `stamp` is what it stands at now."""

    def __init__(self, stamp: int) -> None:
        super().__init__(
            "draft_changed",
            "The draft was changed on another page or by somebody else meanwhile.",
            hint="Load the draft as it is now, then make your change again.",
        )
        self.extensions = {"stamp": stamp}


def create_flow(
    *, actor: User | None, workspace: Workspace, name: str, source: str, description: str = "", steps: Any = ()
) -> Dataflow:
    """A flow that begins with this data. Raises Conflict `dataflow_exists`, NotFound for the data, Invalid."""
    names.asset_name(name)
    recipe = recipes.read({"source": source, "steps": list(steps)})
    recipe = recipes.pinned(recipe, recipes.source_of(workspace, source))
    try:
        with transaction.atomic():
            flow = Dataflow.objects.create(
                workspace=workspace, name=name, description=names.description(description), draft=recipe.to_dict(),
                created_by=actor,
            )  # fmt: skip
            _note(actor, flow, "created")
    except IntegrityError:
        raise _taken(name) from None
    return flow


def save_draft(*, actor: User | None, flow: Dataflow, recipe: Mapping[str, Any], stamp: int) -> Dataflow:
    """The draft as it is now on somebody's page, which had read it at `stamp`. Raises DraftChanged and Invalid."""
    found = recipes.read(recipe)
    if found.source != flow.draft.get("source"):
        found = recipes.pinned(found, recipes.source_of(flow.workspace, found.source))
    _put_draft(flow, found, stamp)
    return queries.current(flow)


def save_version(
    *, actor: User | None, flow: Dataflow, note: str = "", stamp: int | None = None, recipe: Any = None
) -> DataflowVersion:
    """The draft, or the recipe given, as the next version, after it was tried on a sample.

    Raises Invalid `bad_recipe` naming step and parameter, DraftChanged when the draft is not the one at `stamp`.
    """
    if stamp is not None and stamp != flow.draft_stamp:
        raise DraftChanged(flow.draft_stamp)
    wanted = recipes.read(flow.draft if recipe is None else recipe)
    source = recipes.source_of(flow.workspace, wanted.source)
    wanted = recipes.pinned(wanted, source)
    recipes.require_sound(flow.workspace, wanted)
    with transaction.atomic():
        number = _next_number(flow)
        version = DataflowVersion.objects.create(
            flow=flow, number=number, recipe=wanted.to_dict(), source=source, note=note[:MAX_NOTE], created_by=actor
        )
        _link(version, wanted)
        _note(actor, flow, "saved", detail=f"Version {number}. {note[:200]}".strip())
    return version


def version_of_draft(*, actor: User | None, flow: Dataflow, stamp: int | None = None) -> DataflowVersion:
    """The newest version when it is what the draft says, else the draft saved as one: what runs is always a version."""
    if stamp is not None and stamp != flow.draft_stamp:
        raise DraftChanged(flow.draft_stamp)
    newest = queries.versions_of(flow).first()
    if newest is not None and newest.recipe == flow.draft:
        return newest
    return save_version(actor=actor, flow=flow, note="Saved to be run.", stamp=stamp)


def restore_version(*, actor: User | None, version: DataflowVersion, stamp: int | None = None) -> Dataflow:
    """The version's recipe as the draft. Raises DraftChanged when the draft is not the one at `stamp`."""
    flow = version.flow
    with transaction.atomic():
        _put_draft(flow, recipes.read(version.recipe), flow.draft_stamp if stamp is None else stamp)
        _note(actor, flow, "restored", detail=f"Version {version.number} is the draft again.")
    return queries.current(flow)


def edit_flow(
    *,
    actor: User | None,
    flow: Dataflow,
    name: str | None = None,
    description: str | None = None,
    is_archived: bool | None = None,
) -> Dataflow:
    """Another name or other words; put away, or brought back. Raises Conflict `dataflow_exists`."""
    if name is not None:
        flow.name = names.asset_name(name)
    if description is not None:
        flow.description = names.description(description)
    was_archived, flow.is_archived = flow.is_archived, flow.is_archived if is_archived is None else is_archived
    flow.updated_at = timezone.now()
    verb = "edited"
    if flow.is_archived != was_archived:
        verb = "archived" if flow.is_archived else "brought_back"
    try:
        with transaction.atomic():
            flow.save(update_fields=["name", "description", "is_archived", "updated_at"])
            _note(actor, flow, verb)
    except IntegrityError:
        raise _taken(flow.name) from None
    return flow


def delete_flow(*, actor: User | None, flow: Dataflow) -> None:
    """The flow with all its versions. Raises Conflict `dataflow_in_use` while something uses it."""
    why = uses.of(flow)
    if why:
        raise Conflict("dataflow_in_use", " ".join(why[:5]), hint="Archive it instead, or wait until it is free.")
    with transaction.atomic():
        keys = [str(pk) for pk in queries.versions_of(flow).values_list("pk", flat=True)]
        lineage.forget_all(workspace=flow.workspace, kind="dataflow_version", ids=keys)
        _note(actor, flow, "deleted")
        flow.delete()


def _put_draft(flow: Dataflow, recipe: Recipe, stamp: int) -> None:
    rows = Dataflow.objects.filter(pk=flow.pk, draft_stamp=stamp)
    if not rows.update(draft=recipe.to_dict(), draft_stamp=F("draft_stamp") + 1, updated_at=timezone.now()):
        now = Dataflow.objects.filter(pk=flow.pk).values_list("draft_stamp", flat=True).first()
        if now is None:
            raise NotFound("not_found", f"The dataflow {flow.name} was deleted meanwhile.")
        raise DraftChanged(now)
    publish(topics.workspace(flow.workspace.slug), f"dataflow-{flow.pk}")


def _next_number(flow: Dataflow) -> int:
    """One more than the last, in the transaction of the version: two at a time wait for each other, none is lost."""
    rows = Dataflow.objects.filter(pk=flow.pk)
    if not rows.update(last_number=F("last_number") + 1, updated_at=timezone.now()):
        raise NotFound("not_found", f"The dataflow {flow.name} was deleted meanwhile.")
    return rows.values_list("last_number", flat=True).get()


def _link(version: DataflowVersion, recipe: Recipe) -> None:
    """The data that the recipe reads leads to it; what it joins may not be there under a moving name."""
    workspace, target = version.flow.workspace, Thing("dataflow_version", str(version.pk))
    for reference in [recipe.source, *recipes.others_of(recipe)]:
        data = recipes.source_of(workspace, reference)
        lineage.link(
            workspace=workspace, source=Thing("data_version", str(data.pk)), target=target, verb="prepared_by"
        )  # fmt: skip


def _note(actor: User | None, flow: Dataflow, verb: str, detail: str = "") -> None:
    url = "" if verb == "deleted" else flow.get_absolute_url()
    activity.record(
        actor=actor, workspace=flow.workspace, verb=f"dataflow.{verb}", subject=flow.subject, label=flow.name,
        url=url, detail=detail,
    )  # fmt: skip
    publish(topics.workspace(flow.workspace.slug), "dataflows")


def _taken(name: str) -> Conflict:
    message = f"There is a dataflow {name} already."
    return Conflict("dataflow_exists", message, hint="Give another name.", fields={"name": message})
