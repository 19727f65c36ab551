"""Stored bytes: content-addressed blobs inside a workspace."""

from django.db import models

from studio.access.models import Workspace


class Blob(models.Model):
    """Bytes kept once per workspace. The storage key is made by us; the user's names live in other rows."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    key = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)
    # When equal bytes were last stored again: whoever did so may still be about to write the row that refers to it.
    claimed_at = models.DateTimeField(null=True, blank=True)
    # "purge:12": that removal took an owner of it away and will look whether anybody else needs it.
    released_for = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "sha256"], name="blob_once")]
        indexes = [
            # runs.trash: what a removal still has to look at
            models.Index(fields=["released_for"], name="blob_released", condition=~models.Q(released_for="")),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]


class ObjectRemoval(models.Model):
    """A stored object whose row is gone and which must go too: written with the row's removal, so none is forgotten.

    Keys are never used twice, so it does not matter how late or how often the object is removed.
    """

    key = models.CharField(max_length=200, unique=True)
    size = models.BigIntegerField()
    released_for = models.CharField(max_length=40, blank=True, default="")  # who counts the bytes: "purge:12"
    created_at = models.DateTimeField(auto_now_add=True)
    attempts = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=500, blank=True)  # why the store did not remove it

    class Meta:
        indexes = [
            models.Index(fields=["released_for", "id"], name="object_removal_of"),  # a purge's own
        ]

    def __str__(self) -> str:
        return self.key
