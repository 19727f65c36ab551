"""Pipelines as the use cases leave them."""

from typing import Any

from runs.pipelines.drafts import services
from runs.pipelines.models import Pipeline, PipelineEndpoint
from runs.pipelines.publishing import services as publishing
from studio.access.models import Workspace
from studio.accounts.models import User


def make_document(**jobs: dict[str, Any]) -> dict[str, Any]:
    """A pipeline of one command, `hello`, unless other nodes are given."""
    hello = {"type": "command", "command": "echo hello", "inputs": {}, "outputs": {}}
    return {"type": "pipeline", "jobs": jobs or {"hello": hello}, "layout": {"hello": [40, 40]}}


def make_pipeline(
    workspace: Workspace, name: str = "prices", *, actor: User | None = None, document: Any = None, kept: bool = False
) -> Pipeline:
    """A pipeline; with `kept`, version 1 is its draft."""
    made = services.create(actor=actor, workspace=workspace, name=name, document=document or make_document())
    if kept:
        services.keep_version(actor=actor, pipeline=made, name="First")
        made.refresh_from_db()
    return made


def make_pipeline_endpoint(
    pipeline: Pipeline, name: str = "score-prices", *, actor: User | None = None
) -> PipelineEndpoint:
    """An endpoint whose version 1 is the pipeline's version 1."""
    version = pipeline.versions.get(number=1)
    return publishing.publish(actor=actor, version=version, endpoint=name).endpoint
