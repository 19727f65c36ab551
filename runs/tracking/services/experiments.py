"""Experiments: path names that come into being when first named."""

import unicodedata
from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils import timezone

from runs.tracking.models import Experiment, ExperimentTag
from runs.tracking.services import words
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity import services as activity
from studio.errors import Conflict, Invalid
from studio.live import topics
from studio.live.publish import publish

MAX_PATH = 255
MAX_DEPTH = 10
MAX_SEGMENT = 100
FORBIDDEN = frozenset('\\:;?#%"<>|*\x7f') | {chr(code) for code in range(32)}
MAX_DESCRIPTION = 20_000  # as MLflow has it for an experiment's tags
MAX_NAME = 500  # of a name as it was given by a client that knows no paths
DEFAULT_PATH = "Default"  # where a run goes that names none; MLflow's experiment "0"


def ensure_experiment(*, actor: User | None, workspace: Workspace, path: str) -> Experiment:
    """The experiment of this path, made when it is new.

    Raises Invalid for a path that can't be one, Conflict when it is in the trash.
    """
    path = clean_path(path)
    found = Experiment.objects.filter(workspace=workspace, path=path).first() or _create(actor, workspace, path)
    found.workspace = workspace
    refuse_trashed(found)
    return found


def refuse_trashed(experiment: Experiment) -> None:
    """Raise Conflict when the experiment is in the trash: its path is taken and nothing can be added to it."""
    if experiment.deleted_at is not None:
        raise Conflict(
            "experiment_in_trash",
            f"The experiment {experiment.path} is in the trash, so nothing can be added to it.",
            hint="Restore it on the storage page, or use another path.",
        )


def ensure_default(*, workspace: Workspace) -> Experiment:
    """The experiment of runs that name none, in the trash or not; made by nobody in particular when first asked for."""
    found = Experiment.objects.filter(workspace=workspace, path=DEFAULT_PATH).first()
    return found or _create(None, workspace, DEFAULT_PATH)


def edit_experiment(
    *, actor: User, experiment: Experiment, description: str | None = None, is_archived: bool | None = None
) -> Experiment:
    """Change the description, archive or restore; what is None stays."""
    changes: dict[str, object] = {}
    if description is not None:
        changes["description"] = words.clean_text(description, field="description", limit=MAX_DESCRIPTION)
    if is_archived is not None and is_archived != experiment.is_archived:
        changes["is_archived"] = is_archived
    if not changes:
        return experiment
    with transaction.atomic():
        Experiment.objects.filter(pk=experiment.pk).update(**changes)
        activity.record(
            actor=actor,
            workspace=experiment.workspace,
            verb=_verb(changes),
            subject=f"experiment:{experiment.pk}",
            label=experiment.path,
            url=experiment.get_absolute_url(),
        )
        publish(topics.workspace(experiment.workspace.slug), "runs")
    for field, value in changes.items():
        setattr(experiment, field, value)
    return experiment


def create_experiment(
    *, actor: User, workspace: Workspace, name: str, artifact_location: str = "", tags: Mapping[str, str] | None = None
) -> Experiment:
    """A new experiment under a name of any characters, stored as given. Raises Conflict when there is one already."""
    name = clean_given_name(name)
    with transaction.atomic():
        if Experiment.objects.filter(workspace=workspace, path=name).exists():
            raise _exists(name)
        experiment = _create(actor, workspace, name)
        if artifact_location:
            Experiment.objects.filter(pk=experiment.pk).update(artifact_location=artifact_location)
            experiment.artifact_location = artifact_location
        set_tags(actor=actor, experiment=experiment, tags=tags or {})
    return experiment


def ensure_given(*, actor: User, workspace: Workspace, name: str) -> Experiment:
    """The experiment of this name, stored as given, in the trash or not; made when it is new. Raises Invalid."""
    name = clean_given_name(name)
    found = Experiment.objects.filter(workspace=workspace, path=name).first() or _create(actor, workspace, name)
    found.workspace = workspace
    return found


