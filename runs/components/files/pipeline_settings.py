"""The settings of a pipeline."""

from typing import Any

from runs.components.files import interface, node_fields
from runs.components.files.checking import FileCheck
from runs.tracking.jobfile.reader import Tree

SETTINGS = (
    "default_compute", "default_datastore", "continue_on_step_failure", "force_rerun", "max_concurrency",
    "continue_on_failed_optional_input",
)  # fmt: skip
DEFAULTS: dict[str, Any] = {
    "default_compute": "",
    "default_datastore": "",
    "continue_on_step_failure": False,
    "force_rerun": False,
    "max_concurrency": 8,
}
MAX_AT_ONCE = 200


def read(check: FileCheck, tree: Tree, path: str) -> dict[str, Any]:
    """Every setting, as given or as it is where nothing is said."""
    fields = check.known(check.entries(tree, path), path, SETTINGS)
    found = dict(DEFAULTS)
    for name in ("default_compute", "default_datastore"):
        if name in fields:
            found[name] = node_fields.compute(check, fields[name].tree, f"{path}.{name}")
            check.at(f"{path}.{name}", fields[name].tree.place)
    found["default_datastore"] = found["default_datastore"].removeprefix("//datastores/")
    for name in ("continue_on_step_failure", "force_rerun"):
        if name in fields:
            found[name] = interface.boolean(check, fields[name].tree, f"{path}.{name}")
    if "max_concurrency" in fields:
        tree = fields["max_concurrency"].tree
        found["max_concurrency"] = check.whole(tree, f"{path}.max_concurrency", minimum=1, maximum=MAX_AT_ONCE) or 8
    return found
