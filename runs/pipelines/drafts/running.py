"""Running what was drawn: the draft as it stands, or a version of it."""

from collections.abc import Mapping
from typing import Any

from runs.pipelines.drafts import queries
from runs.pipelines.drafts.services import changed_meanwhile
from runs.pipelines.engine import submitting
from runs.pipelines.models import Pipeline, PipelineVersion
from runs.tracking.models import Run
from studio.accounts.models import User


def run(
    *,
    actor: User,
    pipeline: Pipeline,
    version: PipelineVersion | None = None,
    stamp: int | None = None,
    inputs: Mapping[str, Any] | None = None,
    origin: str = "designer",
    **asked: Any,
) -> Run:
    """A run of the version, or of the draft. Each call makes one.

    `asked`: `experiment`, `name`, `compute`, `is_forced`, `only` as the engine has them. Raises DraftChanged when the draft
    is not the one at `stamp`, Invalid with every problem of the document; then nothing is made.
    """
    now = queries.current(pipeline)
    if version is None and stamp is not None and stamp != now.stamp:
        raise changed_meanwhile(now=now)
    return submitting.submit(
        actor=actor,
        workspace=now.workspace,
        document=now.document if version is None else version.document,
        inputs=inputs,
        pipeline=now,
        version=version,
        origin=origin,
        **asked,
    )
