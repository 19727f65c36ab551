"""Traces, their spans, tags, metadata and assessments."""

from typing import ClassVar
from urllib.parse import quote

from django.conf import settings
from django.db import models
from django.db.models.functions import Left

from runs.tracking.models import Experiment, Run
from studio.access.models import Workspace, WorkspaceQuerySet
from studio.access.permissions import Permission
from studio.storage.models import Blob

MAX_TRACE_ID = 100
MAX_KEY = 250
MAX_VALUE = 8_000
INDEXED_VALUE = 100  # so much of a value is in the index: PostgreSQL refuses long entries


class TraceState(models.TextChoices):
    IN_PROGRESS = "IN_PROGRESS"
    OK = "OK"
    ERROR = "ERROR"
    STATE_UNSPECIFIED = "STATE_UNSPECIFIED"


class Trace(models.Model):
    """One request, from its root span's start to its end. The client names it; the name is unique in a workspace."""

    view_permission: ClassVar[Permission] = Permission.RUN_VIEW
    job_path: ClassVar[str] = "run__job"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="traces")
    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="traces")
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.SET_NULL, related_name="traces")
    trace_id = models.CharField(max_length=MAX_TRACE_ID)

    name = models.CharField(max_length=MAX_KEY, blank=True)
    state = models.CharField(max_length=20, choices=TraceState.choices, default=TraceState.IN_PROGRESS)
    request_time_ms = models.BigIntegerField()  # since the epoch
    duration_ms = models.BigIntegerField(null=True, blank=True)
    request_preview = models.TextField(null=True, blank=True)  # never told is not the same as empty
    response_preview = models.TextField(null=True, blank=True)
    client_request_id = models.CharField(max_length=MAX_KEY, blank=True)
    session = models.CharField(max_length=MAX_KEY, blank=True)
    is_reported = models.BooleanField(default=False)  # the client has said what it came to: spans no longer change it

    input_tokens = models.BigIntegerField(null=True, blank=True)
    output_tokens = models.BigIntegerField(null=True, blank=True)
    total_tokens = models.BigIntegerField(null=True, blank=True)
    cache_read_tokens = models.BigIntegerField(null=True, blank=True)
    cache_creation_tokens = models.BigIntegerField(null=True, blank=True)
    input_cost = models.FloatField(null=True, blank=True)
    output_cost = models.FloatField(null=True, blank=True)
    total_cost = models.FloatField(null=True, blank=True)
    span_count = models.PositiveIntegerField(default=0)
    size = models.BigIntegerField(default=0)  # bytes of its spans, unpacked

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("-request_time_ms", "-id")
        indexes = [
            models.Index(fields=["workspace", "-request_time_ms", "-id"], name="trace_list"),  # the page, newest first
            models.Index(fields=["experiment", "-request_time_ms", "-id"], name="trace_list_experiment"),
            models.Index(fields=["run", "-request_time_ms", "-id"], name="trace_list_run"),  # the run's tab
        ]
        constraints = [models.UniqueConstraint(fields=["workspace", "trace_id"], name="trace_id_once")]

    def __str__(self) -> str:
        return self.name or self.trace_id

    @property
    def is_over(self) -> bool:
        return self.state in (TraceState.OK, TraceState.ERROR)

    def get_absolute_url(self) -> str:
        return f"/w/{self.workspace.slug}/traces/{quote(self.trace_id, safe='')}/"


class TraceTag(models.Model):
    """What may be changed later."""

    trace = models.ForeignKey(Trace, on_delete=models.CASCADE, related_name="tags")
    key = models.CharField(max_length=MAX_KEY)
    value = models.TextField(max_length=MAX_VALUE, blank=True)

    class Meta:
        ordering = ("key",)
        indexes = [models.Index("key", Left("value", INDEXED_VALUE), name="trace_tag_values")]  # search by a tag
        constraints = [models.UniqueConstraint(fields=["trace", "key"], name="trace_tag_once")]

    def __str__(self) -> str:
        return f"{self.key}={self.value}"


class TraceMetadata(models.Model):
    """What was true of the request and stays so: its run, its person, its session."""

    trace = models.ForeignKey(Trace, on_delete=models.CASCADE, related_name="metadata")
    key = models.CharField(max_length=MAX_KEY)
    value = models.TextField(max_length=MAX_VALUE, blank=True)

    class Meta:
        ordering = ("key",)
        indexes = [models.Index("key", Left("value", INDEXED_VALUE), name="trace_metadata_values")]  # search by it
        constraints = [models.UniqueConstraint(fields=["trace", "key"], name="trace_metadata_once")]

    def __str__(self) -> str:
        return f"{self.key}={self.value}"


