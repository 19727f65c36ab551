"""The turn that lets go of what runs left in datastores, before their rows go."""

from collections.abc import Callable

from runs.tracking.data import registering
from runs.tracking.data.models import RunOutput
from runs.trash.turns import Shift, Tally

AT_ONCE = 20

Heir = Callable[[RunOutput], bool]
Claim = Callable[[], int]
_HEIRS: list[Heir] = []
_CLAIMS: list[Claim] = []


def register(heir: Heir) -> None:
    """`heir(output)` takes an output over and says so, where something of its feature still stands on it."""
    if heir not in _HEIRS:
        _HEIRS.append(heir)


def register_claim(claim: Claim) -> None:
    """`claim()` says again whose bytes are still needed though no row refers to them yet, and how many these are."""
    if claim not in _CLAIMS:
        _CLAIMS.append(claim)


def claim_needed() -> None:
    """Have everybody claim what only their plans name, before bytes without an owner are looked for."""
    for claim in _CLAIMS:
        claim()


def release_outputs(shift: Shift) -> bool:
    """Some stored outputs of the runs: one that something took over goes to that from now on; the files of the others go.

    It comes before anything is removed: afterwards nobody could say what took them over.
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
    if any(heir(output) for heir in _HEIRS):
        tally.keep("output folders", 1, output.size, "Steps of other pipeline runs took them over.")
    else:
        registering.release(output)
        tally.count({"output folders": 1})
