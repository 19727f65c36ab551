"""Template tags of the design system: formatting, icons and states. Described in docs/ui.md, shown on `/ui/`."""

import zlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms, template
from django.forms import BoundField
from django.http import QueryDict
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from studio.web import formats

register = template.Library()

# Any lifecycle's word → the glyph, and the word we show.
STATES: dict[str, tuple[str, str]] = {
    "created": ("created", "Created"),
    "queued": ("queued", "Queued"),
    "pending": ("queued", "Waiting"),
    "preparing": ("preparing", "Preparing"),
    "running": ("running", "Running"),
    "finalizing": ("finalizing", "Finalizing"),
    "completed": ("completed", "Completed"),
    "succeeded": ("completed", "Succeeded"),
    "failed": ("failed", "Failed"),
    "canceled": ("canceled", "Canceled"),
    "paused": ("paused", "Paused"),
    "archived": ("archived", "Archived"),
    "lost": ("lost", "Lost contact"),
    "building": ("running", "Building"),
    # endpoints, deployments, their revisions and instances
    "creating": ("preparing", "Creating"),
    "updating": ("running", "Updating"),
    "scaling": ("running", "Scaling"),
    "deleting": ("canceled", "Deleting"),
    "rolling": ("running", "Rolling out"),
    "live": ("completed", "Live"),
    "retired": ("archived", "Retired"),
    "starting": ("preparing", "Starting"),
    "ready": ("completed", "Ready"),
    "unready": ("lost", "Not ready"),
    "draining": ("finalizing", "Draining"),
    "stopped": ("canceled", "Stopped"),
    "asleep": ("paused", "Asleep"),
    "empty": ("created", "No deployments"),
    "silent": ("paused", "No traffic"),
    "outdated": ("lost", "Update failed"),
    # edge devices and their modules
    "new": ("created", "Not enrolled"),
    "online": ("completed", "Online"),
    "offline": ("lost", "Offline"),
    "revoked": ("canceled", "Shut out"),
    "fetching": ("preparing", "Fetching"),
    "unhealthy": ("lost", "Unhealthy"),
    "waiting": ("queued", "Waiting"),
    "rolled_back": ("lost", "Rolled back"),
    # steps of a pipeline
    "skipped": ("canceled", "Skipped"),
    "reused": ("completed", "Reused"),
}
TOAST_ICONS = {
    "success": "circle-check",
    "warning": "triangle-alert",
    "error": "circle-alert",
    "danger": "circle-alert",
}


@register.simple_tag
def icon(name: str, extra: str = "", label: str = "") -> SafeString:
    """One icon of the sprite; hidden from screen readers unless `label` names it."""
    naming = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="icon {}" {}><use href="{}#{}"></use></svg>', extra, naming, static("vendor/lucide/icons.svg"), name
    )


@register.simple_tag
def glyph(name: str) -> SafeString:
    """A state's glyph alone; the word must stand beside it."""
    shape = STATES.get(str(name), ("queued", ""))[0]
    return format_html(
        '<svg class="glyph state-{}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        shape,
        static("img/glyphs.svg"),
        shape,
    )


@register.inclusion_tag("ui/state_chip.html")
def state_chip(state: str, lost_contact: Any = False, pill: bool = False, title: str = "") -> dict[str, Any]:
    """Glyph and word of a state. `lost_contact` may be a flag or the moment since when."""
    return state_context(state, lost_contact=lost_contact, pill=pill, title=title)


def state_context(state: str, *, lost_contact: Any = False, pill: bool = False, title: str = "") -> dict[str, Any]:
    """What `ui/state_chip.html` needs; also behind the `state_word` filters."""
    shown = "lost" if lost_contact else str(state)
    shape, word = STATES.get(shown, ("queued", shown.capitalize()))
    if isinstance(lost_contact, datetime):
        title = title or f"No sign of life since {formats.absolute_time(lost_contact)}. It may still be training."
    return {"state": shown, "shape": shape, "word": word, "pill": pill, "title": title}


@register.filter
def state_word(state: str) -> str:
    """The word shown for a state."""
    return STATES.get(str(state), ("", str(state).capitalize()))[1]


@register.filter
def duration(value: timedelta | float | None) -> str:
    """`4m 12s`."""
    return formats.duration(value)


