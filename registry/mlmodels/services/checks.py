"""Results of named checks: the last word on each counts."""

from django.db import transaction
from django.utils import timezone

from registry.mlmodels import rules
from registry.mlmodels.models import ModelCheck, ModelVersion
from registry.mlmodels.services import telling
from studio.accounts.models import User
from studio.errors import Invalid


def report_check(
    *, actor: User | None, version: ModelVersion, name: str, passed: bool, detail: str = "", url: str = ""
) -> ModelCheck:
    """Keep the result of a check in place of the one before. Raises Invalid."""
    if url and not url.startswith(("https://", "http://", "/")):
        message = "The address of a check begins with http://, https:// or /."
        raise Invalid("bad_check", message, fields={"url": message})
    values = {"passed": passed, "detail": detail[:1000], "url": url[:500], "created_by": actor}
    with transaction.atomic():
        row, _ = ModelCheck.objects.update_or_create(
            version=version, name=rules.check_name(name), defaults={**values, "created_at": timezone.now()}
        )
        word = "passed" if passed else "failed"
        telling.note_version(actor=actor, version=version, verb="checked", detail=f"{row.name} {word}. {detail}"[:500])
    return row


def remove_check(*, actor: User | None, version: ModelVersion, name: str) -> None:
    """Forget a result; one that is not there is no error."""
    with transaction.atomic():
        if ModelCheck.objects.filter(version=version, name=name).delete()[0]:
            telling.note_version(actor=actor, version=version, verb="checked", detail=f"{name} was taken back.")