def rename_experiment(*, actor: User, experiment: Experiment, name: str) -> Experiment:
    """Give the experiment another name, stored as given. Raises Conflict when another one has it."""
    name = clean_given_name(name)
    if name == experiment.path:
        return experiment
    try:
        with transaction.atomic():
            Experiment.objects.filter(pk=experiment.pk).update(path=name, updated_at=timezone.now())
    except IntegrityError:
        raise _exists(name) from None
    experiment.path = name
    publish(topics.workspace(experiment.workspace.slug), "runs")
    return experiment


def set_tags(*, actor: User, experiment: Experiment, tags: Mapping[str, str | None]) -> None:
    """Merge tags into the experiment's; a value of None removes that tag."""
    clean = {words.clean_name_of_key(key, field="tags"): value for key, value in tags.items()}
    with transaction.atomic():
        ExperimentTag.objects.filter(
            experiment=experiment, key__in=[key for key, value in clean.items() if value is None]
        ).delete()
        ExperimentTag.objects.bulk_create(
            [ExperimentTag(experiment=experiment, key=k, value=v) for k, v in clean.items() if v is not None],
            update_conflicts=True,
            unique_fields=["experiment", "key"],
            update_fields=["value"],
        )


def clean_given_name(name: object) -> str:
    """A name of any printable characters, as it was given. Raises Invalid for what no page could show."""
    text = words.clean_text(name, field="name", limit=MAX_NAME, required=True)
    if any(ord(character) < 32 or ord(character) == 127 for character in text):
        raise Invalid("invalid_experiment", "The name of an experiment can't hold control characters.")
    return text


def clean_path(path: object) -> str:
    """A path's one canonical form (NFC, no slash at the ends). Raises Invalid saying what is wrong with it."""
    if not isinstance(path, str):
        raise _invalid("it must be text")
    try:
        text = unicodedata.normalize("NFC", path).strip().strip("/")
        text.encode()
    except UnicodeEncodeError:
        raise _invalid("it is not valid Unicode") from None
    if not text:
        raise _invalid("it is empty")
    if len(text) > MAX_PATH:
        raise _invalid(f"it is longer than {MAX_PATH} characters")
    if FORBIDDEN.intersection(text):
        raise _invalid("it holds a character that addresses can't show, such as a backslash, '?' or '#'")
    segments = text.split("/")
    if len(segments) > MAX_DEPTH:
        raise _invalid(f"it is deeper than {MAX_DEPTH} levels")
    if any(not _is_segment(segment) for segment in segments):
        raise _invalid(f"each part between slashes needs 1 to {MAX_SEGMENT} characters and can't be '.' or '..'")
    return text


def _is_segment(segment: str) -> bool:
    return segment == segment.strip() and segment not in ("", ".", "..") and len(segment) <= MAX_SEGMENT


def _create(actor: User | None, workspace: Workspace, path: str) -> Experiment:
    try:
        with transaction.atomic():
            experiment = Experiment.objects.create(workspace=workspace, path=path, created_by=actor)
    except IntegrityError:
        # Somebody named it at the same moment: theirs is the one.
        return Experiment.objects.get(workspace=workspace, path=path)
    activity.record(
        actor=actor,
        workspace=workspace,
        verb="experiment.created",
        subject=f"experiment:{experiment.pk}",
        label=path,
        url=experiment.get_absolute_url(),
    )
    publish(topics.workspace(workspace.slug), "runs")
    return experiment


def _exists(name: str) -> Conflict:
    return Conflict("experiment_exists", f"There is an experiment {name[:100]!r} already.", hint="Take another name.")


def _verb(changes: dict[str, object]) -> str:
    if "is_archived" not in changes:
        return "experiment.edited"
    return "experiment.archived" if changes["is_archived"] else "experiment.restored"


def _invalid(problem: str) -> Invalid:
    return Invalid(
        "invalid_experiment",
        f"This can't be the path of an experiment: {problem}.",
        hint="Use a name such as vision/digits.",
        fields={"experiment": f"Not a path: {problem}."},
    )
