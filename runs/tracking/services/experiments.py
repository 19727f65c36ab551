"""Experiments: path names that come into being when first named."""

import unicodedata

from django.db import IntegrityError, transaction

from runs.tracking.models import Experiment
from runs.tracking.services import words
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity import services as activity
from studio.errors import Invalid
from studio.live import topics
from studio.live.publish import publish

MAX_PATH = 255
MAX_DEPTH = 10
MAX_SEGMENT = 100
FORBIDDEN = frozenset('\\:;?#%"<>|*\x7f') | {chr(code) for code in range(32)}
MAX_DESCRIPTION = 4000


def ensure_experiment(*, actor: User | None, workspace: Workspace, path: str) -> Experiment:
    """The experiment of this path, made when it is new. Raises Invalid for a path that can't be one."""
    path = clean_path(path)
    found = Experiment.objects.filter(workspace=workspace, path=path).first()
    if found is not None:
        found.workspace = workspace
        return found
    return _create(actor, workspace, path)


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
