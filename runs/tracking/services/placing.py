"""Which compute target a job runs on, and what is said about it."""

from dataclasses import dataclass

from compute.targets import queries
from compute.targets.models import ComputeTarget
from runs.tracking.jobfile.command import CommandJob
from runs.tracking.jobfile.problems import did_you_mean
from studio.access.models import Workspace
from studio.errors import Invalid

DEFAULT = "local"
SERVERLESS = "serverless"


@dataclass(frozen=True, slots=True)
class Placed:
    target: ComputeTarget
    notes: tuple[str, ...] = ()


def place(*, workspace: Workspace, job: CommandJob) -> Placed:
    """The target of `job.compute`; none and `serverless` mean the default one.

    A file written for Azure names a cluster there: where this installation has one target only, that one is used and
    the run says so. Otherwise an unknown name raises Invalid listing what exists.
    """
    targets = {target.name: target for target in queries.targets_in(workspace)}
    wanted = job.compute
    if wanted in targets:
        return Placed(targets[wanted])
    if not targets:
        raise Invalid("no_compute", "There is no compute target yet.", hint="An owner can add one on the compute page.")
    default = targets.get(DEFAULT) or next(iter(targets.values()))
    if not wanted:
        return Placed(default)
    if wanted.casefold() == SERVERLESS:
        return Placed(default, (f"Serverless compute was asked for; the run goes to {default.name}.",))
    guess = did_you_mean(wanted, targets)
    if len(targets) == 1 and job.is_azure and not guess:
        return Placed(
            default, (f"The compute target {wanted[:60]} does not exist here; the run goes to {default.name}.",)
        )
    names = ", ".join(targets)
    sentence = f"There is no compute target {wanted[:60]!r}; there is {names}.{guess}"
    raise Invalid(
        "unknown_compute",
        sentence,
        hint="Name one of these under compute, or leave it out.",
        fields={"compute": sentence},
    )