@register.simple_tag
def duration_clock(started: datetime | None, ended: datetime | None = None) -> SafeString:
    """The time between two moments; ticks in the browser while there is no end."""
    if started is None:
        return SafeString(formats.DASH)
    text = formats.duration((ended or timezone.now()) - started)
    if ended is not None:
        return format_html('<span class="num" title="{}">{}</span>', f"{(ended - started).total_seconds():.3f} s", text)
    return format_html('<duration-clock class="num" since="{}">{}</duration-clock>', started.isoformat(), text)


@register.filter
def relative_time(moment: datetime | None) -> SafeString:
    """`3 min ago`, absolute on hover, kept true by the browser."""
    if moment is None:
        return SafeString(formats.DASH)
    return format_html(
        '<relative-time datetime="{}" title="{}">{}</relative-time>',
        moment.isoformat(),
        formats.absolute_time(moment),
        formats.relative_time(moment),
    )


@register.filter
def absolute_time(moment: datetime | None) -> str:
    """`21 Nov 2026, 08:03:12 UTC`."""
    return formats.absolute_time(moment)


@register.filter
def size(value: float | None) -> str:
    """`48.2 GB`."""
    return formats.size(value)


@register.filter
def memory(value: float | None) -> SafeString:
    """`15.5 GB` with GiB on hover."""
    return format_html('<span title="{}">{}</span>', formats.binary_size(value), formats.size(value))


@register.filter
def number(value: Any) -> SafeString:
    """Four significant digits with every digit on hover; anything that is no number as it is."""
    if value is None or isinstance(value, bool) or not isinstance(value, int | float):
        return format_html("{}", formats.DASH if value is None or value == "" else value)
    shown, full = formats.number(value), formats.full_number(value)
    return format_html('<span class="num" title="{}">{}</span>', full, shown) if full != shown else SafeString(shown)


@register.filter
def percent(value: float | None) -> str:
    """`42 %` of 0.42."""
    return formats.percent(value)


@register.filter
def middle_cut(text: str, length: int = 24) -> str:
    """A long name with its middle left out."""
    return formats.middle_cut(str(text), length=int(length))


@register.filter
def series_class(name: Any) -> str:
    """The run palette's slot for a name: the same name has the same colour on every page."""
    return f"series-{zlib.crc32(str(name).encode()) % 12 + 1}"


@register.filter
def avatar_class(person: Any) -> str:
    """The colour of a person's initials."""
    return f"avatar-{zlib.crc32(str(getattr(person, 'pk', person)).encode()) % 8 + 1}"


@register.filter
def sparkline_path(values: list[float | None]) -> str:
    """The `d` of a sparkline."""
    return formats.sparkline(list(values))


@register.filter
def get_item(mapping: Any, key: str) -> Any:
    """A dictionary's value under a key that only the page knows."""
    # A name that a template does not know arrives as an empty string.
    return mapping.get(key) if isinstance(mapping, Mapping) else None


@register.filter
def toast_icon(level: str) -> str:
    """The icon of a message's level."""
    return TOAST_ICONS.get(level, "info")


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """A form field's widget with our class, tied to its hint and error for screen readers."""
    widget = field.field.widget
    # What the form's author set stays.
    attrs = dict(widget.attrs)
    if not isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
        base = "form-select" if isinstance(widget, forms.Select) else "form-control"
        attrs["class"] = f"{base} {widget.attrs.get('class', '')}".strip()
    notes = [f"{field.id_for_label}-hint"] if field.help_text else []
    if field.errors:
        notes.append(f"{field.id_for_label}-error")
        attrs["aria-invalid"] = "true"
    if notes:
        attrs["aria-describedby"] = " ".join(notes)
    return field.as_widget(attrs=attrs)


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """This page's query string with some parameters changed; an empty value takes one out, paging starts anew."""
    request = context.get("request")
    params = request.GET.copy() if request is not None else QueryDict(mutable=True)
    if "cursor" not in changes:
        params.pop("cursor", None)
    for name, value in changes.items():
        if value in (None, ""):
            params.pop(name, None)
        else:
            params[name] = str(value)
    return f"?{params.urlencode()}" if params else "?"
