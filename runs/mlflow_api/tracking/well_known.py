"""The tags that mean something: what MLflow keeps in tags, the studio keeps where its pages show it.

Both ways: such a tag that a client sets goes into the run's name, description, parent or git facts, and every run answers
with the tags that say the same. Other tags are kept as they come.
"""

from collections.abc import Mapping
from typing import Any

from runs.mlflow_api.base import MlflowError
from runs.tracking.models import Run
from runs.tracking.search import RunRow
from runs.tracking.services import reported

RUN_NAME = "mlflow.runName"
NOTE = "mlflow.note.content"
PARENT = "mlflow.parentRunId"
USER = "mlflow.user"
SOURCE_TYPE = "mlflow.source.type"
SOURCE_NAME = "mlflow.source.name"
GIT = {
    "mlflow.source.git.commit": "commit",
    "mlflow.source.git.branch": "branch",
    "mlflow.source.git.repoURL": "remote",
    "mlflow.source.git.dirty": "dirty",
}
MAX_NAME = 255


def changes_of(tags: Mapping[str, str]) -> dict[str, Any]:
    """The columns of a run that these tags are about, the parent left out."""
    changes: dict[str, Any] = {}
    if tags.get(RUN_NAME):
        changes["name"] = one_line(tags[RUN_NAME])
    if NOTE in tags:
        changes["description"] = tags[NOTE]
    if tags.get(SOURCE_NAME):
        changes["command"] = tags[SOURCE_NAME]
    return changes


def git_of(tags: Mapping[str, str]) -> dict[str, Any]:
    """What the tags say of the code's git state."""
    found: dict[str, Any] = {name: tags[tag] for tag, name in GIT.items() if tag in tags}
    if "dirty" in found:
        found["dirty"] = found["dirty"].lower() == "true"
    return found


def remaining(tags: Mapping[str, str], *, has_parent: bool) -> dict[str, str]:
    """The tags that have no other place; a parent that is no run here stays a tag."""
    homes = {RUN_NAME, NOTE, *GIT, *([PARENT] if has_parent else [])}
    return {key: value for key, value in tags.items() if key not in homes}


def set_tags(run: Run, tags: Mapping[str, str]) -> None:
    """Set tags on a run, each where it belongs."""
    parent = reported.possible_parent(run, tags[PARENT]) if PARENT in tags else None
    changes = changes_of(tags)
    if run.source != "mlflow":
        changes.pop("command", None)  # ours is what really ran
    if git := git_of(tags):
        changes["git"] = {**run.git, **git}
    if parent is not None:
        changes["parent"] = parent
    reported.describe(run=run, changes=changes, tags=remaining(tags, has_parent=parent is not None))


def delete_tag(run: Run, key: str) -> None:
    """Take one tag away, wherever it is kept. A run is never without a name."""
    changes: dict[str, Any] = {}
    if key == NOTE and run.description:
        changes["description"] = ""
    elif key == PARENT and run.parent_id:
        changes["parent"] = None
    elif GIT.get(key) in run.git:
        changes["git"] = {name: value for name, value in run.git.items() if name != GIT[key]}
    removed = reported.describe(run=run, changes=changes, tags={key: None})
    if not removed and not changes and key != RUN_NAME:
        raise MlflowError("RESOURCE_DOES_NOT_EXIST", f"No tag with name: {key} in run with id {run.pk}")


def shown(stored: dict[str, str], run: RunRow, person: str) -> dict[str, str]:
    """All tags of a run as MLflow sees them: those stored, and those that its columns stand for."""
    tags = {**stored, RUN_NAME: run.name}
    if run.description:
        tags[NOTE] = run.description
    if run.parent_id:
        tags[PARENT] = run.parent_id
    for tag, fact in GIT.items():
        if fact in run.git:
            tags[tag] = str(run.git[fact])
    if run.source != "mlflow":
        tags.setdefault(USER, person)
        tags.setdefault(SOURCE_TYPE, "LOCAL" if run.source == "sdk" else "JOB")
        if run.command:
            tags.setdefault(SOURCE_NAME, run.command)
    return tags


def one_line(name: str) -> str:
    """A run's name as the studio stores one: a line of at most 255 characters."""
    line = "".join(" " if ord(character) < 32 or ord(character) == 127 else character for character in name)
    if len(line) > MAX_NAME:
        raise MlflowError("INVALID_PARAMETER_VALUE", f"'run_name' exceeds the maximum length of {MAX_NAME} characters")
    return line.strip() or "unnamed"
