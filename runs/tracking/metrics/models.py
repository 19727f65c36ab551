"""Tables of the metric store. No row is ever one point.

A batch is one packed row; the background compaction turns a run's batches into chunks of one key each. The run has no
index of its own where a constraint begins with it: every batch would pay for it.
"""

from django.db import models

from runs.tracking.models import Run
from studio.access.models import Workspace


class MetricKey(models.Model):
    """A metric's name within a workspace, so that packed data holds a small number."""

    class Goal(models.TextChoices):
        NONE = ""
        MIN = "min"
        MAX = "max"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=250)
    goal = models.CharField(max_length=3, choices=Goal.choices, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="metric_key_once")]

    def __str__(self) -> str:
        return self.name


class MetricSummary(models.Model):
    """What a table shows of one metric of one run. Null `first` or `last` with a count means not a number.

    Minimum, maximum and mean are over the finite values. `last` is the value of the greatest step, the later time
    and then the later arrival winning a tie.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, db_index=False, related_name="metric_summaries")
    key = models.ForeignKey(MetricKey, on_delete=models.CASCADE, db_index=False, related_name="+")
    count = models.BigIntegerField(default=0)
    first = models.FloatField(null=True)
    first_step = models.BigIntegerField(default=0)
    first_time_ms = models.BigIntegerField(default=0)
    last = models.FloatField(null=True)
    last_step = models.BigIntegerField(default=0)
    last_time_ms = models.BigIntegerField(default=0)
    min = models.FloatField(null=True)
    min_step = models.BigIntegerField(null=True)
    max = models.FloatField(null=True)
    max_step = models.BigIntegerField(null=True)
    total = models.FloatField(default=0.0)
    finite_count = models.BigIntegerField(default=0)
    nan_count = models.BigIntegerField(default=0)
    inf_count = models.BigIntegerField(default=0)
    rewinds = models.BigIntegerField(default=0)  # how often a step came that was not greater than the one before

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "key"], name="metric_summary_once")]
        # runs.tracking.search: runs by a metric's value. Every batch moves its metrics' entries, measured at a third of a
        # millisecond for ten metrics on SQLite, a tenth on PostgreSQL; in exchange nothing has to be sorted.
        indexes = [models.Index(fields=["key", "last", "run"], name="metric_summary_value")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.key_id}"


class MetricWriter(models.Model):
    """Every batch up to `contiguous_seq` of this writer has arrived; later ones are `MetricBatch` rows."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, db_index=False, related_name="metric_writers")
    name = models.CharField(max_length=40)
    contiguous_seq = models.BigIntegerField(default=-1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "name"], name="metric_writer_once")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.name}"


class MetricBatch(models.Model):
    """Points as they arrived: columns key id (int64), step (int64), time ms (int64), value (float64), compressed."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, db_index=False, related_name="metric_batches")
    writer = models.CharField(max_length=40)
    seq = models.BigIntegerField()
    count = models.IntegerField()
    data = models.BinaryField()
    # Compacted batches keep their row, emptied, until the writer's contiguous number has passed them.
    is_compacted = models.BooleanField(default=False)

    class Meta:
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["run", "writer", "seq"], name="metric_batch_once")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.writer}#{self.seq}"


class MetricChunk(models.Model):
    """Up to about 16 k points of one key of one run, sorted by step, with the ranges a reader needs to skip it."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, db_index=False, related_name="metric_chunks")
    key = models.ForeignKey(MetricKey, on_delete=models.CASCADE, related_name="+")
    count = models.IntegerField()
    step_min = models.BigIntegerField()
    step_max = models.BigIntegerField()
    time_min_ms = models.BigIntegerField()
    time_max_ms = models.BigIntegerField()
    value_min = models.FloatField(null=True)  # over the finite values
    value_max = models.FloatField(null=True)
    data = models.BinaryField()
    outline = models.BinaryField(default=b"")  # the chunk in stretches of 64 points, for charts of long curves

    class Meta:
        ordering = ("step_min", "id")
        indexes = [models.Index(fields=["run", "key", "step_min"], name="metric_chunk_range")]  # curve reads

    def __str__(self) -> str:
        return f"{self.run_id} {self.key_id} [{self.step_min}, {self.step_max}]"
