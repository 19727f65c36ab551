"""What is done to a deployment that is there: scaled, restarted, rolled back, deleted."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from registry.endpoints import names, scaling, state
from registry.endpoints.models import Deployment, DeploymentRevision, Endpoint
from registry.endpoints.services import telling, waking
from registry.endpoints.specs import Spec
from studio.accounts.models import User
from studio.errors import Conflict

State = Deployment.State


def scale(*, actor: User | None, deployment: Deployment, count: int | None = None, rule: Any = None) -> Deployment:
    """So many instances from now on, or a rule that says how many. A count alone ends a rule. Raises Invalid."""
    refuse_deleting(deployment)
    spec = _spec(deployment)
    wanted = scaling.rule(rule, concurrent=spec.request_settings.max_concurrent_requests_per_instance)
    if rule is None and count is None:
        raise names.bad("instance_count", "Give a number of instances or a rule.")
    many = deployment.instance_count if count is None else scaling.count(count)
    if wanted.is_automatic:
        many = min(wanted.max, max(wanted.min, many))
    facts = {"instance_count": many, "scale": wanted.to_json()}
    to = State.SCALING if deployment.current_id and not deployment.wanted_id else None
    with transaction.atomic():
        state.move_deployment(deployment, to=to, **facts)
        detail = f"{many} instance{'' if many == 1 else 's'}"
        if wanted.is_automatic:
            detail = f"{wanted.min} to {wanted.max} instances, {wanted.target:g} requests at a time each"
        telling.event(deployment, "Scaled", f"{detail}.", actor=actor)
        telling.note_deployment(actor=actor, deployment=deployment, verb="scaled", detail=f"{detail}.")
        _new_table(deployment)
    return deployment


def restart(*, actor: User | None, deployment: Deployment) -> Deployment:
    """What it runs, started anew beside the instances that answer until then. Raises Conflict when it runs nothing."""
    refuse_deleting(deployment)
    if deployment.current is None:
        raise Conflict(
            "deployment_not_ready", f"The deployment {deployment.name} runs nothing that could be restarted.",
            hint="Deploy again.",
        )  # fmt: skip
    return _again(deployment, deployment.current, actor=actor, kind="Restarted", verb="restarted")


def roll_back_revision(*, actor: User | None, deployment: Deployment, revision: DeploymentRevision) -> Deployment:
    """What an earlier revision was, as a new one. Raises Conflict for a revision that never was ready."""
    refuse_deleting(deployment)
    if revision.live_at is None:
        raise Conflict(
            "revision_never_live", f"Revision {revision.number} never got ready, so there is nothing to go back to.",
            hint="Choose a revision that was live.",
        )  # fmt: skip
    if revision.pk == deployment.current_id and deployment.wanted_id is None:
        raise Conflict("revision_is_live", f"Revision {revision.number} is what runs already.")
    return _again(deployment, revision, actor=actor, kind="RolledBack", verb="rolled_back")


def edit_deployment(
    *,
    actor: User | None,
    deployment: Deployment,
    description: str | None = None,
    tags: Mapping[str, Any] | None = None,
    properties: Mapping[str, Any] | None = None,
) -> Deployment:
    """Other words and tags; what it runs stays."""
    facts: dict[str, Any] = {}
    if description is not None:
        facts["description"] = names.description(description)
    if tags is not None:
        facts["tags"] = names.tags(tags)
    if properties is not None:
        facts["properties"] = names.tags(properties, what="properties")
    with transaction.atomic():
        state.move_deployment(deployment, **facts)
        telling.note_deployment(actor=actor, deployment=deployment, verb="edited")
    return deployment


def delete_deployment(*, actor: User | None, deployment: Deployment) -> None:
    """The deployment with its instances. Raises Conflict while it gets traffic, unless it is the last one."""
    if deployment.state == State.DELETING:
        return
    with transaction.atomic():
        endpoint = Endpoint.objects.select_related("workspace").get(pk=deployment.endpoint_id)
        others = Deployment.objects.filter(endpoint=endpoint).exclude(pk=deployment.pk).exclude(state=State.DELETING)
        share = endpoint.traffic.get(deployment.name, 0)
        if share and others.exists():
            raise Conflict(
                "deployment_has_traffic",
                f"The deployment {deployment.name} gets {share} % of the traffic.",
                hint="Give its share to another deployment first.",
            )
        traffic = {name: part for name, part in endpoint.traffic.items() if name != deployment.name}
        mirrored = {name: part for name, part in endpoint.mirror_traffic.items() if name != deployment.name}
        state.changed(endpoint.pk, traffic=traffic, mirror_traffic=mirrored)
        telling.note_deployment(actor=actor, deployment=deployment, verb="deleted")
        waking.table(endpoint)
        begin_deletion(deployment, actor=actor)


def begin_deletion(deployment: Deployment, *, actor: User | None) -> None:
    """From here on it only goes: its instances end, then its row."""
    state.move_deployment(deployment, to=State.DELETING, wanted=None)
    telling.event(deployment, "Deleting", actor=actor)
    telling.progress(deployment, state="canceled", message="The deployment was deleted.")
    waking.look(deployment)


def refuse_deleting(deployment: Deployment) -> None:
    if deployment.state == State.DELETING or deployment.endpoint.is_deleting:
        raise Conflict("deployment_deleting", f"The deployment {deployment.name} is being deleted.")


def next_number(deployment: Deployment) -> int:
    """The next revision's number, in the transaction that makes it."""
    Deployment.objects.filter(pk=deployment.pk).update(last_number=F("last_number") + 1)
    return Deployment.objects.values_list("last_number", flat=True).get(pk=deployment.pk)


def want(deployment: Deployment, revision: DeploymentRevision) -> None:
    """Make the revision what the deployment is on its way to; an earlier wish is dropped."""
    rows = DeploymentRevision.objects.filter(deployment=deployment)
    earlier = rows.filter(pk=deployment.wanted_id).first() if deployment.wanted_id else None
    if earlier is not None:
        state.move_revision(earlier, to=DeploymentRevision.State.RETIRED, problem="Another revision was asked for.")
    to = State.UPDATING if deployment.current_id else State.CREATING
    state.move_deployment(deployment, to=to, wanted=revision, problem="")


def _again(
    deployment: Deployment, source: DeploymentRevision, *, actor: User | None, kind: str, verb: str
) -> Deployment:
    with transaction.atomic():
        revision = DeploymentRevision.objects.create(
            deployment=deployment,
            number=next_number(deployment),
            model_version=source.model_version,
            image_version=source.image_version,
            environment=source.environment,
            code=source.code,
            scoring_script=source.scoring_script,
            spec={**source.spec, "all_traffic": False},
            prepared=source.prepared,
            created_by=actor,
            created_at=timezone.now(),
        )
        want(deployment, revision)
        detail = f"As revision {revision.number}, which is what revision {source.number} was."
        telling.event(deployment, kind, detail, actor=actor)
        telling.note_deployment(actor=actor, deployment=deployment, verb=verb, detail=detail)
        telling.begin(actor=actor, deployment=deployment, title=f"Deploy {deployment}")
        waking.look(deployment)
    return deployment


def _spec(deployment: Deployment) -> Spec:
    revision = deployment.wanted or deployment.current
    return Spec.from_json(revision.spec) if revision else Spec()


def _new_table(deployment: Deployment) -> None:
    state.changed(deployment.endpoint_id)
    waking.table(deployment.endpoint)
    waking.look(deployment)
