"""Runs that match, page by page, in an order: no page costs more than the one before it.

A page begins after the values of the last row of the page before, never at a count of rows.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DataError, connection
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from runs.tracking.models import Run
from runs.tracking.search import columns, keys, leads, ordering, tokens
from runs.tracking.search.conditions import Compiler
from runs.tracking.search.fields import FIELDS
from runs.tracking.search.keys import Metrics
from runs.tracking.search.ordering import Leading, Sorted, Term
from studio import search
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.search import And, Node, SearchError, sql
from studio.search.sql import Sql

MAX_LIMIT = 50_000
FEW = 5_000  # runs that are sorted whole rather than read in an index's order
ACTIVE, DELETED, ALL = "active", "deleted", "all"
NO_PARENT = "none"
_OUTER = re.compile(r"\br\.")  # the alias of the runs in compiled SQL


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for. Empty fields don't narrow; texts are read by `studio.search`."""

    filter: str = ""
    experiments: Sequence[int] = ()  # their numbers
    order: str | Sequence[str] = ""
    lifecycle: str = ACTIVE
    archived: bool | None = None
    person: User | None = None  # who `me` is
    parent: str = ""  # a run's id, or "none"
    limit: int = 100
    token: str = ""
    also: tuple[Node, ...] = ()  # checked conditions that must hold besides the filter


@dataclass(frozen=True, slots=True)
class Found:
    """One page of ids in order; an empty token means there are no more."""

    ids: list[str]
    next_token: str


