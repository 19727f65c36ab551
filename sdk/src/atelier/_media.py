"""Pictures and tables of a step: images, tables, histograms, confusion matrices and curves, as files below `media/`."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from atelier import _errors, _media_figures, _png

MAX_ROWS = 10_000
MAX_STEP = 2**53
SIGNATURES = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg"}


class MediaLog:
    """The calls of a run that keep something to look at for each step. Without `step` each key counts 0, 1, 2 …"""

    _keep_bytes: Callable[[bytes, str], None]
    _wrong_use: Callable[[Exception], None]

    def log_image(self, key: str, image: Any, step: int | None = None) -> None:
        """Keeps an image: a PNG or JPEG as path or bytes, a PIL image, or an array (height, width[, channels])."""
        self._keep_media("images", key, step, lambda: image_of(image))

    def log_table(self, key: str, columns: Any, step: int | None = None) -> None:
        """Keeps a table: a mapping of names to columns or a data frame, up to 10,000 rows."""
        self._keep_media("tables", key, step, lambda: _json("table/1", table_of(columns)))

    def log_histogram(self, key: str, values: Any, step: int | None = None, bins: int = 64) -> None:
        """Keeps how values are spread over `bins` (1 to 512) equal stretches; the values themselves are not kept."""
        self._keep_media("histograms", key, step, lambda: _json("histogram/1", _media_figures.histogram(values, bins)))

    def log_confusion_matrix(
        self, key: str, matrix: Any, labels: Sequence[Any] | None = None, step: int | None = None
    ) -> None:
        """Keeps a confusion matrix: rows of counts, the true class down, or the pair (y_true, y_pred) to count."""
        self._keep_media("confusion", key, step, lambda: _json("confusion/1", _media_figures.confusion(matrix, labels)))

    def log_curve(
        self,
        key: str,
        kind: str = "pr",
        x: Any = None,
        y: Any = None,
        step: int | None = None,
        *,
        y_true: Any = None,
        y_score: Any = None,
    ) -> None:
        """Keeps a curve of the kind "pr" or "roc": its points x and y, or y_true (0 and 1) and y_score to make it of."""

        def made() -> tuple[bytes, str]:
            return _json("curve/1", _media_figures.curve(kind, x, y, y_true, y_score))

        self._keep_media("curves", key, step, made)

    def _keep_media(self, folder: str, key: str, step: int | None, made: Callable[[], tuple[bytes, str]]) -> None:
        try:
            counts: dict[tuple[str, str], int] = self.__dict__.setdefault("_media_steps", {})
            place = counts.get((folder, key), 0) if step is None else _step(step)
            content, ending = made()
        except (_errors.UsageError, TypeError, ValueError, OverflowError, OSError) as error:
            self._wrong_use(error)
            return
        counts[folder, key] = place + 1
        self._keep_bytes(content, f"media/{folder}/{key.strip('/')}/{place}.{ending}")


def image_of(image: Any) -> tuple[bytes, str]:
    """The bytes of an image file and the ending of its name."""
    if isinstance(image, (str, Path)):
        image = Path(image).read_bytes()
    if isinstance(image, (bytes, bytearray)):
        for start, ending in SIGNATURES.items():
            if image.startswith(start):
                return bytes(image), ending
        raise _errors.UsageError("The image is neither a PNG nor a JPEG.")
    if hasattr(image, "save") and hasattr(image, "mode"):
        import io

        out = io.BytesIO()
        image.save(out, format="PNG")
        return out.getvalue(), "png"
    return _png.of_array(image), "png"


def table_of(columns: Any) -> dict[str, Any]:
    """A table as its columns' names and its rows."""
    if hasattr(columns, "columns") and hasattr(columns, "itertuples"):
        names = [str(name) for name in columns.columns]
        rows = [list(row) for row in columns.itertuples(index=False, name=None)]
    elif isinstance(columns, Mapping):
        names = [str(name) for name in columns]
        lists = [list(_plain(column)) for column in columns.values()]
        if len({len(one) for one in lists}) > 1:
            raise _errors.UsageError("The columns of a table are equally long.")
        rows = [list(row) for row in zip(*lists)]
    else:
        raise _errors.UsageError("A table is a mapping of names to columns or a data frame.")
    if len(rows) > MAX_ROWS:
        raise _errors.UsageError(f"A table has at most {MAX_ROWS:,} rows, not {len(rows):,}. Keep a file instead.")
    return {"columns": names, "data": [[_cell(value) for value in row] for row in rows]}


def _plain(values: Any) -> Iterable[Any]:
    made: Iterable[Any] = values.tolist() if hasattr(values, "tolist") else values
    return made


def _cell(value: Any) -> Any:
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def _step(step: Any) -> int:
    number = int(step)
    if number != step or not 0 <= number <= MAX_STEP:
        raise _errors.UsageError(f"A step of a picture is a whole number from 0, not {step!r}.")
    return number


def _json(kind: str, content: Mapping[str, Any]) -> tuple[bytes, str]:
    text = json.dumps({"atelier": kind, **content}, ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "replace"), "json"
