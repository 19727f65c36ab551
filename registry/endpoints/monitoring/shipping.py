"""Samples from the gateways' files into the datastore: each step may be cut off and made twice, with the same outcome.

The name of every file that is written follows from the gateway's file it comes from, so what is written again replaces
itself. A datastore that is away keeps its own samples waiting, nobody else's.
"""

import io
import json
import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from registry.data.datastores import opening
from registry.data.datastores import services as datastores
from registry.data.datastores.models import Datastore
from registry.endpoints.models import Deployment
from registry.endpoints.monitoring import records, spool
from registry.endpoints.monitoring.models import CollectedFile
from registry.endpoints.monitoring.spool import Said
from studio.errors import StudioError

logger = logging.getLogger(__name__)
ROOT = "collected"
KEPT_WAITING = 24 * 3600.0  # seconds that a sample waits for a datastore that is away
LAYOUTS = {"minute": "%Y/%m/%d/%H/%M", "hour": "%Y/%m/%d/%H", "day": "%Y/%m/%d"}


@dataclass(slots=True)
class Part:
    """One file to be."""

    folder: str
    collection: str
    lines: list[bytes] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    rows: int = 0
    missed: int = 0


def ship() -> int:
    """Bring all that gateways have closed to the datastores; answers how many requests."""
    return sum(_ship(file) for file in spool.files())


def folder_of(deployment: Deployment, collection: str) -> str:
    return f"{ROOT}/{deployment.endpoint.name}/{deployment.name}/{collection}"


def _ship(file: Path) -> int:
    try:
        lines = list(spool.read(file))
    except OSError:  # another worker was quicker
        return 0
    found = _deployments({line.deployment for line in lines})
    by: dict[int, list[Said]] = {}
    for line in lines:
        if line.deployment in found:
            by.setdefault(line.deployment, []).append(line)
    left: list[Said] = []
    for identity, its in by.items():
        try:
            _store(found[identity], file.stem, its)
        except (StudioError, OSError) as error:
            logger.warning("samples of %s wait: %s", found[identity], error)
            left += [line for line in its if time.time() - line.at < KEPT_WAITING]
    spool.keep_only(file, left)
    return len(lines) - len(left)


def _deployments(ids: set[int]) -> dict[int, Deployment]:
    rows = Deployment.objects.filter(pk__in=ids).select_related("endpoint__workspace", "current__image_version")
    return {row.pk: row for row in rows}


def _store(deployment: Deployment, stem: str, lines: list[Said]) -> None:
    """Write the files, then the rows that tell of them."""
    parts = list(_parts(deployment, stem, lines))
    if not parts:
        return
    datastore = datastores.ensure_default(deployment.endpoint.workspace)
    store = opening.file_store(datastore)
    for part in parts:
        path = f"{part.folder}/{stem}.jsonl"
        data = b"".join(part.lines)
        store.write(path, io.BytesIO(data), overwrite=True)
        _note(deployment, datastore, path, part, len(data))


def _parts(deployment: Deployment, stem: str, lines: Iterable[Said]) -> Iterable[Part]:
    source = records.source_of(deployment)
    layout = LAYOUTS.get(deployment.collector.get("rolling_rate", "hour"), LAYOUTS["hour"])
    found: dict[str, Part] = {}
    for line in lines:
        when = datetime.fromtimestamp(line.at, UTC).strftime(layout)
        made = records.records(source, line.facts, line.at, f"{stem}/{line.number}")
        for name, record in made.items():
            folder = f"{folder_of(deployment, name)}/{when}"
            part = found.setdefault(folder, Part(folder, name))
            part.lines.append(json.dumps(record, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
            part.times.append(line.at)
            part.rows += len(record["data"]) if isinstance(record["data"], list) else 1
            part.missed += _whole(line.facts.get("missed"))
    return found.values()


def _note(deployment: Deployment, datastore: Datastore, path: str, part: Part, size: int) -> None:
    facts: dict[str, Any] = {
        "deployment": deployment,
        "collection": part.collection,
        "since": datetime.fromtimestamp(min(part.times), UTC),
        "until": datetime.fromtimestamp(max(part.times), UTC),
        "records": len(part.lines),
        "rows": part.rows,
        "missed": min(part.missed, 2**31 - 1),
        "size": size,
    }
    CollectedFile.objects.update_or_create(datastore=datastore, path=path, defaults=facts)


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31 else 0
