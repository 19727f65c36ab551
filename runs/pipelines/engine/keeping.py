"""Who keeps what a step left, when the run that made it is removed for good: a step that took it over."""

from collections.abc import Sequence

from runs.pipelines.models import Step, StepState
from runs.tracking.data.models import RunOutput

MAX_NAME = 230


def hand_on(output: RunOutput) -> bool:
    """Whether another pipeline run has the output from now on; the other steps that took it over name that one."""
    makers = Step.objects.filter(run=output.run_id) | Step.objects.filter(pipeline_run=output.run_id)
    users = Step.objects.filter(reused_from__in=makers.order_by().values("pk"), state=StepState.COMPLETED)
    users = users.filter(pipeline_run__run__purge_number=None).order_by("pk")
    same = [step for step in users if any(one.get("uri") == output.uri for one in step.outputs.values())]
    if not same:
        return False
    heir = same[0]
    RunOutput.objects.filter(pk=output.pk).update(run=heir.pipeline_run_id, name=_name(heir, output))
    _follow(heir, same[1:])
    return True


def _follow(heir: Step, others: Sequence[Step]) -> None:
    Step.objects.filter(pk__in=[step.pk for step in others]).update(reused_from=heir)


def _name(heir: Step, output: RunOutput) -> str:
    """What the output is called at the heir's pipeline run, which has each name once."""
    port = next(name for name, one in heir.outputs.items() if one.get("uri") == output.uri)
    name = f"{heir.path}.{port}"[:MAX_NAME]
    taken = RunOutput.objects.filter(run=heir.pipeline_run_id, name=name).exclude(pk=output.pk).exists()
    return f"{name}.{output.pk}" if taken else name
