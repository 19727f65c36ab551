"""What pages of other features show of the trash: the banner, the menu's entry and its dialog."""

from typing import Any

from django import template
from django.urls import reverse

from runs.tracking.models import Experiment, Run
from runs.trash import queries
from studio import access
from studio.access import Permission

register = template.Library()


@register.inclusion_tag("runs/trash/banner.html", takes_context=True)
def trash_banner(context: template.Context, thing: Run | Experiment) -> dict[str, Any]:
    """That a run or experiment is in the trash: since when, by whom, until when, and the way back."""
    return {
        **_facts(context, thing),
        "thing": thing,
        "until": queries.kept_until(thing.deleted_at),
        "is_going": getattr(thing, "purge_number", None) is not None,
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("runs/trash/menu_item.html", takes_context=True)
def delete_item(context: template.Context, thing: Run | Experiment) -> dict[str, Any]:
    """The entry "Delete" of a menu; nothing for who may not."""
    return _facts(context, thing)


@register.inclusion_tag("runs/trash/dialog.html", takes_context=True)
def delete_dialog(context: template.Context, thing: Run | Experiment) -> dict[str, Any]:
    """The dialog that the entry opens, with the preview fetched when it does."""
    return {**_facts(context, thing), "csrf_token": context.get("csrf_token")}


def _facts(context: template.Context, thing: Run | Experiment) -> dict[str, Any]:
    request, slug = context["request"], thing.workspace.slug
    is_run = isinstance(thing, Run)
    kind = "run" if is_run else "experiment"
    permission = Permission.RUN_DELETE if is_run else Permission.EXPERIMENT_DELETE
    live = isinstance(thing, Run) and thing.is_live and thing.job_id is not None
    return {
        "kind": kind,
        "label": thing.name if isinstance(thing, Run) else thing.path,
        "can": access.allows(request, permission, thing.workspace),
        "is_deletable": thing.deleted_at is None and not live,
        "preview_url": f"{reverse('storage-preview', args=[slug])}?{kind}={thing.pk}",
        "delete_url": reverse(f"{kind}-delete", args=[slug, thing.pk]),
        "undelete_url": reverse(f"{kind}-undelete", args=[slug, thing.pk]),
    }
