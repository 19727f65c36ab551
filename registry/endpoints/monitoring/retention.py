"""Days that are over become versions of a data asset; files older than they are kept go, unless something uses them."""

import logging
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from registry.data.assets import services as assets
from registry.data.assets.models import DataType, DataVersion
from registry.data.datastores import opening
from registry.endpoints import collecting
from registry.endpoints.models import Deployment
from registry.endpoints.monitoring import shipping
from registry.endpoints.monitoring.models import CollectedFile
from studio.errors import Conflict, NotFound, StudioError

logger = logging.getLogger(__name__)
AT_ONCE = 2_000
SETTLED = timedelta(
    hours=1
)  # after midnight: what a datastore that was away has kept waiting comes later, without a version


def asset_name(deployment: Deployment) -> str:
    return f"{deployment.endpoint.name}-{deployment.name}-inputs"


def register_days(*, now: datetime | None = None) -> int:
    """A version of the deployment's data asset for each day of inputs that is over; answers how many were made."""
    now = now or timezone.now()
    yesterday = (now - SETTLED).astimezone(UTC).date() - timedelta(days=1)
    begin = datetime(yesterday.year, yesterday.month, yesterday.day, tzinfo=UTC)
    files = CollectedFile.objects.filter(
        collection=collecting.INPUTS, since__gte=begin, since__lt=begin + timedelta(days=1)
    )
    ids = set(files.order_by().values_list("deployment_id", flat=True))
    rows = Deployment.objects.filter(pk__in=ids).select_related("endpoint__workspace")
    return sum(_register(deployment, yesterday) for deployment in rows)


def drop_old(*, now: datetime | None = None) -> int:
    """Remove files that are older than they are kept; answers how many. A day that a used version holds stays."""
    limit = (now or timezone.now()) - timedelta(days=settings.COLLECTED_DAYS)
    old = CollectedFile.objects.filter(until__lt=limit).select_related("deployment__endpoint__workspace", "datastore")
    gone = 0
    held: dict[tuple[int, date], bool] = {}
    for file in old.order_by("until")[:AT_ONCE]:
        day = file.deployment_id, file.since.astimezone(UTC).date()
        if day not in held:
            held[day] = _is_held(file.deployment, day[1])
        if not held[day]:
            gone += _drop(file)
    return gone


def _register(deployment: Deployment, day: date) -> bool:
    workspace = deployment.endpoint.workspace
    name, version = asset_name(deployment), _version(day)
    if DataVersion.objects.filter(asset__workspace=workspace, asset__name=name, version=version).exists():
        return False
    file = CollectedFile.objects.filter(deployment=deployment, collection=collecting.INPUTS).order_by("-since").first()
    if file is None:
        return False
    folder = f"{shipping.folder_of(deployment, collecting.INPUTS)}/{day:%Y/%m/%d}"
    new = assets.NewVersion(
        name=name, type=DataType.FOLDER, version=version,
        path=f"azureml://datastores/{file.datastore.name}/paths/{folder}",
        description=f"What {deployment} was asked on {day:%Y-%m-%d}.",
        reading={"format": "json_lines"},
    )  # fmt: skip
    try:
        assets.register(actor=None, workspace=workspace, new=new)
    except StudioError as error:
        logger.warning("%s was not registered: %s", name, error)
        return False
    return True


def _is_held(deployment: Deployment, day: date) -> bool:
    """Whether the day's version is used; one that is not goes with its files."""
    rows = DataVersion.objects.filter(
        asset__workspace=deployment.endpoint.workspace, asset__name=asset_name(deployment), version=_version(day)
    )
    version = rows.select_related("asset__workspace").first()
    if version is None:
        return False
    try:
        assets.delete_version(actor=None, version=version)
    except Conflict:
        return True
    return False


def _drop(file: CollectedFile) -> bool:
    try:
        opening.file_store(file.datastore).delete(file.path)
    except NotFound:
        pass
    except (StudioError, OSError) as error:
        logger.warning("%s was not removed: %s", file.path, error)
        return False
    file.delete()
    return True


def _version(day: date) -> str:
    return f"{day:%Y%m%d}"
