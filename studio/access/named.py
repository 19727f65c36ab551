"""What the tables of a workspace's things have in common: who made a row and when, and being known by a name."""

from typing import Any, ClassVar, Self
from urllib.parse import quote

from django.conf import settings
from django.db import models
from django.utils import timezone

from studio.access.models import Workspace, WorkspaceQuerySet

MOST_WORDS = 20


class Made(models.Model):
    """A row that remembers who made it; it outlives that person."""

    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True


class NamedQuerySet(WorkspaceQuerySet):
    """Rows with a `name` and a `description`."""

    def with_words(self, typed: str) -> Self:
        """Those whose name or description has every one of the words somebody typed, of which the first 20 count."""
        found = self
        for word in typed.replace("\0", "").split()[:MOST_WORDS]:  # no text holds a NUL, and PostgreSQL takes none
            found = found.filter(models.Q(name__icontains=word) | models.Q(description__icontains=word))
        return found


class Named(Made):
    """A thing that its workspace knows by name: with a page, and a word for it in events and notifications.

    How long a name may be and which ones there are is the thing's own; so is the constraint that has each only once.
    """

    noun: ClassVar[str]  # of its subject: "model"
    pages: ClassVar[str]  # where those of its kind are shown, below the workspace: "data/datastores"

    workspace: "models.ForeignKey[Any, Workspace]"
    name: "models.CharField[Any, str]"
    updated_at = models.DateTimeField(default=timezone.now)

    objects = NamedQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        """What events and notifications call it."""
        return f"{self.noun}:{self.pk}"

    def get_absolute_url(self) -> str:
        return f"/w/{self.workspace.slug}/{self.pages}/{quote(self.name, safe='')}/"
