"""Query strings of the run list → filters, by an allow-list."""

from rest_framework.request import Request

from runs.tracking.queries.runs import NO_PARENT, RunFilters
from studio.accounts.models import User
from studio.api import pagination
from studio.errors import Invalid
from studio.identifiers import is_run_id

MAX_PATH = 255
MAX_FILTER = 60_000
ARCHIVED = {"": False, "false": False, "0": False, "true": True, "1": True, "all": None, "any": None}


def run_filters(request: Request, user: User) -> RunFilters:
    """The filters of `GET runs`. Raises Invalid naming the parameter that can't be read."""
    query = request.GET
    archived = query.get("archived", "").lower()
    if archived not in ARCHIVED:
        raise _invalid("archived", "archived is true, false or all.")
    parent = query.get("parent", "")
    if parent and parent != NO_PARENT and not is_run_id(parent):
        raise _invalid("parent", "parent is a run id, or none.")
    created_by = _text(query.get("created_by", ""), "created_by")
    metrics = [_text(key, "metric") for key in query.getlist("metric")]
    return RunFilters(
        experiment=_text(query.get("experiment", ""), "experiment"),
        states=tuple(state for text in query.getlist("state") for state in text.split(",") if state),
        text=_text(query.get("q", ""), "q", 1000),
        tags=tuple(_text(tag, "tag", 8300) for tag in query.getlist("tag")),
        parent=parent,
        created_by=str(user.pk) if created_by == "me" else created_by,
        is_archived=ARCHIVED[archived],
        sort=_text(query.get("sort", "") or "-created", "sort", 1000),
        limit=pagination.limit_of(query),
        cursor=query.get("cursor", ""),
        metrics=tuple(metrics) or None,
        filter=_text(query.get("filter", ""), "filter", MAX_FILTER),
        person=user,
    )


def run_ids(text: str, *, most: int) -> list[str]:
    """The ids of `?ids=a,b`. Raises Invalid for none, too many or what is no id."""
    ids = list(dict.fromkeys(part for part in text.split(",") if part))
    if not 0 < len(ids) <= most:
        raise _invalid("ids", f"Give 1 to {most} run ids.")
    if not all(is_run_id(run_id) for run_id in ids):
        raise _invalid("ids", "One of these is no run id.")
    return ids


def _text(text: str, name: str, limit: int = MAX_PATH) -> str:
    if len(text) > limit or "\0" in text:
        raise _invalid(name, f"{name} is too long or holds a NUL character.")
    return text


def _invalid(name: str, message: str) -> Invalid:
    return Invalid("bad_parameter", message, fields={name: message})
