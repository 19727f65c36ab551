"""The life of a logged model: pending while its files are written, then ready or failed."""

from django.utils import timezone

from runs.logged_models.models import LoggedModel, ModelState
from studio.errors import Conflict

ENDS = (ModelState.READY, ModelState.FAILED)
# A client that failed to write the files may try again, and one that repeats itself is right again.
ALLOWED: dict[str, tuple[str, ...]] = {
    ModelState.READY: (ModelState.PENDING, ModelState.READY, ModelState.FAILED),
    ModelState.FAILED: (ModelState.PENDING, ModelState.READY, ModelState.FAILED),
}


def move(model: LoggedModel, *, to: str, message: str = "") -> LoggedModel:
    """Bring the model to `to` by one conditional update. Raises Conflict when it is in the trash."""
    changes = {"state": to, "status_message": message, "updated_at": timezone.now()}
    origins = ALLOWED[to]
    if not LoggedModel.objects.filter(pk=model.pk, state__in=origins, deleted_at=None).update(**changes):
        raise Conflict("logged_model_in_trash", f"The logged model {model.pk} is in the trash.")
    for name, value in changes.items():
        setattr(model, name, value)
    return model
