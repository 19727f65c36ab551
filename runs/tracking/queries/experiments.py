"""Experiments as a tree made of their paths."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Max, Q, QuerySet

from runs.tracking import experiment_paths
from runs.tracking.models import Experiment
from studio.access.models import Workspace


@dataclass(frozen=True, slots=True)
class Folder:
    """One level of the tree. A folder that only holds others has no experiment of its own."""

    path: str
    name: str
    depth: int
    experiment: Experiment | None
    run_count: int  # of its own experiment
    total_count: int  # with everything below
    last_run_at: datetime | None  # with everything below
    children: "list[Folder]"

    @property
    def has_children(self) -> bool:
        return bool(self.children)


@dataclass(slots=True)
class _Node:
    path: str
    experiment: Experiment | None = None
    children: "dict[str, _Node]" = field(default_factory=dict)


def listing(workspace: Workspace, is_archived: bool | None = False) -> "QuerySet[Experiment]":
    """The experiments by path, each with `run_total` (archived runs left out) and `last_run_at`; none of the trash."""
    rows = Experiment.objects.in_workspace(workspace).filter(deleted_at=None).select_related("workspace")
    if is_archived is not None:
        rows = rows.filter(is_archived=is_archived)
    return annotated(rows).order_by("path")


def annotated(rows: "QuerySet[Experiment]") -> "QuerySet[Experiment]":
    kept = Q(runs__is_archived=False, runs__deleted_at=None)
    return rows.annotate(run_total=Count("runs", filter=kept), last_run_at=Max("runs__created_at", filter=kept))


def tree(workspace: Workspace, is_archived: bool | None = False) -> list[Folder]:
    """The top folders of the workspace, in one query."""
    root = _Node("")
    for experiment in listing(workspace, is_archived):
        node = root
        parts = experiment_paths.parts(experiment.path)
        for depth, part in enumerate(parts, start=1):
            node = node.children.setdefault(part, _Node("/".join(parts[:depth])))
        node.experiment = experiment
    return _folders(root.children, 0)


def flat(folders: Iterable[Folder]) -> list[Folder]:
    """The tree from top to bottom as a list."""
    found: list[Folder] = []
    for folder in folders:
        found.append(folder)
        found += flat(folder.children)
    return found


def named(workspace: Workspace, path: str) -> Experiment | None:
    """The experiment of this path, with its counts."""
    return listing(workspace, None).filter(path=path.strip("/")).first()


def below(workspace: Workspace, path: str) -> list[Folder]:
    """The folders right below a path."""
    folders = tree(workspace)
    for part in experiment_paths.parts(path) if path else []:
        folder = next((folder for folder in folders if folder.name == part), None)
        if folder is None:
            return []
        folders = folder.children
    return folders


def _folders(nodes: dict[str, _Node], depth: int) -> list[Folder]:
    return [_folder(name, node, depth) for name, node in sorted(nodes.items(), key=lambda item: item[0].casefold())]


def _folder(name: str, node: _Node, depth: int) -> Folder:
    children = _folders(node.children, depth + 1)
    own = getattr(node.experiment, "run_total", 0)
    times = [child.last_run_at for child in children] + [getattr(node.experiment, "last_run_at", None)]
    return Folder(
        path=node.path,
        name=name,
        depth=depth,
        experiment=node.experiment,
        run_count=own,
        total_count=own + sum(child.total_count for child in children),
        last_run_at=max((time for time in times if time is not None), default=None),
        children=children,
    )
