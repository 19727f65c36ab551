"""A row per point, and a row with the last value of each metric of a run."""

from django.db import models

from runs.tracking.models import Run


class TwinPoint(models.Model):
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=250)
    step = models.BigIntegerField()
    time_ms = models.BigIntegerField()
    value = models.FloatField(null=True)

    class Meta:
        app_label = "twin"
        indexes = [models.Index(fields=["run", "key", "step"], name="twin_curve")]  # curves are read by it

    def __str__(self) -> str:
        return f"{self.key}@{self.step}"


class TwinLatest(models.Model):
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=250)
    step = models.BigIntegerField()
    time_ms = models.BigIntegerField()
    value = models.FloatField(null=True)

    class Meta:
        app_label = "twin"
        constraints = [models.UniqueConstraint(fields=["run", "key"], name="twin_latest_once")]

    def __str__(self) -> str:
        return self.key
