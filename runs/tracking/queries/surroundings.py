"""What a run ran with, besides its parameters: code, packages, data and machine, as flat names and texts."""

import re
from collections.abc import Sequence
from typing import Any

from runs.tracking.data_inputs import RunDataset
from runs.tracking.models import Run, RunInput

CODE, PACKAGES, DATA, HARDWARE = "code", "packages", "inputs", "hardware"
SECTIONS = (CODE, PACKAGES, DATA, HARDWARE)
# `numpy==2.4.6`, `torch>=2 ; python_version < "3.12"`, `pillow`
_PACKAGE = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*(.*)")
SHORT = 12

Facts = dict[str, dict[str, str]]  # section → name → value


def surroundings_of(runs: Sequence[Run]) -> dict[str, Facts]:
    """Run id → section → name → value, in four queries however many runs there are."""
    ids = [run.pk for run in runs]
    rows = Run.objects.filter(pk__in=ids).select_related("environment", "snapshot", "job", "job__target")
    found = {run.pk: _facts(run) for run in rows.defer("definition", "job__spec", "snapshot__manifest")}
    inputs = RunInput.objects.filter(run__in=ids).select_related("blob", "snapshot").defer("snapshot__manifest")
    for item in inputs:
        digest = item.snapshot.digest if item.snapshot else item.blob.sha256 if item.blob else ""
        # A plain value is among the parameters already.
        if digest or item.type.startswith("uri"):
            found[item.run_id][DATA][item.name] = digest[:SHORT] or item.value
    for use in RunDataset.objects.filter(run__in=ids).select_related("dataset"):
        found[use.run_id][DATA][use.dataset.name] = use.dataset.digest
    return found


def _facts(run: Run) -> Facts:
    definition = run.environment.definition if run.environment else {}
    return {
        CODE: _present(
            {
                "commit": str(run.git.get("commit", ""))[:SHORT],
                "branch": str(run.git.get("branch", "")),
                "uncommitted changes": "yes" if run.git.get("dirty") else "",
                "snapshot": run.snapshot.digest[:SHORT] if run.snapshot else "",
                "command": run.command,
            }
        ),
        PACKAGES: _packages(definition),
        DATA: {},
        HARDWARE: _hardware(run),
    }


def _packages(definition: dict[str, Any]) -> dict[str, str]:
    found = _present({"python": str(definition.get("python") or "")})
    for line in definition.get("packages") or []:
        match = _PACKAGE.match(str(line))
        if match:
            found[match[1].lower()] = match[2].strip().removeprefix("==") or "any"
    return found


def _hardware(run: Run) -> dict[str, str]:
    if run.job is None:
        return {}
    target = run.job.target.name if run.job.target else ""
    slots = str(run.job.slots) if target else ""
    return _present({"compute": target, "slots": slots, "host": str(run.job.process.get("host") or "")})


def _present(values: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}
