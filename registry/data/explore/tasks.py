"""Wake-ups of profiles. Each may run twice, or not at all: the beat's next one finds the work in the database."""

from celery import shared_task

from registry.data.assets.models import DataVersion
from registry.data.explore import engine, state, tables
from studio.errors import StudioError


@shared_task(name="registry.data.explore.step", ignore_result=True)
def step(profile_id: int) -> None:
    """Some columns of a profile, then the next ones."""
    if engine.step(profile_id):
        step.delay_on_commit(profile_id)


@shared_task(name="registry.data.explore.resume", ignore_result=True)
def resume() -> None:
    """Every half minute: take up profiles that nobody works at."""
    for profile_id in state.open_ids():
        step.delay_on_commit(profile_id)


@shared_task(name="registry.data.explore.fetch", ignore_result=True)
def fetch(version_id: int) -> None:
    """Bring the files of a version that lies elsewhere to this machine; who waits for them asks again."""
    version = DataVersion.objects.filter(pk=version_id).select_related("asset__workspace", "datastore").first()
    if version is None:
        return
    try:
        tables.table_of(version, may_wait=True)
    except StudioError:
        return  # the person's own question says why
