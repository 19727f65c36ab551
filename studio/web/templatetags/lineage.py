"""The lineage of a thing on its page."""

from typing import Any

from django import template

from studio.access.models import Workspace
from studio.lineage import pages
from studio.lineage.things import Thing

register = template.Library()


@register.inclusion_tag("studio/lineage/card.html")
def lineage(workspace: Workspace, kind: str, key: Any) -> dict[str, Any]:
    """`{% lineage workspace "run" run.pk %}`: where it came from and what came of it; nothing where it stands alone."""
    return {"strip": pages.strip(workspace, Thing(kind, str(key)))}
