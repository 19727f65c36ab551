"""Reads about samples and reports."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, QuerySet, Sum
from django.utils import timezone

from registry.endpoints import queries as deployments
from registry.endpoints.models import Deployment
from registry.endpoints.monitoring.models import CollectedFile, DriftReport
from studio.errors import NotFound

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Collected:
    """What lies in the datastore of one collection."""

    collection: str
    records: int
    rows: int
    recent: int  # records of the last 24 hours
    missed: int
    size: int
    files: int
    until: datetime | None
    folder: str  # azureml://datastores/…
    datastore: str


def collected(deployment: Deployment) -> list[Collected]:
    """Figures of each collection that has anything."""
    files = CollectedFile.objects.filter(deployment=deployment)
    sums = files.values("collection").annotate(
        all_records=Sum("records"), all_rows=Sum("rows"), all_missed=Sum("missed"), all_size=Sum("size"),
        many=Count("id"), last=Max("until"),
    )  # fmt: skip
    day = files.filter(until__gte=timezone.now() - DAY)
    recent = dict(day.order_by().values_list("collection").annotate(Sum("records")))
    stores = dict(files.order_by("since").values_list("collection", "datastore__name"))
    found = []
    for each in sums.order_by("collection"):
        name = each["collection"]
        folder = f"collected/{deployment.endpoint.name}/{deployment.name}/{name}"
        place = f"azureml://datastores/{stores[name]}/paths/{folder}/"
        figures = (each["all_records"], each["all_rows"], recent.get(name) or 0, each["all_missed"], each["all_size"])
        found.append(Collected(name, *figures, each["many"], each["last"], place, stores[name]))
    return found


def rows_between(deployment: Deployment, collection: str, since: datetime, until: datetime) -> int:
    """About how many rows were collected in that time: whole files count."""
    files = CollectedFile.objects.filter(
        deployment=deployment, collection=collection, until__gte=since, since__lte=until
    )
    return files.aggregate(Sum("rows"))["rows__sum"] or 0


def reports_of(deployment: Deployment) -> "QuerySet[DriftReport]":
    """Newest first."""
    rows = DriftReport.objects.filter(deployment=deployment).select_related("created_by")
    return rows.order_by("-created_at", "-pk")


def report_at(deployment: Deployment, pk: str) -> DriftReport:
    """The report of this id. Raises NotFound."""
    is_number = pk.isascii() and pk.isdigit() and len(pk) < 19
    found = reports_of(deployment).filter(pk=int(pk)).first() if is_number else None
    if found is None:
        raise NotFound("not_found", f"The deployment {deployment.name} has no drift report {pk[:20]!r}.")
    return found


def last_scheduled(deployment: Deployment) -> datetime | None:
    """When the last report was made by the clock."""
    return reports_of(deployment).filter(is_scheduled=True).values_list("created_at", flat=True).first()


def fresh(deployment: Deployment) -> Deployment:
    """The deployment as it is after a change."""
    return deployments.deployment_at(deployment.endpoint, deployment.name)
