"""The turn that lets go of what runs left in datastores, before their rows go."""

from collections.abc import Sequence

from runs.pipelines.models import Step, StepState
from runs.tracking.data import registering
from runs.tracking.data.models import RunOutput
from runs.trash.turns import Shift, Tally

AT_ONCE = 20
MAX_NAME = 230


def release_outputs(shift: Shift) -> bool:
    """Some stored outputs of the runs: a step that took one over has it from now on; the files of the others go.

    It comes before anything is removed: afterwards nobody could say which steps took them over.
    """
    rows = RunOutput.objects.filter(run__purge_number=shift.purge.pk, is_managed=True, state=RunOutput.State.STORED)
    some = list(rows.order_by("pk")[:AT_ONCE])
    if not some:
        return False
    with shift.turn() as tally:
        for output in some:
            _let_go(output, tally)
    return True


def _let_go(output: RunOutput, tally: Tally) -> None:
    heir = _hand_on(output)
    if heir is None:
        registering.release(output)
        tally.count({"output folders": 1})
    else:
        tally.keep("output folders", 1, output.size, "Steps of other pipeline runs took them over.")


def _hand_on(output: RunOutput) -> Step | None:
    """The step whose pipeline run has the output now; the others that took it over name that one. None where none did."""
    makers = Step.objects.filter(run=output.run_id) | Step.objects.filter(pipeline_run=output.run_id)
    users = Step.objects.filter(reused_from__in=makers.order_by().values("pk"), state=StepState.COMPLETED)
    users = users.filter(pipeline_run__run__purge_number=None).order_by("pk")
    same = [step for step in users if any(one.get("uri") == output.uri for one in step.outputs.values())]
    if not same:
        return None
    heir = same[0]
    RunOutput.objects.filter(pk=output.pk).update(run=heir.pipeline_run_id, name=_name(heir, output))
    _follow(heir, same[1:])
    return heir


def _follow(heir: Step, others: Sequence[Step]) -> None:
    Step.objects.filter(pk__in=[step.pk for step in others]).update(reused_from=heir)


def _name(heir: Step, output: RunOutput) -> str:
    """What the output is called at the heir's pipeline run, which has each name once."""
    port = next(name for name, one in heir.outputs.items() if one.get("uri") == output.uri)
    name = f"{heir.path}.{port}"[:MAX_NAME]
    taken = RunOutput.objects.filter(run=heir.pipeline_run_id, name=name).exclude(pk=output.pk).exists()
    return f"{name}.{output.pk}" if taken else name
