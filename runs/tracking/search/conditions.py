"""A checked tree → SQL over the table of runs, whose alias is `r`. Every value is a parameter.

A comparison of a metric, parameter or tag holds only for runs that have it, as in MLflow; `NOT` of it holds for the rest.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from runs.tracking.models import RunState
from runs.tracking.search import columns
from runs.tracking.search.fields import MLFLOW_STATUS
from runs.tracking.search.keys import Metrics
from studio.accounts.models import User
from studio.search import Ago, And, Compare, Items, Me, Moment, Node, Not, Number, Or, Text, Value, Words, sql
from studio.search.sql import FALSE, TRUE, Sql

LIVE = frozenset({RunState.QUEUED, RunState.PREPARING, RunState.RUNNING, RunState.FINALIZING})
EXACT = ("=", "!=", "IN", "NOT IN")
MILLISECOND = timedelta(milliseconds=1)
NEVER = datetime(1, 1, 1, tzinfo=UTC)


class Compiler:
    """Turns trees into SQL for one workspace, person and moment."""

    def __init__(self, metrics: Metrics, person: User | None, now: datetime) -> None:
        self.metrics = metrics
        self.person = person
        self.now = now
        self.vendor = connection.vendor
        self.families = {
            "metrics": self.metric,
            "params": self.param,
            "tags": self.tag,
            "attributes": self.attribute,
            "datasets": self.dataset,
        }

    def compile(self, node: Node) -> Sql:
        if isinstance(node, And | Or):
            return sql.joined("AND" if isinstance(node, And) else "OR", map(self.compile, node.parts))
        if isinstance(node, Not):
            return sql.negated(self.compile(node.part))
        if isinstance(node, Words):
            return self.words(node.text)
        return self.families[node.field.family](node)

    def metric(self, node: Compare) -> Sql:
        metric = self.metrics.of(node.field)
        if metric is None:
            return TRUE if node.operator == "IS NULL" else FALSE
        row = Sql("s.run_id = r.id AND s.key_id = %s", (metric.key_id,))
        rows = f"{columns.SUMMARIES} s"
        if node.value is None:
            return _presence(sql.exists(rows, row), node.operator)
        return sql.exists(rows, row, sql.number_test(f's."{metric.column}"', node.operator, node.value))

    def param(self, node: Compare) -> Sql:
        return self.entry(node, columns.PARAMS)

    def tag(self, node: Compare) -> Sql:
        column = columns.tag_column(node.field.key, self.vendor)
        stored = self.entry(node, columns.TAGS)
        if not column:
            return stored
        if node.operator == "IS NULL":
            return sql.joined("AND", [Sql(f"{column} IS NULL"), stored])
        own = Sql(f"{column} IS NOT NULL") if node.value is None else self.value(column, node)
        if node.operator in ("!=", "NOT IN", "!~"):  # where both are kept, the tag is what clients are shown
            absent = sql.negated(self.entry(Compare(node.field, "IS NOT NULL", None), columns.TAGS))
            return sql.joined("OR", [stored, sql.joined("AND", [absent, own])])
        return sql.joined("OR", [own, stored])

    def entry(self, node: Compare, table: str) -> Sql:
        """A condition on the row of a run and key in the table of parameters or tags."""
        row = Sql('t.run_id = r.id AND t."key" = %s', (node.field.key,))
        if node.value is None:
            return _presence(sql.exists(f"{table} t", row), node.operator)
        return sql.exists(f"{table} t", row, self.value("t.value", node, "t.number"))

    def value(self, column: str, node: Compare, stored: str = "") -> Sql:
        """A text compared as text, or as a number with a number; `stored` is the column that holds it, if one does."""
        if isinstance(node.value, Number):
            number = stored or sql.as_number(column, self.vendor)
            test = sql.number_test(number, node.operator, node.value)
            return sql.joined("AND", [Sql(f"{number} IS NOT NULL"), test])
        return sql.text_test(column, node.operator, node.value, self.vendor)

    def attribute(self, node: Compare) -> Sql:
        name = node.field.key
        column = columns.attribute(name, self.vendor).sql
        if node.value is None:
            return Sql(f"{column} {node.operator}")
        if name == "status":
            return self.status(node)
        if name == "user_id":
            return self.user(node)
        if isinstance(node.value, Ago | Moment):
            return self.time(column, node.operator, node.value)
        if isinstance(node.value, Number):
            test = sql.number_test(column, node.operator, node.value)
            return sql.joined("AND", [Sql(f"{column} IS NOT NULL"), test])
        if name == "external_id" and node.operator in ("=", "IN"):  # as the index over them says it
            known = sql.text_test("r.external_id", node.operator, node.value, self.vendor)
            return sql.joined("AND", [known, Sql("NOT (r.external_id = '')")])
        return sql.text_test(column, node.operator, node.value, self.vendor)

    def status(self, node: Compare) -> Sql:
        """The studio's own states in lower case, MLflow's words in upper case."""
        if node.operator not in EXACT:
            own = sql.text_test("r.state", node.operator, node.value, self.vendor)
            word = sql.text_test(columns.STATUS, node.operator, node.value, self.vendor)
            return sql.joined("AND" if node.operator == "!~" else "OR", [own, word])
        states = sorted({state for text in _texts(node.value) for state in states_of(text)})
        found = Sql(f"r.state IN ({_marks(states)})", tuple(states)) if states else FALSE
        return Sql(f"NOT ({found.text})", found.params) if node.operator in ("!=", "NOT IN") else found

    def user(self, node: Compare) -> Sql:
        """By e-mail address, name or id of the person, or by what a client said in the tag `mlflow.user`."""
        operator = {"!=": "=", "NOT IN": "IN", "!~": "~"}.get(node.operator, node.operator)
        value = self.named(node.value)
        tests = [sql.text_test(f"u.{name}", operator, value, self.vendor) for name in ("email", "name")]
        if operator in EXACT:
            tests.append(sql.text_test("CAST(u.id AS varchar)", operator, value, self.vendor))
        person = Sql("u.id = r.created_by_id")
        tag = Sql("t.run_id = r.id AND t.\"key\" = 'mlflow.user'")
        found = sql.joined("OR", [
            sql.exists(f"{columns.USERS} u", person, sql.joined("OR", tests)),
            sql.exists(f"{columns.TAGS} t", tag, sql.text_test("t.value", operator, value, self.vendor)),
        ])  # fmt: skip
        return found if operator == node.operator else sql.negated(found)

    def named(self, value: Value | None) -> Value | None:
        """`me` as the address of the person who asks."""
        if isinstance(value, Items):
            return Items(tuple(self.named(item) for item in value.items))  # type: ignore[misc]
        return Text(self.person.email if self.person else "") if isinstance(value, Me) else value

    def time(self, column: str, operator: str, value: Ago | Moment) -> Sql:
        """Times are kept finer than the millisecond in which MLflow asks: equal means within it."""
        at = value.at if isinstance(value, Moment) else _before(self.now, value.delta)
        start, after = self.moment(at), self.moment(_after(at))
        tests = {
            "=": Sql(f"{column} >= %s AND {column} < %s", (start, after)),
            "!=": Sql(f"({column} < %s OR {column} >= %s)", (start, after)),
            ">": Sql(f"{column} >= %s", (after,)),
            ">=": Sql(f"{column} >= %s", (start,)),
            "<": Sql(f"{column} < %s", (start,)),
            "<=": Sql(f"{column} < %s", (after,)),
        }
        return tests[operator]

    def moment(self, at: datetime) -> Any:
        return connection.ops.adapt_datetimefield_value(at)

    def dataset(self, node: Compare) -> Sql:
        column = "w.context" if node.field.key == "context" else f"d.{node.field.key}"
        rows = f"{columns.USES} w JOIN {columns.DATASETS} d ON d.id = w.dataset_id"
        row = Sql("w.run_id = r.id")
        if node.value is None:
            return _presence(sql.exists(rows, row, Sql(f"{column} <> ''")), node.operator)
        return sql.exists(rows, row, sql.text_test(column, node.operator, node.value, self.vendor))

    def words(self, text: str) -> Sql:
        """In the name, at the beginning of the id, or in a tag or parameter."""
        entry = sql.joined(
            "OR", [sql.contains("t.value", text, self.vendor), sql.contains('t."key"', text, self.vendor)]
        )
        row = Sql("t.run_id = r.id")
        return sql.joined("OR", [
            sql.contains("r.name", text, self.vendor),
            Sql("SUBSTR(r.id, 1, %s) = %s", (len(text), text.lower())),
            sql.exists(f"{columns.TAGS} t", row, entry),
            sql.exists(f"{columns.PARAMS} t", row, entry),
        ])  # fmt: skip


def states_of(text: str) -> list[str]:
    """The states a word stands for: MLflow's in upper case, ours in lower, `live` for all that is not over."""
    if text == "live":
        return sorted(LIVE)
    return [text] if text in RunState.values else [state for state, word in MLFLOW_STATUS.items() if word == text]


def _presence(found: Sql, operator: str) -> Sql:
    return found if operator == "IS NOT NULL" else Sql(f"NOT {found.text}", found.params)


def _texts(value: Value | None) -> list[str]:
    items = value.items if isinstance(value, Items) else (value,)
    return [item.text for item in items if isinstance(item, Text)]


def _marks(values: list[str]) -> str:
    return ", ".join(["%s"] * len(values))


def _before(now: datetime, delta: timedelta) -> datetime:
    return now - min(delta, now - NEVER)


def _after(at: datetime) -> datetime:
    whole = at.replace(microsecond=at.microsecond // 1000 * 1000)
    try:
        return whole + MILLISECOND
    except OverflowError:
        return at