@dataclass(frozen=True, slots=True)
class Stage:
    """One stretch of the order: where its rows come from and how they are sorted."""

    source: Sql
    conditions: tuple[Sql, ...]
    columns: tuple[Sorted, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A question compiled for one workspace."""

    conditions: list[Sql]
    terms: list[Term]
    lead: tuple[str, Sql] | None = None  # the table and condition by which the runs are few
    leading: Leading | None = None  # the index by which the order can be read


def find(workspace: Workspace, query: Query) -> Found:
    """One page. Raises SearchError for a filter or order that can't be read, Invalid for a token of another question."""
    plan = _plan(workspace, query)
    question = _question(workspace, query)
    at, values = tokens.read(question, query.token) if query.token else (0, [])
    limit = max(1, min(query.limit, MAX_LIMIT))
    rows: list[tuple[int, Sequence[Any]]] = []
    for number, stage in _stages(workspace, query, plan, at if query.token else None):
        if number < at or len(rows) > limit:
            continue
        after = values if number == at else []
        if after and len(after) != len(stage.columns):
            raise tokens.bad()  # given out by a version of the studio that sorted otherwise
        rows += [(number, row) for row in _rows(query, stage, after, limit + 1 - len(rows))]
    token = ""
    if len(rows) > limit:
        last_stage, last = rows[limit - 1]
        token = tokens.write(question, last_stage, last[1:])
    return Found([row[0] for _, row in rows[:limit]], token)


def ordered_ids(workspace: Workspace, query: Query) -> list[str]:
    """All the ids in order, for a grid's window. Limit and token don't count."""
    plan = _plan(workspace, query)
    return [row[0] for _, stage in _stages(workspace, query, plan) for row in _rows(query, stage, [], None)]


def queryset(workspace: Workspace, query: Query) -> "QuerySet[Run]":
    """The same runs in no order, for counting and bulk work."""
    return Run.objects.filter(condition(workspace, query)).order_by()


def condition(workspace: Workspace, query: Query) -> "Condition":
    """What a queryset of runs is filtered by to hold the same runs."""
    found = sql.joined("AND", _plan(workspace, query).conditions)
    return Condition(found.text, found.params)


class Condition(RawSQL):
    """A compiled condition on the runs of a queryset, whatever alias Django gives them."""

    def __init__(self, text: str, params: Sequence[Any], alias: str = Run._meta.db_table) -> None:
        super().__init__(text, params, output_field=BooleanField())
        self.alias = alias

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return f"({_OUTER.sub(connection.ops.quote_name(self.alias) + '.', self.sql)})", self.params

    def relabeled_clone(self, change_map: Mapping[str | None, str]) -> "Condition":  # type: ignore[override]
        return Condition(self.sql, self.params, change_map.get(self.alias, self.alias))


def _plan(workspace: Workspace, query: Query) -> Plan:
    read = search.read(query.filter, FIELDS)
    parts = (*([read] if read is not None else []), *query.also)
    node = And(parts) if len(parts) > 1 else next(iter(parts), None)
    orders = search.read_order(_order_text(query.order), FIELDS)
    metrics = Metrics(workspace, keys.fields_of(node, orders))
    conditions = _scope(workspace, query)
    if node is not None:
        conditions.append(Compiler(metrics, query.person, timezone.now()).compile(node))
    return Plan(
        conditions,
        ordering.terms_of(orders, metrics, connection.vendor),
        lead=leads.lead_of(node, metrics),
        leading=ordering.leading_of(orders, metrics),
    )


def _order_text(wanted: str | Sequence[str]) -> str:
    return wanted if isinstance(wanted, str) else ", ".join(wanted)


def _question(workspace: Workspace, query: Query) -> str:
    parts = (workspace.pk, query.filter, list(query.experiments), _order_text(query.order), query.lifecycle,
             query.archived, query.parent, query.person.pk if query.person else None, query.also)  # fmt: skip
    return repr(parts)


def _scope(workspace: Workspace, query: Query) -> list[Sql]:
    found = [Sql("r.workspace_id = %s", (workspace.pk,))]
    if query.experiments:
        marks = ", ".join(["%s"] * len(query.experiments))
        found.append(Sql(f"r.experiment_id IN ({marks})", tuple(query.experiments)))
        if connection.vendor == sql.SQLITE:
            # The experiment narrows more; without statistics SQLite would take the workspace's index.
            found[0] = Sql("+r.workspace_id = %s", (workspace.pk,))
    if query.lifecycle != ALL:
        found.append(Sql(f"r.deleted_at IS {'NOT ' if query.lifecycle == DELETED else ''}NULL"))
    if query.archived is not None:
        found.append(Sql("r.is_archived = %s", (query.archived,)))
    if query.archived is False and not query.experiments:
        put_away = f"SELECT e.id FROM {columns.EXPERIMENTS} e WHERE e.workspace_id = %s AND e.is_archived"
        found.append(Sql(f"r.experiment_id NOT IN ({put_away})", (workspace.pk,)))
    if query.parent:
        found.append(
            Sql("r.parent_id IS NULL") if query.parent == NO_PARENT else Sql("r.parent_id = %s", (query.parent,))
        )
    return found


def _stages(workspace: Workspace, query: Query, plan: Plan, begun: int | None = None) -> list[tuple[int, Stage]]:
    """One stretch, number 0, as a rule. Where many runs are in an order that has an index, numbered from 1: those with a
    value in it, those with another one, those without. A page that goes on in stretch `begun` stays with its plan."""
    leading = plan.leading
    is_by_index = leading is not None and (
        begun > 0 if begun is not None else plan.lead is None and not _are_few(workspace, query)
    )
    if leading is not None and is_by_index:
        return list(enumerate(_by_leading(plan, leading), 1))
    source, conditions = _joined(f"{columns.RUNS} r", plan.terms), tuple(plan.conditions)
    if plan.lead is not None:
        table, condition = plan.lead
        source = _joined(f"{table} d {_cross()} {columns.RUNS} r ON r.id = d.run_id", plan.terms)
        conditions = (condition, *conditions)
    return [(0, Stage(source, conditions, tuple(ordering.columns_of(plan.terms))))]


def _joined(first: str, terms: Sequence[Term]) -> Sql:
    joins = [term.join for term in terms if term.join.text]
    return Sql(" ".join([first, *(join.text for join in joins)]), tuple(one for join in joins for one in join.params))


def _cross() -> str:
    """SQLite reads the tables of a CROSS JOIN in the order they are written; PostgreSQL finds its own."""
    return "CROSS JOIN" if connection.vendor == sql.SQLITE else "JOIN"


def _by_leading(plan: Plan, leading: Leading) -> list[Stage]:
    rest = plan.terms[1:]
    source = _joined(f"{leading.table} m {_cross()} {columns.RUNS} r ON r.id = m.run_id", rest)
    others = tuple(ordering.columns_of(rest))
    conditions = tuple(plan.conditions)
    stages = [Stage(source, (leading.key, own, *conditions), (*first, *others)) for own, first in leading.stretches]
    rows = Sql(f"SELECT 1 FROM {leading.table} m WHERE m.run_id = r.id AND {leading.key.text}", leading.key.params)
    without = Sql(f"NOT EXISTS ({rows.text})", rows.params)
    return [*stages, Stage(_joined(f"{columns.RUNS} r", rest), (without, *conditions), others)]


def _are_few(workspace: Workspace, query: Query) -> bool:
    where = sql.joined("AND", _scope(workspace, query)[: 2 if query.experiments else 1])
    statement = f"SELECT COUNT(*) FROM (SELECT 1 FROM {columns.RUNS} r WHERE {where.text} LIMIT {FEW + 1}) few"
    with connection.cursor() as cursor:
        cursor.execute(statement, where.params)
        return bool(cursor.fetchone()[0] <= FEW)


def _rows(query: Query, stage: Stage, after: Sequence[Any], limit: int | None) -> list[Sequence[Any]]:
    conditions = list(stage.conditions)
    if after:
        conditions.append(ordering.after(stage.columns, after))
    where = sql.joined("AND", conditions)
    # The values of a row are needed where a next page begins after it.
    shown = "" if limit is None else ", " + ", ".join(column.sql for column in stage.columns)
    statement = (
        f"SELECT r.id{shown} FROM {stage.source.text} WHERE {where.text}"
        f" ORDER BY {ordering.written(stage.columns)}{'' if limit is None else f' LIMIT {limit}'}"
    )
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, (*stage.source.params, *where.params))
            return cursor.fetchall()
    except DataError as error:
        raise _refused(query, error) from error


def _refused(query: Query, error: DataError) -> SearchError:
    """What PostgreSQL alone refuses: its regular expressions are another dialect than RE2's."""
    reason = str(error).strip().splitlines()[0][:200]
    return SearchError(f"The database can't run this search: {reason}.", text=query.filter, length=len(query.filter))
