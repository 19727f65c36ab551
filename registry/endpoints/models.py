"""Endpoints, their deployments, what each deployment was at each time, the instances that answer, and what they were asked."""

from typing import ClassVar
from urllib.parse import quote

from django.conf import settings
from django.db import models
from django.utils import timezone

from registry.environments.models import Environment
from registry.images.models import ImageVersion
from registry.mlmodels.models import ModelVersion
from studio.access.models import Workspace, WorkspaceQuerySet
from studio.access.named import Made, Named
from studio.access.permissions import Permission
from studio.storage.models import Blob


class Endpoint(Named):
    """A stable address. `generation` grows with each change that the gateway must know."""

    view_permission: ClassVar[Permission] = Permission.ENDPOINT_VIEW
    noun: ClassVar[str] = "endpoint"
    pages: ClassVar[str] = "endpoints"

    class AuthMode(models.TextChoices):
        KEY = "key"  # two keys that rotate
        TOKEN = "aml_token"  # tokens that expire, asked for by people and programs who may invoke

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="endpoints")
    name = models.CharField(max_length=32)
    description = models.TextField(blank=True)
    tags = models.JSONField(default=dict, blank=True)
    properties = models.JSONField(default=dict, blank=True)
    auth_mode = models.CharField(max_length=10, choices=AuthMode.choices, default=AuthMode.KEY)
    traffic = models.JSONField(default=dict, blank=True)  # {"blue": 90, "green": 10}: sums to 100, or is empty
    mirror_traffic = models.JSONField(default=dict, blank=True)  # {"green": 10}: one name at most, 50 at most
    previous_traffic = models.JSONField(default=dict, blank=True)  # before the last change: what rolling back restores
    # The keys: sealed with the workspace's key, and their SHA-256, which is all that the gateway gets.
    primary_key = models.TextField(blank=True)
    secondary_key = models.TextField(blank=True)
    primary_hash = models.CharField(max_length=64, blank=True)
    secondary_hash = models.CharField(max_length=64, blank=True)
    generation = models.PositiveIntegerField(default=1)
    is_deleting = models.BooleanField(default=False)  # no traffic any more; the row goes with its last instance

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="endpoint_name_once")]


class Deployment(Made):
    """A named set of instances behind an endpoint. What they run is the revision `current`; `wanted` is on its way to replace it."""

    view_permission: ClassVar[Permission] = Permission.ENDPOINT_VIEW
    workspace_path: ClassVar[str] = "endpoint__workspace"

    class State(models.TextChoices):
        """Azure's names."""

        CREATING = "Creating"
        UPDATING = "Updating"
        SCALING = "Scaling"
        SUCCEEDED = "Succeeded"
        FAILED = "Failed"
        DELETING = "Deleting"

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="deployments")
    name = models.CharField(max_length=32)
    deployer = models.CharField(max_length=40)  # a plug-in of registry.endpoints.deployers: local, docker
    state = models.CharField(max_length=10, choices=State.choices, default=State.CREATING)
    problem = models.TextField(blank=True)
    instance_count = models.PositiveIntegerField(default=1)  # how many there shall be now; a rule may change it
    # {"type": "default"} or {"type": "target_concurrency", "target", "min", "max", "idle_seconds"}; min 0: scale to zero
    scale = models.JSONField(default=dict, blank=True)
    collector = models.JSONField(default=dict, blank=True)  # Azure's data_collector, checked
    current = models.ForeignKey(
        "DeploymentRevision", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    wanted = models.ForeignKey("DeploymentRevision", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    last_number = models.PositiveIntegerField(default=0)  # of its revisions
    description = models.TextField(blank=True)
    tags = models.JSONField(default=dict, blank=True)
    properties = models.JSONField(default=dict, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)  # the last request, as the gateway told: for scaling to zero
    # Whoever moves it on now: one ticker at a time, and another one when this one died.
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_holder = models.CharField(max_length=40, blank=True)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=["endpoint", "name"], name="deployment_name_once")]

    def __str__(self) -> str:
        return f"{self.endpoint}/{self.name}"

    @property
    def subject(self) -> str:
        return f"deployment:{self.pk}"

    def get_absolute_url(self) -> str:
        return f"{self.endpoint.get_absolute_url()}deployments/{quote(self.name, safe='')}/"


