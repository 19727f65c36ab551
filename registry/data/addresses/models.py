"""The address table: which public prefix stands for which place of this installation."""

from django.db import models

from studio.access.named import Made


class AddressRule(Made):
    """`https://host/container/…` → `azureml://datastores/<datastore>/paths/<path>/…` of whichever workspace asks.

    The longest prefix wins. Rules belong to the installation: its administrators write them.
    """

    prefix = models.CharField(max_length=500, unique=True)
    datastore = models.CharField(max_length=120)  # by name: every workspace looks in its own
    path = models.CharField(max_length=1024, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("prefix",)

    def __str__(self) -> str:
        return f"{self.prefix} → {self.datastore}/{self.path}"
