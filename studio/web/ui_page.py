"""The component page at `/ui/`: every part of the design system on one page, which is also its visual test."""

import math

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from studio.web import ui_samples
from studio.web.page import page
from studio.web.templatetags.ui import STATES

PALETTE = (
    "bg",
    "surface",
    "raised",
    "text",
    "text-muted",
    "border",
    "hairline",
    "accent",
    "success",
    "warning",
    "danger",
)


@login_required
@require_safe
def ui_page(request: HttpRequest) -> HttpResponse:
    """Shows components with made-up rows; reads nothing of any workspace."""
    context = {
        "states": [state for state in STATES if state != "lost"],
        "palette": PALETTE,
        "slots": range(1, 13),
        "runs": ui_samples.runs(),
        "operations": ui_samples.operations(),
        "tree": ui_samples.tree(),
        "search_bars": ui_samples.search_bars(),
        "form": ui_samples.form(),
        "facts": [("Run", "k3v9x2m7qabc"), ("Commit", "4f1d0c9a7be2"), ("Python", "3.11.7"), ("Exit code", None)],
        "points": [math.exp(-i / 12) + 0.06 * math.sin(i * 1.7) for i in range(40)],
        "tabs": [
            {"label": "Overview", "url": "#", "is_current": True, "icon": "list"},
            {"label": "Charts", "url": "#charts", "icon": "chart-line"},
            {"label": "Logs", "url": "#logs", "icon": "scroll-text"},
            {"label": "Artifacts", "url": "#artifacts", "icon": "package", "count": 12},
        ],
        "numbers": [0.123456789, 1234, 12345.678, 1.5e-7, float("nan"), float("-inf"), None, 0.0, 99.99999],
        "bulk": [
            {"value": "stop", "label": "Stop", "icon": "circle-stop", "confirm": "Stop {n} runs?"},
            {
                "value": "archive",
                "label": "Archive",
                "icon": "archive",
                "is_danger": True,
                "confirm": "Archive {n} runs?",
            },
        ],
        "snippet": "pip install atelier\natelier login http://127.0.0.1:8000\natelier run submit job.yml --stream",
    }
    return page(request, "ui/page.html", context)
