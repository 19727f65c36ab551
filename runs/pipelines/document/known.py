"""What a check looks up in the workspace, each thing once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from registry.data.datastores.models import Datastore
from runs.components import declared
from runs.components.declared import Declared, Ports
from runs.pipelines.document import bindings
from runs.tracking.data import finding
from runs.tracking.jobfile.command import CommandJob, InputSpec
from runs.tracking.services import placing
from studio.access.models import Workspace
from studio.errors import StudioError


@dataclass
class Known:
    """The components, data, targets and datastores that a document names."""

    workspace: Workspace
    components: dict[str, Declared | str] = field(default_factory=dict)  # or what is wrong with the reference
    data: dict[tuple[str, str], str | StudioError] = field(default_factory=dict)
    computes: dict[str, str] = field(default_factory=dict)
    datastores: set[str] | None = None

    def component(self, reference: str) -> Declared | str:
        if reference not in self.components:
            try:
                self.components[reference] = declared.find(self.workspace, reference)
            except StudioError as error:
                self.components[reference] = error.message
        return self.components[reference]

    def type_of_data(self, kind: str, path: str) -> str | StudioError:
        """The type of the data at a reference, or why there is none."""
        key = (kind, path)
        if key not in self.data:
            try:
                self.data[key] = finding.find_one(self.workspace, InputSpec(kind, path=path)).type
            except StudioError as error:
                self.data[key] = error
        return self.data[key]

    def compute(self, name: str) -> str:
        """What is wrong with the name of a target; empty when a run can go there."""
        if name not in self.computes:
            try:
                job = CommandJob(
                    command="", compute=name.removeprefix("azureml:"), is_azure=name.startswith("azureml:")
                )
                placing.place(workspace=self.workspace, job=job)
                self.computes[name] = ""
            except StudioError as error:
                self.computes[name] = error.message
        return self.computes[name]

    def datastore(self, name: str) -> str:
        """What is wrong with the name of a datastore."""
        plain = name.removeprefix("azureml://datastores/").removeprefix("azureml:").strip("/")
        if self.datastores is None:
            self.datastores = set(Datastore.objects.filter(workspace=self.workspace).values_list("name", flat=True))
        if plain in self.datastores or not plain or plain == "workspaceblobstore":
            return ""
        return f"There is no datastore {plain[:80]!r} in this workspace; there is {', '.join(sorted(self.datastores)) or 'none'}."


@dataclass
class Level:
    """One pipeline: the document, or one that stands in a node. `ports` holds what is known of each node."""

    name: str  # "" or "outer.inner"
    path: str  # "jobs.outer.component.jobs.inner.component." before its fields
    holder: Mapping[str, Any]
    ports: dict[str, Ports | None] = field(default_factory=dict)  # None: nothing is known of it
    kinds: dict[str, Declared | None] = field(default_factory=dict)
    bound_outputs: dict[str, str] = field(default_factory=dict)

    @property
    def jobs(self) -> Mapping[str, Mapping[str, Any]]:
        found: Mapping[str, Mapping[str, Any]] = self.holder.get("jobs") or {}
        return found

    @property
    def inputs(self) -> Mapping[str, Mapping[str, Any]]:
        found: Mapping[str, Mapping[str, Any]] = self.holder.get("inputs") or {}
        return found

    def output_type(self, node: str, port: str) -> str | None:
        """The type of a node's output; None where nothing is known of the node."""
        ports = self.ports.get(node)
        if ports is None or port not in ports.outputs:
            return None
        declared_type = str(ports.outputs[port].get("type", ""))
        given = (self.jobs[node].get("outputs") or {}).get(port)
        own = given.get("type", "") if isinstance(given, Mapping) else ""
        return own or declared_type

    def loop_body(self, node: str) -> str:
        """The body of a loop; empty for another node."""
        if self.jobs.get(node, {}).get("type") not in ("do_while", "parallel_for"):
            return ""
        names = bindings.nodes_of(self.jobs[node].get("body"))
        return names[0] if names else ""
