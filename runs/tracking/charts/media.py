"""What scripts logged to be looked at, step by step: which images, tables and figures some runs have, and what is in them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson
from django.db.models import Q

from runs.tracking.charts import media_content
from runs.tracking.models import Artifact, Run, Tag
from studio.errors import Invalid
from studio.storage import blobs
from studio.storage.names import safe_relpath

MOST_RUNS = 50
MOST_FILES = 20_000
MOST_READ = 60  # files in one answer
MOST_BYTES = 4_000_000  # of one file
MOST_BYTES_AT_ONCE = 16_000_000
MLFLOW_TABLES = "mlflow.loggedArtifacts"
FOLDERS = {
    "images": "image", "tables": "table", "histograms": "histogram", "confusion": "confusion", "curves": "curve",
}  # fmt: skip
_ENDINGS = {
    "image": ("png", "jpg"),
    "table": ("json",),
    "histogram": ("json",),
    "confusion": ("json",),
    "curve": ("json",),
}
_OURS = re.compile(r"media/(?P<folder>[a-z]+)/(?P<key>.+)/(?P<step>\d{1,16})\.(?P<ending>[a-z]+)")
# MLflow's log_image: `+` and `~` in new clients, `%` and `#` in older ones; the compressed copy only repeats the image.
_MLFLOW = re.compile(
    r"images/(?P<key>[^/]+)(?P<sign>[+%])step(?P=sign)(?P<step>\d{1,16})(?P=sign)timestamp(?P=sign)\d+(?P=sign)[^/+%]+\.(?:png|webp)"
)


def index(runs: Sequence[Run]) -> dict[str, Any]:
    """The media of the first runs as cards: `{kind, key, files: [[number of the run, step, path], …]}`, by step.

    `is_cut` says that there are more runs or files than one page shows.
    """
    runs = runs[: MOST_RUNS + 1]
    is_cut = len(runs) > MOST_RUNS
    runs = runs[:MOST_RUNS]
    numbers = {run.pk: at for at, run in enumerate(runs)}
    tables = _mlflow_tables(list(numbers))
    wanted = Q(path__startswith="media/") | Q(path__startswith="images/")
    wanted |= Q(path__in={path for _, path in tables})
    rows = Artifact.objects.filter(wanted, run__in=list(numbers)).order_by("path", "run")
    cards: dict[tuple[str, str], list[tuple[int, int, str]]] = {}
    found = list(rows.values_list("run", "path")[: MOST_FILES + 1])
    for run_id, path in found[:MOST_FILES]:
        place = _place(path) or (("table", path, 0) if (run_id, path) in tables else None)
        if place:
            kind, key, step = place
            cards.setdefault((kind, key), []).append((numbers[run_id], step, path))
    return {
        "runs": list(numbers),
        "cards": [{"kind": kind, "key": key, "files": sorted(files)} for (kind, key), files in sorted(cards.items())],
        "is_cut": is_cut or len(found) > MOST_FILES,
    }


def contents(runs: Iterable[Run], kind: str, files: Sequence[str]) -> list[dict[str, Any]]:
    """What is in these files (`RUN/PATH`), as checked data, or under `problem` the sentence that says why it isn't shown.

    Raises Invalid for a kind there is none of, and for too many files.
    """
    if kind not in media_content.PARSERS:
        raise Invalid(
            "invalid_kind",
            f"A figure is one of {', '.join(sorted(media_content.PARSERS))}.",
            fields={"kind": "Unknown."},
        )
    if len(files) > MOST_READ:
        raise Invalid("too_many_files", f"At most {MOST_READ} files are read at once.", fields={"file": "Too many."})
    names = [(run, safe_relpath(path)) for run, _, path in (name.partition("/") for name in files)]
    known = {run.pk for run in runs} & {run for run, _ in names}
    rows = Artifact.objects.filter(run__in=known, path__in={path for _, path in names}).select_related("blob")
    found = {(row.run_id, row.path): row for row in rows}
    return list(_answers(kind, files, [found.get(name) for name in names]))


def _answers(kind: str, files: Sequence[str], artifacts: Sequence[Artifact | None]) -> Iterator[dict[str, Any]]:
    left = MOST_BYTES_AT_ONCE
    for name, artifact in zip(files, artifacts, strict=True):
        if artifact is None:
            yield {"file": name, "problem": "This file is gone."}
        elif artifact.size > min(MOST_BYTES, left):
            yield {
                "file": name,
                "problem": f"This file is too large to be shown ({artifact.size:,} bytes). Download it.",
            }
        else:
            left -= artifact.size
            yield {"file": name, **_read(kind, artifact)}


def _read(kind: str, artifact: Artifact) -> dict[str, Any]:
    try:
        data = orjson.loads(b"".join(blobs.read_range(artifact.blob)))
        return {"data": media_content.PARSERS[kind](data)}
    except (orjson.JSONDecodeError, RecursionError):
        return {"problem": "This file is not JSON, or nested too deeply."}
    except media_content.Unreadable as error:
        return {"problem": str(error)}


def _place(path: str) -> tuple[str, str, int] | None:
    ours = _OURS.fullmatch(path)
    if ours:
        kind = FOLDERS.get(ours["folder"], "")
        return (kind, ours["key"], int(ours["step"])) if kind and ours["ending"] in _ENDINGS[kind] else None
    theirs = _MLFLOW.fullmatch(path)
    if theirs:
        return "image", theirs["key"].replace("~" if theirs["sign"] == "+" else "#", "/"), int(theirs["step"])
    return None


def _mlflow_tables(run_ids: Sequence[str]) -> set[tuple[str, str]]:
    """Runs and paths of the tables that MLflow's log_table names in a tag; what makes no sense in it is left out."""
    found: set[tuple[str, str]] = set()
    for run_id, text in Tag.objects.filter(run__in=run_ids, key=MLFLOW_TABLES).values_list("run", "value"):
        try:
            listed = orjson.loads(text)
        except orjson.JSONDecodeError:
            continue
        for one in listed if isinstance(listed, list) else ():
            path = one.get("path") if isinstance(one, dict) and one.get("type") == "table" else None
            if isinstance(path, str) and path.endswith(".json") and len(found) < MOST_FILES:
                found.add((run_id, path))
    return found
