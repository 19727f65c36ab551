"""Jobs: processes that report to the studio, with lease, log and history."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from compute.targets.models import ComputeTarget
from studio.access.models import Workspace, WorkspaceQuerySet
from studio.access.permissions import Permission


class JobState(models.TextChoices):
    CREATED = "created"
    QUEUED = "queued"
    PREPARING = "preparing"
    RUNNING = "running"
    FINALIZING = "finalizing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELED = "canceled"


FINAL_STATES = frozenset({JobState.COMPLETED, JobState.FAILED, JobState.CANCELED})
LIVE_STATES = frozenset({JobState.PREPARING, JobState.RUNNING, JobState.FINALIZING})


class Reason(models.TextChoices):
    """Why a job ended as it did, for programs; the text beside it is for people."""

    NONE = ""
    EXIT = "exit"  # the command ended by itself, see exit_code
    SIGNAL = "signal"  # the command was killed, see signal
    USER = "user"
    TIME_LIMIT = "time_limit"
    START_TIMEOUT = "start_timeout"
    RUNNER_LOST = "runner_lost"
    ENVIRONMENT = "environment"
    SNAPSHOT = "snapshot"
    INPUT = "input"
    OUTPUT = "output"
    OOM = "oom"
    DISK_FULL = "disk_full"
    BACKEND = "backend"
    STUDIO_STOPPED = "studio_stopped"
    CLIENT = "client"  # the script itself said so


class Job(models.Model):
    """One process somewhere. With a target: started by the studio; without: a script that attached itself."""

    view_permission: ClassVar[Permission] = Permission.RUN_VIEW

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="jobs")
    target = models.ForeignKey(ComputeTarget, null=True, blank=True, on_delete=models.PROTECT, related_name="jobs")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children")
    kind = models.CharField(max_length=40, default="run")  # names the handler of compute.jobs.handlers
    title = models.CharField(max_length=300, blank=True)
    spec = models.JSONField(default=dict)  # JobSpec without what is filled in at hand-over
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    state = models.CharField(max_length=12, choices=JobState.choices, default=JobState.CREATED)
    priority = models.IntegerField(default=0)  # higher goes first
    slots = models.PositiveIntegerField(default=1)
    attempt = models.PositiveIntegerField(default=0)  # the fencing number
    token_hash = models.CharField(max_length=64, blank=True)
    backend_ref = models.JSONField(null=True, blank=True)
    process = models.JSONField(default=dict, blank=True)  # pid, pgid, host as the runner reported them

    heartbeat_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    lost_contact_at = models.DateTimeField(null=True, blank=True)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=20, blank=True)

    exit_code = models.IntegerField(null=True, blank=True)
    signal = models.CharField(max_length=20, blank=True)
    reason = models.CharField(max_length=20, choices=Reason.choices, blank=True)
    message = models.TextField(blank=True)

    log_size = models.BigIntegerField(default=0)  # bytes
    log_lines = models.BigIntegerField(default=0)  # line ends

    created_at = models.DateTimeField(auto_now_add=True)
    queued_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)  # the command itself
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        indexes = [
            # compute.jobs.queries.queue and the dispatcher
            models.Index(
                fields=["target", "-priority", "queued_at"],
                name="job_queue",
                condition=models.Q(state="queued"),
            ),
            # compute.jobs.reconciler: live jobs whose lease ran out
            models.Index(
                fields=["lease_until"],
                name="job_leases",
                condition=models.Q(state__in=["preparing", "running", "finalizing"]),
            ),
        ]

    def __str__(self) -> str:
        return f"job {self.pk} ({self.state})"

    @property
    def is_finished(self) -> bool:
        return self.state in FINAL_STATES

    @property
    def is_attached(self) -> bool:
        return self.target_id is None

    @property
    def is_lost(self) -> bool:
        return self.lost_contact_at is not None and not self.is_finished


class JobEvent(models.Model):
    """One transition: from where to where, when, by whom and why."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="events")
    attempt = models.PositiveIntegerField(default=0)
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12, blank=True)
    detail = models.CharField(max_length=1000, blank=True)
    reason = models.CharField(max_length=20, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"


class LogChunk(models.Model):
    """A piece of a job's log, compressed. `offset` counts bytes, `line` the line ends before it."""

    # `log_chunk_once` begins with the job: an index of its own would be a second one to write.
    job = models.ForeignKey(Job, on_delete=models.CASCADE, db_index=False, related_name="log_chunks")
    offset = models.BigIntegerField()
    size = models.IntegerField()
    line = models.BigIntegerField()
    lines = models.IntegerField()
    data = models.BinaryField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("offset",)
        constraints = [models.UniqueConstraint(fields=["job", "offset"], name="log_chunk_once")]
        indexes = [models.Index(fields=["job", "line"], name="log_chunk_lines")]  # reading by line number

    def __str__(self) -> str:
        return f"{self.job_id}@{self.offset}+{self.size}"
