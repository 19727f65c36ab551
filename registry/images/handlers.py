"""What happens to an image's version when its build moves or answers: the one place where both stay in step."""

from collections.abc import Mapping, Sequence
from io import BytesIO

import orjson

from compute.building.handlers import Owner
from compute.building.plans import Plan
from compute.building.results import Result
from compute.jobs.models import Job, JobState
from registry.images import archives, registries, state, telling
from registry.images.models import ImageVersion
from registry.images.onnx import stages as conversion
from studio.errors import Conflict
from studio.live import pacing
from studio.storage import blobs
from studio.storage.models import Blob

KIND = "image_build"
State = ImageVersion.State
STATES: Mapping[str, str] = {
    JobState.QUEUED: State.QUEUED,
    JobState.PREPARING: State.BUILDING,
    JobState.RUNNING: State.BUILDING,
    JobState.FINALIZING: State.BUILDING,
    # Its answer comes before its end: a version that is not ready by then has none.
    JobState.COMPLETED: State.FAILED,
    JobState.FAILED: State.FAILED,
    JobState.CANCELED: State.CANCELED,
}
SBOM_LIMIT = 20_000_000


class ImageBuilds(Owner):
    """Every call is inside the transaction of the job's change."""

    def answered(self, job: Job, result: Result) -> None:
        version = _version_of(job)
        if version is None:
            return
        sbom = _stored(version, result.sbom)
        state.move(
            version,
            to=State.READY,
            reference=result.reference,
            digest=result.digest,
            size=result.size,
            layers=[{"digest": each.digest, "size": each.size, "command": each.command} for each in result.layers],
            packages=[
                {"name": each.name, "version": each.version, "licence": each.licence} for each in result.packages
            ],
            sbom=sbom,
            facts=_facts(result),
            problem="",
        )
        telling.moved(version)

    def moved(self, job: Job, to_state: str, problem: str) -> None:
        version = _version_of(job)
        if version is None:
            return  # the version is being made: it gets its job in the same transaction
        wanted = STATES.get(to_state)
        if wanted is None or wanted == version.state or version.state == State.READY:
            return
        _move(version, wanted, problem)

    def logged(self, job: Job) -> None:
        pk = ImageVersion.objects.filter(job=job).values_list("pk", flat=True).first()
        if pk is not None:
            pacing.publish_paced(telling.topic(pk), "log", size=job.log_size)

    def pages(self, jobs: Sequence[Job]) -> dict[int, str]:
        rows = ImageVersion.objects.filter(job__in=jobs).select_related("image__workspace")
        return {row.job_id: row.get_absolute_url() for row in rows if row.job_id is not None}

    def files(self, job: Job, plan: Plan) -> Mapping[str, Blob]:
        """What the plan names, with the studio's own files put back where a long wait had it cleaned away."""
        found = dict(super().files(job, plan))
        if plan.sha256s - found.keys():
            own = (archives.runtime(job.workspace), *conversion.sent(job.workspace))
            found |= {blob.sha256: blob for blob in own if blob.sha256 in plan.sha256s}
        return found

    def credentials(self, job: Job, plan: Plan) -> dict[str, str] | None:
        version = _version_of(job)
        if version is None or version.connection is None:
            return super().credentials(job, plan)
        return registries.credentials(version.connection, job)


def _move(version: ImageVersion, wanted: str, problem: str) -> None:
    try:
        state.move(version, to=wanted, problem=problem[:1000])
    except Conflict:
        return  # it has its answer already, or somebody canceled it first
    telling.moved(version)


def _version_of(job: Job) -> ImageVersion | None:
    """The version this job is the last attempt of."""
    rows = ImageVersion.objects.select_related("image__workspace", "created_by", "connection__secret")
    return rows.filter(job=job).first()


def _stored(version: ImageVersion, sbom: Mapping[str, object] | None) -> Blob | None:
    if sbom is None:
        return None
    raw = orjson.dumps(dict(sbom), option=orjson.OPT_INDENT_2)
    return blobs.store(workspace=version.image.workspace, stream=BytesIO(raw), limit=SBOM_LIMIT)


def _facts(result: Result) -> dict[str, object]:
    """What the page shows of the build, and what a conversion has found out."""
    facts: dict[str, object] = {"image_id": result.image_id, **dict(result.facts)}
    if converted := conversion.facts(dict(result.facts.get("scripts") or {})):
        facts["conversion"] = converted
    facts["stages"] = [
        {"name": each.name, "reused": each.reused, "seconds": each.seconds, "size": each.size} for each in result.stages
    ]
    return facts
