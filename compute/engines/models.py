"""What the worker last saw of each Docker engine: pages show it without asking an engine themselves."""

from django.db import models


class Engine(models.Model):
    """One engine by its address. Only the worker writes it; a row that has not been looked at for a while is `unknown`."""

    class State(models.TextChoices):
        UNKNOWN = "unknown"
        UP = "up"
        DOWN = "down"

    address = models.CharField(max_length=500, unique=True)  # DOCKER_HOST's form; "" is the engine of this machine
    state = models.CharField(max_length=10, choices=State.choices, default=State.UNKNOWN)
    version = models.CharField(max_length=60, blank=True)
    facts = models.JSONField(default=dict, blank=True)  # {"cpus", "memory", "architecture", "runtimes", "images_bytes"}
    problem = models.CharField(max_length=500, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)  # since when it is in this state

    def __str__(self) -> str:
        return self.address or "this machine"
