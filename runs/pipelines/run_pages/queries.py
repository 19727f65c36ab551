"""Reads of the page of a pipeline's run."""

from collections import defaultdict

from django.db.models import Count

from runs.pipelines.models import PipelineRun, Step, StepNeed

MOST_STEPS = 5_000  # that one page draws or lists


def steps_of(pipeline_run: PipelineRun, inside: Step | None = None) -> list[Step]:
    """The steps right below the run, or right within a container, in the order of the document."""
    return list(_with_runs(pipeline_run).filter(parent=inside)[:MOST_STEPS])


def all_steps(pipeline_run: PipelineRun) -> list[Step]:
    """Every step, each container before what is within it."""
    return sorted(_with_runs(pipeline_run)[:MOST_STEPS], key=lambda step: (step.position, step.pk))


def _with_runs(pipeline_run: PipelineRun):  # type: ignore[no-untyped-def]
    rows = pipeline_run.steps.select_related(
        "parent",
        "run__workspace",
        "run__job__target",
        "reused_from__run__workspace",
        "reused_from__pipeline_run__run__workspace",
    )
    return rows.order_by("position", "id")


def needs_of(pipeline_run: PipelineRun) -> dict[int, list[int]]:
    """Which steps each step waits for, by key."""
    found: dict[int, list[int]] = defaultdict(list)
    pairs = StepNeed.objects.filter(step__pipeline_run=pipeline_run).values_list("step_id", "needed_id")
    for step, needed in pairs:
        found[step].append(needed)
    return found


def within(pipeline_run: PipelineRun) -> dict[int, dict[str, int]]:
    """How many steps of each state are right within each container."""
    rows = (
        pipeline_run.steps.exclude(parent=None).values_list("parent_id", "state").annotate(count=Count("id")).order_by()
    )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for parent, state, count in rows:
        found[parent][state] = count
    return found


def states_of(pipeline_run: PipelineRun) -> dict[str, int]:
    """How many steps, containers left out, are in each state."""
    rows = pipeline_run.steps.filter(kind=Step.Kind.COMMAND).values_list("state").annotate(count=Count("id")).order_by()
    return dict(rows)


def others(pipeline_run: PipelineRun, limit: int = 50) -> list[PipelineRun]:
    """Runs it may be compared with: of the same pipeline first, else of its experiment; the latest first."""
    rows = PipelineRun.objects.exclude(pk=pipeline_run.pk).filter(run__deleted_at=None).select_related("run__workspace")
    rows = rows.filter(run__workspace=pipeline_run.run.workspace)
    same = rows.filter(pipeline=pipeline_run.pipeline) if pipeline_run.pipeline_id else rows.none()
    found = list(same.order_by("-run__created_at")[:limit])
    return found or list(rows.filter(run__experiment=pipeline_run.run.experiment).order_by("-run__created_at")[:limit])