class TraceSpan(models.Model):
    """One step of a trace. What is searched and summed is in columns, the whole of it packed in `data`."""

    trace = models.ForeignKey(Trace, on_delete=models.CASCADE, related_name="spans")
    span_id = models.CharField(max_length=16)
    parent_id = models.CharField(max_length=16, blank=True)
    name = models.CharField(max_length=MAX_KEY, blank=True)
    type = models.CharField(max_length=MAX_KEY, blank=True)
    status = models.CharField(max_length=10)  # OK, ERROR, UNSET
    start_ns = models.BigIntegerField()
    end_ns = models.BigIntegerField(null=True, blank=True)
    model = models.CharField(max_length=MAX_KEY, blank=True)
    provider = models.CharField(max_length=MAX_KEY, blank=True)
    input_cost = models.FloatField(null=True, blank=True)
    output_cost = models.FloatField(null=True, blank=True)
    total_cost = models.FloatField(null=True, blank=True)
    size = models.PositiveIntegerField()  # bytes of the JSON before packing
    text = models.TextField(blank=True)  # its beginning as readable JSON, for searching
    data = models.BinaryField()  # zstd of JSON, see codec

    class Meta:
        ordering = ("start_ns", "id")
        indexes = [models.Index(fields=["name"], name="trace_span_names")]  # search by a span's name
        constraints = [models.UniqueConstraint(fields=["trace", "span_id"], name="trace_span_once")]

    def __str__(self) -> str:
        return self.name


class AssessmentKind(models.TextChoices):
    FEEDBACK = "feedback"
    EXPECTATION = "expectation"
    ISSUE = "issue"


class Assessment(models.Model):
    """What a person, a judge or a program says of a trace or of one of its spans."""

    view_permission: ClassVar[Permission] = Permission.RUN_VIEW
    workspace_path: ClassVar[str] = "trace__workspace"
    job_path: ClassVar[str] = "trace__run__job"

    trace = models.ForeignKey(Trace, on_delete=models.CASCADE, related_name="assessments")
    assessment_id = models.CharField(max_length=50)
    name = models.CharField(max_length=MAX_KEY)
    kind = models.CharField(max_length=12, choices=AssessmentKind.choices)
    value = models.TextField(blank=True)  # JSON
    number = models.FloatField(null=True, blank=True)  # the value where it is one: to compare and to average
    error = models.JSONField(null=True, blank=True)  # error_code, error_message, stack_trace
    source_type = models.CharField(max_length=50)  # HUMAN, LLM_JUDGE, CODE
    source_id = models.CharField(max_length=MAX_KEY, blank=True)
    rationale = models.TextField(null=True, blank=True)  # never told is not the same as empty
    metadata = models.JSONField(default=dict, blank=True)
    span_id = models.CharField(max_length=50, blank=True)
    overrides = models.CharField(max_length=50, blank=True)  # the assessment it takes the place of
    is_valid = models.BooleanField(default=True)  # False once another one overrides it
    created_ms = models.BigIntegerField()
    updated_ms = models.BigIntegerField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("created_ms", "id")
        indexes = [models.Index("name", Left("value", INDEXED_VALUE), name="assessment_values")]  # search by a verdict
        constraints = [
            models.UniqueConstraint(fields=["trace", "assessment_id"], name="assessment_once"),
            models.CheckConstraint(condition=models.Q(kind__in=AssessmentKind.values), name="assessment_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"


class TraceFile(models.Model):
    """A file that came with a trace (a picture its inputs held); the bytes are a blob under a name of ours."""

    view_permission: ClassVar[Permission] = Permission.RUN_VIEW
    workspace_path: ClassVar[str] = "trace__workspace"
    job_path: ClassVar[str] = "trace__run__job"

    trace = models.ForeignKey(Trace, on_delete=models.CASCADE, related_name="files")
    path = models.CharField(max_length=1024)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    size = models.BigIntegerField()
    content_type = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("path",)
        constraints = [models.UniqueConstraint(fields=["trace", "path"], name="trace_file_once")]

    def __str__(self) -> str:
        return self.path