class DeploymentRevision(Made):
    """What a deployment runs, as it was asked for once: never changed, kept for rolling back."""

    view_permission: ClassVar[Permission] = Permission.ENDPOINT_VIEW
    workspace_path: ClassVar[str] = "deployment__endpoint__workspace"

    class State(models.TextChoices):
        PENDING = "pending"
        PREPARING = "preparing"  # the environment or image is being made
        ROLLING = "rolling"  # its instances start beside the old ones
        LIVE = "live"
        RETIRED = "retired"
        FAILED = "failed"

    deployment = models.ForeignKey(Deployment, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    problem = models.TextField(blank=True)  # why it failed, with the place in the scoring script where there is one
    model_version = models.ForeignKey(
        ModelVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="revisions"
    )
    image_version = models.ForeignKey(
        ImageVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="revisions"
    )
    environment = models.ForeignKey(Environment, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    code = models.ForeignKey(Blob, null=True, blank=True, on_delete=models.PROTECT, related_name="+")  # a zip
    scoring_script = models.CharField(max_length=300, blank=True)  # its path in the zip
    # registry.endpoints.specs.Spec: {"environment_variables", "request_settings", "liveness_probe", "readiness_probe",
    # "resources", "instance_type"}
    spec = models.JSONField(default=dict, blank=True)
    prepared = models.JSONField(default=dict, blank=True)  # the deployer's: what its instances are started from
    moved_at = models.DateTimeField(default=timezone.now)  # since when it is in this state
    live_at = models.DateTimeField(null=True, blank=True)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("-number",)
        constraints = [models.UniqueConstraint(fields=["deployment", "number"], name="deployment_revision_once")]

    def __str__(self) -> str:
        return f"{self.deployment} r{self.number}"


class Instance(models.Model):
    """One process or container that answers for a revision. `ref` finds it again after a restart of everything."""

    view_permission: ClassVar[Permission] = Permission.ENDPOINT_VIEW
    workspace_path: ClassVar[str] = "revision__deployment__endpoint__workspace"

    class State(models.TextChoices):
        STARTING = "starting"
        READY = "ready"  # in rotation
        UNREADY = "unready"  # alive, its readiness probe fails
        DRAINING = "draining"  # out of rotation, finishing what it has
        STOPPED = "stopped"
        FAILED = "failed"

    ALIVE: ClassVar[tuple[str, ...]] = (State.STARTING, State.READY, State.UNREADY, State.DRAINING)

    revision = models.ForeignKey(DeploymentRevision, on_delete=models.CASCADE, related_name="instances")
    slot = models.PositiveIntegerField()  # 0, 1, …: one living instance a slot
    attempt = models.PositiveIntegerField(default=1)  # a restart of the slot counts one more
    state = models.CharField(max_length=10, choices=State.choices, default=State.STARTING)
    ref = models.JSONField(null=True, blank=True)  # the deployer's; null until it was started
    address = models.CharField(max_length=200, blank=True)  # host:port, as the gateway reaches it
    problem = models.TextField(blank=True)
    failures = models.PositiveIntegerField(default=0)  # probes that failed in a row
    probed_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    ready_at = models.DateTimeField(null=True, blank=True)
    drain_until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ("slot", "-attempt")
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "slot"],
                condition=models.Q(state__in=["starting", "ready", "unready"]),
                name="instance_slot_once",
            ),
            models.UniqueConstraint(fields=["revision", "slot", "attempt"], name="instance_attempt_once"),
        ]
        indexes = [
            # the reconciler: all that lives
            models.Index(
                fields=["revision"],
                name="instance_alive",
                condition=models.Q(state__in=["starting", "ready", "unready", "draining"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.revision} #{self.slot}"


class DeploymentEvent(models.Model):
    """What happened to a deployment, as its page tells it."""

    deployment = models.ForeignKey(Deployment, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(
        max_length=40
    )  # Azure's words where they fit: Created, Started, LivenessProbeFailed, BackOff
    detail = models.CharField(max_length=1000, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.kind}: {self.detail}"


class TrafficMinute(models.Model):
    """What one gateway saw of one deployment in a minute. Sent as whole minutes so far: a later row replaces an earlier one."""

    deployment = models.ForeignKey(Deployment, on_delete=models.CASCADE, db_index=False, related_name="traffic_minutes")
    minute = models.DateTimeField()
    gateway = models.CharField(max_length=40)  # which gateway process said so
    requests = models.PositiveIntegerField(default=0)
    mirrored = models.PositiveIntegerField(default=0)
    client_errors = models.PositiveIntegerField(default=0)  # 4xx
    server_errors = models.PositiveIntegerField(default=0)  # 5xx and those that never got an answer
    # Durations in ms as {bucket: count}, buckets growing by 5 %: registry.endpoints.telemetry.histogram
    durations = models.JSONField(default=dict, blank=True)
    concurrency = models.FloatField(default=0)  # mean of requests at one time
    bytes_in = models.BigIntegerField(default=0)
    bytes_out = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["deployment", "minute", "gateway"], name="traffic_minute_once"),
        ]
        indexes = [models.Index(fields=["minute"], name="traffic_minute_old")]  # forgetting what is old

    def __str__(self) -> str:
        return f"{self.deployment_id} {self.minute:%H:%M}"
