"""Bodies of questions to tables, and the shapes of answers."""

from typing import Any

from rest_framework import serializers

from registry.data.explore import drift as drifts
from registry.data.explore import queries
from registry.data.explore.models import DataProfile
from registry.data.reading import reader
from studio.api.fields import Int64, StrictSerializer, Text

MAX_SQL = 20_000
MAX_CONDITION = 4_000
MAX_NAME = 1_000
KINDS = ("histogram", "bar", "scatter", "line", "box")


class SqlQuestion(StrictSerializer):
    sql = Text(max_length=MAX_SQL)
    limit = Int64(min_value=1, max_value=reader.MOST_ROWS, required=False, default=reader.MOST_ROWS)


class SqlFileQuestion(StrictSerializer):
    """Without SQL: the whole table."""

    sql = Text(max_length=MAX_SQL, required=False, allow_blank=True, default="")


class ChartQuestion(StrictSerializer):
    kind = serializers.ChoiceField(choices=KINDS)
    x = Text(max_length=MAX_NAME, required=False, allow_null=True, allow_blank=True, default=None)
    y = Text(max_length=MAX_NAME, required=False, allow_null=True, allow_blank=True, default=None)
    colour = Text(max_length=MAX_NAME, required=False, allow_null=True, allow_blank=True, default=None)
    where = Text(max_length=MAX_CONDITION, required=False, allow_blank=True, default="")


class TableColumnAnswer(serializers.Serializer):
    name = serializers.CharField()
    type = serializers.CharField()
    native = serializers.CharField()


class TableResultAnswer(serializers.Serializer):
    columns = TableColumnAnswer(many=True)
    rows = serializers.ListField(child=serializers.ListField())
    has_more = serializers.BooleanField()


class TableRowsAnswer(TableResultAnswer):
    row_count = serializers.IntegerField(allow_null=True)


class SketchAnswer(serializers.Serializer):
    row_count = serializers.IntegerField()
    is_sample = serializers.BooleanField()
    columns = serializers.ListField(child=serializers.DictField())


class DataProfileAnswer(serializers.Serializer):
    state = serializers.ChoiceField(choices=["missing", "queued", "running", "ready", "failed"])
    problem = serializers.CharField(allow_blank=True)
    row_count = serializers.IntegerField(allow_null=True)
    columns = serializers.ListField(child=serializers.DictField())
    columns_done = serializers.IntegerField()
    correlations = serializers.DictField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)


class ChartSeriesAnswer(serializers.Serializer):
    name = serializers.CharField(allow_blank=True)
    x = serializers.ListField()
    y = serializers.ListField()


class DataChartAnswer(serializers.Serializer):
    kind = serializers.CharField()
    x = serializers.CharField(allow_null=True)
    y = serializers.CharField(allow_null=True)
    colour = serializers.CharField(allow_null=True)
    series = ChartSeriesAnswer(many=True)
    is_sample = serializers.BooleanField()
    rows = serializers.IntegerField()


class ColumnDriftAnswer(serializers.Serializer):
    name = serializers.CharField()
    type = serializers.CharField()
    change = serializers.CharField(allow_blank=True)
    level = serializers.ChoiceField(choices=["large", "moderate", "small"])
    sentence = serializers.CharField()
    psi = serializers.FloatField(allow_null=True)
    js = serializers.FloatField(allow_null=True)
    ks = serializers.FloatField(allow_null=True)
    missing = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    new_values = serializers.ListField(child=serializers.CharField())
    lost_values = serializers.ListField(child=serializers.CharField())


class DriftAnswer(serializers.Serializer):
    rows = serializers.ListField(child=serializers.IntegerField(allow_null=True))
    large = serializers.IntegerField()
    moderate = serializers.IntegerField()
    columns = ColumnDriftAnswer(many=True)


def profile(row: DataProfile | None) -> dict[str, Any]:
    """A profile as far as it is made; `missing` when nobody asked for one."""
    if row is None:
        return {
            "state": "missing", "problem": "", "row_count": None, "columns": [], "columns_done": 0,
            "correlations": None, "finished_at": None,
        }  # fmt: skip
    return {
        "state": row.state,
        "problem": row.problem,
        "row_count": row.row_count,
        "columns": row.columns,
        "columns_done": queries.done_of(row),
        "correlations": row.correlations,
        "finished_at": row.finished_at,
    }


def drift(found: drifts.Drift) -> dict[str, Any]:
    return {
        "rows": list(found.rows),
        "large": found.large,
        "moderate": found.moderate,
        "columns": [_column_drift(one) for one in found.columns],
    }


def _column_drift(one: drifts.ColumnDrift) -> dict[str, Any]:
    return {
        "name": one.name, "type": one.type, "change": one.change, "level": one.level, "sentence": one.sentence,
        "psi": one.psi, "js": one.js, "ks": one.ks, "missing": list(one.missing) if one.missing else None,
        "new_values": one.new_values, "lost_values": one.lost_values,
    }  # fmt: skip
