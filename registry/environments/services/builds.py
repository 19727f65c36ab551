"""Builds: one for each content and form, begun once, tried again, stopped."""

from contextlib import suppress

from django.db import IntegrityError, transaction

from compute.building import services as building
from compute.building.plans import Plan
from compute.jobs import services as jobs
from compute.jobs.models import Job
from compute.targets import queries as targets
from compute.targets.models import ComputeTarget
from registry.environments import stages, state, telling, venvs
from registry.environments.definitions import Definition
from registry.environments.models import Environment, EnvironmentBuild
from studio.accounts.models import User
from studio.errors import Conflict, Invalid

Form = EnvironmentBuild.Form
State = EnvironmentBuild.State
IMAGE_KIND = "environment_build"
VENV_KIND = "environment_venv"
LOCAL = "local"


def build(*, actor: User | None, content: Environment, form: str) -> EnvironmentBuild:
    """The build of a content in a form: the one that is there, whatever became of it, or a new one, queued.

    One that was ready and whose folder is gone is built again. Raises Invalid for a form the content can't have.
    """
    _check(content, form)
    found = EnvironmentBuild.objects.filter(content=content, form=form).first()
    if found is not None:
        is_gone = form == Form.VENV and found.state == State.READY and not venvs.is_ready(content)
        return _again(actor, found, only_from=(State.READY,)) if is_gone else found
    try:
        with transaction.atomic():
            made = EnvironmentBuild.objects.create(content=content, form=form, created_by=actor)
            return _start(actor, made)
    except IntegrityError:
        return EnvironmentBuild.objects.get(content=content, form=form)


def image_for(*, actor: User | None, content: Environment) -> EnvironmentBuild:
    """The build of the image that containers of this environment run in, begun when nobody has."""
    return build(actor=actor, content=content, form=Form.IMAGE)


def retry(*, actor: User | None, build: EnvironmentBuild) -> EnvironmentBuild:
    """Another try for a build that failed or was canceled. Raises Conflict for one that has not."""
    if build.state not in (State.FAILED, State.CANCELED):
        raise Conflict("environment_build_state", f"The build is {build.state}: there is nothing to try again.")
    return _again(actor, build, only_from=(State.FAILED, State.CANCELED))


def image_is_gone(*, actor: User | None, content: Environment) -> None:
    """Build the image again that was ready and is no longer on the engine; somebody else may have begun already."""
    found = EnvironmentBuild.objects.filter(content=content, form=Form.IMAGE, state=State.READY).first()
    if found is None:
        return
    with suppress(Conflict):
        _again(actor, found, only_from=(State.READY,))


def cancel(*, actor: User | None, build: EnvironmentBuild) -> EnvironmentBuild:
    """Stop a build. Raises Conflict for one that has ended."""
    if build.state in EnvironmentBuild.FINAL or build.job is None:
        raise Conflict("environment_build_state", f"The build is {build.state}: there is nothing to cancel.")
    jobs.request_stop(actor=actor, job=build.job)
    build.refresh_from_db()
    return build


def _again(actor: User | None, build: EnvironmentBuild, *, only_from: tuple[str, ...]) -> EnvironmentBuild:
    with transaction.atomic():
        attempt = build.attempt + 1
        state.move(build, to=State.QUEUED, only_from=only_from, job=None, problem="")
        EnvironmentBuild.objects.filter(pk=build.pk).update(attempt=attempt, created_by=actor or build.created_by)
        build.refresh_from_db()
        return _start(actor, build)


def _start(actor: User | None, build: EnvironmentBuild) -> EnvironmentBuild:
    """Queue the job of a build that is `queued`. The caller holds the transaction."""
    telling.begin(actor=actor, build=build)
    build.job = _image_job(actor, build) if build.form == Form.IMAGE else _venv_job(actor, build)
    build.save(update_fields=["job"])
    return build


def _image_job(actor: User | None, build: EnvironmentBuild) -> Job:
    return building.start(
        actor=actor,
        workspace=build.content.workspace,
        kind=IMAGE_KIND,
        title=telling.title(build),
        plan=Plan(stages=(stages.stage_of(build.content),)),
        subject=build.subject,
    )


def _venv_job(actor: User | None, build: EnvironmentBuild) -> Job:
    content = build.content
    definition = Definition.from_json(content.definition)
    job = jobs.create_job(
        actor=actor,
        workspace=content.workspace,
        target=_local_target(content),
        kind=VENV_KIND,
        title=telling.title(build),
        spec={
            # The runner builds the environment before any command; then it only has to start.
            "command": "python -c 'import sys; print(sys.version)'",
            "environment": {**definition.to_json(), "digest": definition.venv_digest},
        },
    )
    return jobs.enqueue(actor=actor, job=job)


def _local_target(content: Environment) -> ComputeTarget:
    found = [target for target in targets.targets_in(content.workspace) if target.kind == LOCAL]
    if not found:
        raise Invalid(
            "no_compute",
            "A virtual environment is built on this machine, and there is no compute target on it.",
            hint="Build it as an image, or add a local target on the page Compute.",
        )
    return next((target for target in found if target.name == LOCAL), found[0])


def _check(content: Environment, form: str) -> None:
    if form not in Form.values:
        raise Invalid(
            "bad_environment_form", "An environment is built as venv or as image.", fields={"form": "unknown"}
        )
    if form == Form.VENV and content.kind == Environment.Kind.DOCKERFILE:
        sentence = "An environment of a Dockerfile is built as an image only."
        raise Invalid("environment_build", sentence, fields={"form": sentence})
    if form == Form.VENV and content.kind == Environment.Kind.CURRENT:
        sentence = "The current interpreter is there already: there is nothing to build."
        raise Invalid("bad_environment_form", sentence, fields={"form": sentence})
    _check_base(content, form)


def _check_base(content: Environment, form: str) -> None:
    image = Definition.from_json(content.definition).image
    if form != Form.IMAGE or not image:
        return
    from compute.engines import base_image  # loads the engine's client, which few requests need

    base_image.check_allowed(image)
