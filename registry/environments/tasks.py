"""Background work of environments: ids in, load, look, keep."""

from celery import shared_task

from registry.environments import telling, venvs
from registry.environments.models import EnvironmentBuild
from studio.live.publish import publish


@shared_task(ignore_result=True)
def measure(build_id: int) -> None:
    """Keep what is in a virtual environment that was built. Doing it twice changes nothing."""
    build = EnvironmentBuild.objects.select_related("content__workspace").filter(pk=build_id).first()
    if build is None or build.form != EnvironmentBuild.Form.VENV or not venvs.is_ready(build.content):
        return
    found = venvs.measure(build.content)
    rows = EnvironmentBuild.objects.filter(pk=build.pk, state=EnvironmentBuild.State.READY)
    if rows.update(size=found.size, packages=found.packages):
        publish(telling.topic(build.pk), "status")
