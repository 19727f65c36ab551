"""A pipeline that was written in Python: its document, its file, its run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from atelier import _errors
from atelier._pipelines import places, values, yaml_text
from atelier._pipelines.levels import Level
from atelier._pipelines.nodes import Node
from atelier._pipelines.wires import NodeOutput

if TYPE_CHECKING:
    from atelier._run import Run
    from atelier._submit import JobText
    from atelier._workspace import Workspace

Record = dict[str, Any]


class Pipeline:
    """What calling a function with `@atelier.pipeline` answers. Paths in its document start from `folder`, the script's."""

    def __init__(
        self,
        level: Level,
        inputs: Mapping[str, values.Input],
        outputs: Mapping[str, NodeOutput],
        words: Record,
        settings: Record,
        site: places.Site,
    ) -> None:
        self.nodes: dict[str, Node] = level.nodes
        self.settings = settings
        self.folder = site.folder
        self._words, self._inputs, self._outputs = words, dict(inputs), dict(outputs)
        self._site = site
        self._name = level.name

    def __repr__(self) -> str:
        return f"<Pipeline {self._name}, nodes: {values.one_of(self.nodes)}>"

    def to_dict(self) -> Record:
        """The document: the pipeline job in Azure's field names, as the designer keeps it."""
        settings = {name: values.rendered(value, self.folder) for name, value in self.settings.items()}
        return {
            "type": "pipeline",
            **{
                name: self._words[name]
                for name in ("display_name", "experiment_name", "description", "tags", "properties")
            },
            "inputs": {name: one.declaration(self.folder) for name, one in self._inputs.items()},
            "outputs": {name: _output(wire) for name, wire in self._outputs.items()},
            "settings": {"default_compute": settings.pop("compute"), **settings},
            "jobs": {name: node.to_dict(self.folder) for name, node in self.nodes.items()},
            "layout": {},
        }

    def to_yaml(self, path: places.AnyPath | None = None) -> str:
        """The pipeline file. With a path it is written there too; its own paths start from `folder`."""
        text = yaml_text.of(self.to_dict())
        if path is not None:
            Path(path).write_text(text, encoding="utf-8")
        return text

    def check(self, workspace: Workspace | str | None = None, inputs: Mapping[str, Any] | None = None) -> list[Record]:
        """What is wrong, each with its node and the line of the script that made it; nothing when it can run."""
        from atelier._pipelines import components

        found = components.check_text(_space(workspace).client, self._job(self.to_dict()), inputs)
        return [{**problem, "script": self._where(str(problem.get("node") or ""))} for problem in found]

    def submit(
        self,
        workspace: Workspace | str | None = None,
        *,
        experiment: str = "",
        name: str = "",
        force: bool = False,
        tags: Mapping[str, str] | None = None,
    ) -> Run:
        """Sends the pipeline with all that it names, and answers its run; with `force` nothing is reused.

        Raises `JobFileError` with every problem, at the script's lines; nothing is started then.
        """
        from atelier import _run, _submit

        space = _space(workspace)
        problems = self.check(space, {})
        if problems:
            raise _refused(problems)
        document = self.to_dict()
        document |= {"display_name": name or document["display_name"]}
        document |= {"experiment_name": experiment or document["experiment_name"]}
        document["settings"]["force_rerun"] = force or document["settings"]["force_rerun"]
        run = _run.Run(space.client, _submit.submit(space.client, self._job(document), {}))
        return run.update(tags=dict(tags)) if tags else run

    def _job(self, document: Record) -> JobText:
        from atelier import _submit

        return _submit.JobText(f"{self._name}.yml", yaml_text.of(document), self.folder)

    def _where(self, node: str) -> str:
        """`pipeline.py:12`, where the node was made; of one in a nested pipeline "outer.inner"."""
        found, nodes = str(self._site), self.nodes
        for name in node.split("."):
            if name not in nodes:
                break
            found, nodes = str(nodes[name].site), nodes[name].__dict__.get("nodes", {})
        return found


def _output(wire: NodeOutput) -> Record:
    kept = wire.node.kept.get(wire.port)
    return {"type": wire.type or "uri_folder", **(kept.to_dict() if kept else {})}


def _space(workspace: Workspace | str | None) -> Workspace:
    from atelier import _workspace

    return workspace if isinstance(workspace, _workspace.Workspace) else _workspace.Workspace(workspace)


def _refused(problems: list[Record]) -> _errors.JobFileError:
    def said(problem: Record) -> str:
        return ": ".join(filter(None, (problem["script"], problem.get("node"), problem["sentence"])))

    errors = [{"field": problem.get("path") or "", "message": said(problem)} for problem in problems]
    return _errors.JobFileError(str(errors[0]["message"]), status=400, code="invalid_pipeline", errors=errors)
