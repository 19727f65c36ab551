"""What a person has set over a page of charts, as saved views and the page's address keep it.

    {
      "version": 1,
      "x": "step",                    the axis: step, relative, wall or metric:NAME
      "smooth": 0.6,                  0 to 0.99
      "method": "twema",              twema, ema, gaussian, mean or median
      "logx": false, "logy": "linear" linear, log or symlog
      "zero": false, "outliers": false   whether 0 is on the y axis; whether outliers are ignored
      "group": "params.lr",           one line and a band for each value; "" one line for each run
      "centre": "mean", "spread": "std"
      "colour": "params.lr", "dash": "tags.team", "facet": ""
      "palette": "runs",              runs, okabe or viridis; "by": "metrics.val/acc:best" orders viridis
      "q": "", "columns": 0, "height": 220   the search; charts in a row (0: as many as fit); pixels
      "order": ["val", "train"], "closed": ["system"], "opened": [], "pinned": ["val/loss"]
      "hidden": ["k3v9x2m7qabc"],     runs that are not drawn
      "zooms": {"val/loss": [0, 100]}, "ranges": {"val/loss": [0, 1]}
      "brushes": {"params.lr": [0.001, 0.1]}   what parallel coordinates keep; of texts places from 0 to 1
      "steps": {"image": 100},        the step of a section of images, tables, matrices or curves; left out: the last one
      "picks": {"table/worst": {"run": "k3v9x2m7qabc", "other": "", "share": true}}   what is chosen in such a card
      "sections": {"system": {"x": "relative"}}   what a section has for itself
      "cards": [{"kind": "expression", "text": "val/loss - train/loss"}]   charts that were added
    }

Every field may be left out. `validated` is what a saved view calls before it stores `state["charts"]`.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

from runs.tracking.charts import bands, expressions, fields, media
from studio.errors import Invalid

VERSION = 1
KINDS = ("expression", "scatter", "bar", "box", "contour", "parallel")
METHODS = ("twema", "ema", "gaussian", "mean", "median")
PALETTES = ("runs", "okabe", "viridis")
SCALES = ("linear", "log", "symlog")
MOST_CARDS = 50
MOST_ENTRIES = 1_000
MOST_LETTERS = 600
_CARD_FIELDS = ("text", "x", "y", "z", "metric", "title")


def validated(state: object) -> dict[str, Any]:
    """The state as it may be stored, its unknown fields refused. Raises Invalid naming the field."""
    if not isinstance(state, Mapping):
        raise _invalid("charts", "The state of the charts is an object.")
    if state.get("version", VERSION) != VERSION:
        raise _invalid("version", f"This studio reads version {VERSION} of the charts' state.")
    checked: dict[str, Any] = {"version": VERSION}
    for name, value in state.items():
        if name == "version":
            continue
        if name not in _CHECKS:
            raise _invalid(str(name)[:40], "The state of the charts has no such field.")
        if not _CHECKS[name](value):
            raise _invalid(name, "This value does not fit the field.")
        checked[name] = value
    for card in checked.get("cards", ()):
        _check_card(card)
    return checked


def _check_card(card: Mapping[str, Any]) -> None:
    if card["kind"] == "expression":
        expressions.parse(card.get("text", ""))
    for name in ("x", "y", "z"):
        if name in card and card["kind"] != "parallel":
            fields.parse(card[name])


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= MOST_LETTERS and value.isprintable()


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _one_of(*names: str) -> Callable[[object], bool]:
    return lambda value: value in names


def _between(low: float, high: float) -> Callable[[object], bool]:
    return lambda value: _is_number(value) and low <= float(str(value)) <= high


def _is_axis(value: object) -> bool:
    return value in ("step", "relative", "wall") or (_is_text(value) and str(value).startswith("metric:"))


def _is_field(value: object) -> bool:
    if value == "":
        return True
    if not _is_text(value):
        return False
    fields.parse(str(value))
    return True


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and len(value) <= MOST_ENTRIES and all(_is_text(one) for one in value)


def _are_ranges(value: object) -> bool:
    if not isinstance(value, Mapping) or len(value) > MOST_ENTRIES:
        return False
    return all(_is_text(key) and _is_range(edges) for key, edges in value.items())


def _is_range(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(_is_number(edge) for edge in value)


def _are_steps(value: object) -> bool:
    if not isinstance(value, Mapping) or not set(value) <= set(media.FOLDERS.values()):
        return False
    return all(isinstance(step, int) and _is_number(step) for step in value.values())


def _are_picks(value: object) -> bool:
    return isinstance(value, Mapping) and len(value) <= MOST_ENTRIES and all(map(_is_text, value)) and _all_fit(value)


def _all_fit(picks: Mapping[str, object]) -> bool:
    checks = {"run": _is_text, "other": _is_text, "share": _is_flag}
    return all(
        isinstance(pick, Mapping) and set(pick) <= set(checks) and all(checks[name](one) for name, one in pick.items())
        for pick in picks.values()
    )


def _are_sections(value: object) -> bool:
    if not isinstance(value, Mapping) or len(value) > MOST_ENTRIES:
        return False
    return all(
        _is_text(name) and isinstance(own, Mapping) and set(own) <= {"x"} and all(map(_is_axis, own.values()))
        for name, own in value.items()
    )


def _are_cards(value: object) -> bool:
    return isinstance(value, list) and len(value) <= MOST_CARDS and all(_is_card(card) for card in value)


def _is_card(card: object) -> bool:
    if not isinstance(card, Mapping) or card.get("kind") not in KINDS:
        return False
    texts = {name: value for name, value in card.items() if name not in ("kind", "fields")}
    many = card.get("fields", [])
    return set(texts) <= set(_CARD_FIELDS) and all(map(_is_text, texts.values())) and _are_texts(many)


_CHECKS: dict[str, Callable[[object], bool]] = {
    "x": _is_axis,
    "smooth": _between(0, 0.99),
    "method": _one_of(*METHODS),
    "logx": _is_flag,
    "logy": _one_of(*SCALES),
    "zero": _is_flag,
    "outliers": _is_flag,
    "group": _is_field,
    "centre": _one_of(*bands.CENTRES),
    "spread": _one_of(*bands.SPREADS),
    "colour": _is_field,
    "dash": _is_field,
    "facet": _is_field,
    "palette": _one_of(*PALETTES),
    "by": _is_field,
    "q": _is_text,
    "columns": _between(0, 6),
    "height": _between(120, 900),
    "order": _are_texts,
    "closed": _are_texts,
    "opened": _are_texts,
    "pinned": _are_texts,
    "hidden": _are_texts,
    "zooms": _are_ranges,
    "ranges": _are_ranges,
    "brushes": _are_ranges,
    "steps": _are_steps,
    "picks": _are_picks,
    "sections": _are_sections,
    "cards": _are_cards,
}


def _invalid(field: str, sentence: str) -> Invalid:
    name = f"charts.{field}" if field != "charts" else field
    return Invalid("bad_chart_state", f"{name}: {sentence}", fields={name: sentence})
