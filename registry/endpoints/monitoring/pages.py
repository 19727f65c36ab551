"""The tab Monitoring: what is kept of a deployment's requests, and how it differs from what its model learnt from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from registry.data.assets import queries as assets
from registry.data.explore import shapes
from registry.data.explore.shapes import Bar
from registry.endpoints import collecting
from registry.endpoints.models import Deployment, Endpoint
from registry.endpoints.monitoring import queries, references, services, windows
from registry.endpoints.monitoring.models import DriftReport
from registry.endpoints.monitoring.queries import Collected
from registry.endpoints.monitoring.retention import asset_name

HISTORY = 20
MOST_CHOICES = 200


@dataclass(frozen=True, slots=True)
class ColumnRow:
    facts: dict[str, Any]  # registry.endpoints.monitoring.verdict.Compared
    icon: str
    before: list[Bar]
    now: list[Bar]


@dataclass(frozen=True, slots=True)
class Report:
    row: DriftReport
    columns: list[ColumnRow]
    url: str  # the page of the data it was compared with, while that is there


@dataclass(frozen=True, slots=True)
class MonitoringPage:
    chosen: Deployment | None
    names: list[tuple[str, str]]  # each deployment with the address of its tab
    is_on: bool
    percent: float
    collections: list[str]
    is_daily: bool
    reference: str  # chosen for this deployment
    trained_on: list[str]
    usual: str  # what it is compared with where nothing is chosen, or an example
    choices: list[str]  # data assets to compare with
    collected: list[Collected]
    asset_url: str  # of the days that are over
    asset: str
    report: Report | None
    history: list[DriftReport]
    days: int  # that it is kept
    lacking: str  # why there can be no report yet, in a sentence


def monitoring_page(
    endpoint: Endpoint, deployments: Sequence[Deployment], asked: str, report: str
) -> MonitoringPage | None:
    """Of the deployment that is asked for, else of the one with most of the traffic; None without any."""
    if not deployments:
        return None
    named = next((one for one in deployments if one.name == asked), None)
    chosen = named or max(deployments, key=lambda one: endpoint.traffic.get(one.name, 0))
    told = collecting.sampled(chosen.collector)
    drift = chosen.collector.get("drift") or {}
    history = list(queries.reports_of(chosen)[:HISTORY])
    asset = assets.asset_named(endpoint.workspace, asset_name(chosen))
    page = reverse("endpoint-monitoring", kwargs={"workspace": endpoint.workspace.slug, "name": endpoint.name})
    trained_on = [version.reference for version in references.known(chosen)]
    return MonitoringPage(
        chosen=chosen,
        names=[(one.name, f"{page}?deployment={one.name}") for one in deployments],
        is_on=told is not None,
        percent=round((chosen.collector.get("sampling_rate") or 0.1) * 100, 2),
        collections=collecting.enabled(chosen.collector),
        is_daily=bool(drift.get("daily")),
        reference=drift.get("reference", ""),
        trained_on=trained_on,
        usual=next(iter(trained_on), "azureml:cars:1"),
        choices=[f"azureml:{one.name}@latest" for one in assets.assets_in(endpoint.workspace)[:MOST_CHOICES]],
        collected=queries.collected(chosen),
        asset_url=asset.get_absolute_url() if asset else "",
        asset=asset.name if asset else "",
        report=_report(chosen, _shown(chosen, history, report)),
        history=history,
        days=settings.COLLECTED_DAYS,
        lacking=_lacking(chosen, told is not None),
    )


def _shown(deployment: Deployment, history: Sequence[DriftReport], asked: str) -> DriftReport | None:
    """The report that is asked for, else the newest."""
    if asked:
        return queries.report_at(deployment, asked)
    return history[0] if history else None


def _report(deployment: Deployment, row: DriftReport | None) -> Report | None:
    if row is None:
        return None
    columns = [_column(facts) for facts in row.columns]
    found = references.find(deployment, row.reference)
    return Report(row, columns, found.get_absolute_url() if found else "")


def _column(facts: dict[str, Any]) -> ColumnRow:
    before, now = shapes.overlaid(facts["bins"], facts["before"], facts["now"])
    icon = "hash" if facts["type"] in windows.NUMBERS else "circle-check" if facts["type"] == "boolean" else "wrap-text"
    return ColumnRow(facts, icon, before, now)


def _lacking(deployment: Deployment, is_on: bool) -> str:
    """What is in the way of any report."""
    now = timezone.now()
    rows = queries.rows_between(deployment, collecting.INPUTS, now - services.LONGEST, now)
    if rows >= services.LEAST_ROWS:
        return ""
    if not is_on:
        return "Nothing is collected. Switch it on, and a report can be made of what comes."
    return f"{rows} of the {services.LEAST_ROWS} rows that a report needs are there. They come about two minutes after the requests."
