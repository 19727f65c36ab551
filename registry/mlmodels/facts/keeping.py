"""Keeping what was found in a version's files."""

import logging

from registry.mlmodels.facts import engine
from registry.mlmodels.models import ModelVersion
from registry.mlmodels.services import telling
from studio.errors import StudioError

logger = logging.getLogger(__name__)


def read_facts(*, version_id: int) -> None:
    """Read a version's files once and keep what they say. A second call finds nothing to do."""
    version = (
        ModelVersion.objects.select_related("model__workspace")
        .filter(pk=version_id, reading=ModelVersion.Reading.PENDING)
        .first()
    )
    if version is None:
        return
    changes: dict[str, object]
    try:
        facts, example = engine.read(version)
        changes = {"facts": facts, "input_example": example, "reading": ModelVersion.Reading.DONE}
    except (OSError, StudioError) as error:
        logger.warning("the files of %s could not be read", version.subject, exc_info=True)
        changes = {"reading": ModelVersion.Reading.FAILED, "reading_problem": str(error)[:500]}
    pending = ModelVersion.objects.filter(pk=version.pk, reading=ModelVersion.Reading.PENDING)
    if pending.update(**changes):
        telling.hint(version.model)


def pending_ids(limit: int = 50) -> list[int]:
    """Versions whose files wait to be read, the oldest first."""
    rows = ModelVersion.objects.filter(reading=ModelVersion.Reading.PENDING).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:limit])
