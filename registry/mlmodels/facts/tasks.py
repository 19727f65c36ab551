"""Reading what new versions hold. Each task may run twice."""

from celery import shared_task

from registry.mlmodels.facts import keeping


@shared_task(name="registry.mlmodels.read_facts", ignore_result=True)
def read_facts(version_id: int) -> None:
    keeping.read_facts(version_id=version_id)


@shared_task(name="registry.mlmodels.resume_facts", ignore_result=True)
def resume() -> None:
    """What was left when a worker died, or while nobody took tasks."""
    for version_id in keeping.pending_ids():
        keeping.read_facts(version_id=version_id)
