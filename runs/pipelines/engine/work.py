"""What one turn of advancing knows of its pipeline run: looked up once, however many steps it starts."""

import time
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, cast

from compute.targets.models import ComputeTarget
from registry.data.assets import placing as datastores
from registry.data.assets.models import DataVersion
from registry.data.datastores.defaults import ensure_default
from registry.data.datastores.models import Datastore
from registry.environments.services.contents import Found as FoundEnvironment
from runs.pipelines.engine import pinning, wires
from runs.pipelines.models import PipelineRun, Step, StepState
from runs.tracking.jobfile.command import CommandJob
from runs.tracking.models import Run, Snapshot
from runs.tracking.services import interpreting, placing
from studio import prepared
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import NotFound
from studio.rows import part

SECONDS = 2.0  # for which what was looked up is used
DOCUMENTS = 16

_LOOPS = f"'{Step.Kind.LOOP}', '{Step.Kind.EACH}'"


@lru_cache(maxsize=DOCUMENTS)
def document_of(run_id: str) -> dict[str, Any]:
    """What a pipeline run carries out: a thousand steps take long to read, and a document never changes."""
    found: dict[str, Any] = PipelineRun.objects.values_list("document", flat=True).get(pk=run_id)
    return found


@dataclass
class Work:
    """A pipeline run under way, with what its steps share."""

    pipeline_run: PipelineRun
    is_stopped: bool = False  # somebody has asked to stop it
    _targets: dict[str, placing.Placed] = field(default_factory=dict)
    _environments: dict[str, FoundEnvironment] = field(default_factory=dict)
    _snapshots: dict[str, Snapshot] = field(default_factory=dict)
    _versions: dict[int, DataVersion] = field(default_factory=dict)
    _datastores: dict[str, Datastore] = field(default_factory=dict)
    _siblings: dict[tuple[int | None, str], Step] = field(default_factory=dict)  # those that have completed
    began_at: float = field(default_factory=time.monotonic)

    @property
    def is_fresh(self) -> bool:
        """Whether what was looked up may still be counted on: a target or a datastore may be changed meanwhile."""
        return time.monotonic() < self.began_at + SECONDS

    @property
    def run(self) -> Run:
        return self.pipeline_run.run

    @property
    def workspace(self) -> Workspace:
        return self.run.workspace

    @property
    def actor(self) -> User | None:
        return self.run.created_by

    @property
    def document(self) -> dict[str, Any]:
        return document_of(self.pipeline_run.pk)

    @property
    def settings(self) -> dict[str, Any]:
        return self.document.get("settings") or {}

    @property
    def pinned(self) -> dict[str, Any]:
        return self.document.get("pinned") or {}

    def target_of(self, job: CommandJob) -> placing.Placed:
        """Where a job goes. Raises Invalid."""
        key = f"{job.compute}:{job.is_azure}"
        if key not in self._targets:
            self._targets[key] = placing.place(workspace=self.workspace, job=job)
        return self._targets[key]

    def environment_of(self, job: CommandJob, target: ComputeTarget) -> FoundEnvironment:
        """What it runs in. Raises Invalid."""
        key = pinning.digest_of([job.environment, target.pk])
        if key not in self._environments:
            files = self.document.get("sent_files") or {}
            self._environments[key] = interpreting.environment_of(
                workspace=self.workspace, job=job, target=target, files=files
            )
        return self._environments[key]

    def snapshot(self, digest: str) -> Snapshot | None:
        """A code folder of the workspace. Raises NotFound."""
        if not digest:
            return None
        if digest not in self._snapshots:
            found = Snapshot.objects.filter(workspace=self.workspace, digest=digest).first()
            if found is None:
                raise NotFound("not_found", "The code of this step is no longer stored here.")
            self._snapshots[digest] = found
        return self._snapshots[digest]

    def version(self, pk: int) -> DataVersion:
        """A version of a data asset. Raises NotFound when it was deleted meanwhile."""
        if pk not in self._versions:
            rows = DataVersion.objects.filter(pk=pk, asset__workspace=self.workspace)
            found = rows.select_related("asset__workspace").first()
            if found is None:
                raise NotFound("not_found", "The data that this step reads was deleted.")
            self._versions[pk] = found
        return self._versions[pk]

    @cached_property
    def datastore(self) -> Datastore:
        """Where outputs go that name no place of their own. Raises NotFound."""
        name = str(self.settings.get("default_datastore") or "")
        name = name.removeprefix("azureml://datastores/").removeprefix("azureml:").strip("/")
        return self.datastore_named(name) if name else ensure_default(self.workspace)

    def datastore_named(self, name: str) -> Datastore:
        if name not in self._datastores:
            self._datastores[name] = datastores.datastore_named(self.workspace, name)
        return self._datastores[name]

    @cached_property
    def previous(self) -> PipelineRun | None:
        """The run before this one, of the same pipeline or else of the same experiment: what people compare with."""
        rows = PipelineRun.objects.filter(run__workspace=self.workspace, run__deleted_at=None)
        if self.pipeline_run.pipeline_id is not None:
            rows = rows.filter(pipeline=self.pipeline_run.pipeline_id)
        else:
            rows = rows.filter(pipeline=None, run__experiment=self.run.experiment_id)
        rows = rows.filter(run__created_at__lt=self.run.created_at).exclude(pk=self.pipeline_run.pk)
        return rows.select_related("run").only("run__name").order_by("-run__created_at").first()

    def siblings(self, parent_id: int | None, names: set[str]) -> dict[str, Step]:
        """The steps of a level by name; a loop is found by the name of its body too. One that has completed stays so."""
        found = {name: self._siblings[parent_id, name] for name in names if (parent_id, name) in self._siblings}
        if len(found) == len(names):
            return found
        for step in _siblings(self.pipeline_run.pk, parent_id, sorted(names - set(found))):
            body = wires.read(step.node.get("body"))
            for name in {step.name, body.name if body is not None else step.name}:
                found[name] = step
                if step.state == StepState.COMPLETED:
                    self._siblings[parent_id, name] = step
        return found

    def definition_of(self, node: dict[str, Any]) -> dict[str, Any]:
        """What a node carries out, as a component file says it: registered, inline, or the node itself."""
        component = node.get("component")
        if isinstance(component, str) and component:
            return self.pinned.get(component, {}).get("definition") or {}
        return component if isinstance(component, dict) else node


def _siblings(run_id: str, parent_id: int | None, names: list[str]) -> list[Step]:
    """The steps of a level with one of the names, and all its loops; `maker` of each is the run that left its outputs."""
    marks = ", ".join(["%s"] * len(names))
    beside = '"x"."parent_id" IS NULL' if parent_id is None else '"x"."parent_id" = %s'
    sql = f"""
        SELECT {part(Step, "x").columns}, COALESCE("x"."run_id", "origin"."run_id")
        FROM "runs_step" "x" LEFT JOIN "runs_step" "origin" ON "origin"."id" = "x"."reused_from_id"
        WHERE "x"."pipeline_run_id" = %s AND {beside} AND ("x"."name" IN ({marks}) OR "x"."kind" IN ({_LOOPS}))
        ORDER BY "x"."position", "x"."id"
    """
    found = []
    for row in prepared.all_rows(sql, [run_id, *([] if parent_id is None else [parent_id]), *names]):
        step = part(Step, "x").read(row)
        if step is not None:
            cast(Any, step).maker = row[-1]
            found.append(step)
    return found
