"""Writing evaluation datasets and their records."""

import hashlib
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from django.db import transaction
from django.utils import timezone

from runs.evaluation.models import EvaluationDataset, EvaluationRecord, EvaluationTag
from runs.tracking.models import Experiment
from runs.tracking.services import words
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Invalid

USER_TAG = "mlflow.user"  # who it was, as the client says
SOURCES = ("UNSPECIFIED", "TRACE", "HUMAN", "DOCUMENT", "CODE")
PARTS = ("inputs", "outputs", "expectations")
MAX_RECORDS = 10_000
MAX_TAGS = 1000
_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "boolean"),
    (int, "integer"),
    (float, "float"),
    (str, "string"),
    (list, "array"),
    (dict, "object"),
)


def create_dataset(
    *,
    actor: User,
    workspace: Workspace,
    name: str,
    tags: Mapping[str, Any] | None = None,
    experiments: Sequence[Experiment] = (),
) -> EvaluationDataset:
    """An empty dataset. Names need not be unique: the id tells datasets apart."""
    clean = _clean_tags(tags or {})
    person = clean.get(USER_TAG, "")[:255]
    name = words.clean_text(name, field="name", limit=255, required=True)
    with transaction.atomic():
        now = timezone.now()
        dataset = EvaluationDataset.objects.create(
            workspace=workspace,
            name=name,
            digest=_digest(name, now),
            created_at=now,
            updated_at=now,
            created_by=person,
            updated_by=person,
        )
        _write_tags(dataset, clean)
        dataset.experiments.add(*experiments)
    return dataset


def delete_dataset(*, actor: User, dataset: EvaluationDataset) -> None:
    """Remove the dataset with its records."""
    dataset.delete()


def set_tags(*, actor: User, dataset: EvaluationDataset, tags: Mapping[str, Any]) -> None:
    """Add or change tags; a value of None is left alone."""
    _write_tags(dataset, _clean_tags({key: value for key, value in tags.items() if value is not None}))


def delete_tag(*, actor: User, dataset: EvaluationDataset, key: str) -> None:
    """Remove a tag, if it is there."""
    dataset.tags.filter(key=key).delete()


def add_experiments(*, actor: User, dataset: EvaluationDataset, experiments: Iterable[Experiment]) -> None:
    with transaction.atomic():
        dataset.experiments.add(*experiments)
        _touch(dataset)


def remove_experiments(*, actor: User, dataset: EvaluationDataset, experiments: Iterable[int]) -> None:
    """Take the dataset out of experiments; those it is not in do no harm."""
    with transaction.atomic():
        dataset.experiments.remove(*experiments)
        _touch(dataset)


def merge_records(*, actor: User, dataset: EvaluationDataset, records: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
    """Add records; one whose inputs are known is merged into what is there. Answers (added, merged).

    Raises Invalid before anything is written.
    """
    if len(records) > MAX_RECORDS:
        raise Invalid("too_many", f"Send at most {MAX_RECORDS:,} records at a time.")
    hashed = [(_hash(record), _checked(record, index)) for index, record in enumerate(records)]
    now_ms = int(time.time() * 1000)
    with transaction.atomic():
        known = _known(dataset, {key for key, _ in hashed})
        fresh: dict[str, EvaluationRecord] = {}
        merged: dict[str, EvaluationRecord] = {}
        added = 0
        for key, told in hashed:
            row = known.get(key) or fresh.get(key)
            if row is None:
                fresh[key] = _new(dataset, key, told, now_ms)
                added += 1
            else:
                _merge(row, told, now_ms)
                if key in known:
                    merged[key] = row
        EvaluationRecord.objects.bulk_create(fresh.values(), batch_size=500)
        fields = ["outputs", "expectations", "tags", "updated_ms", "updated_by"]
        EvaluationRecord.objects.bulk_update(merged.values(), fields, batch_size=100)
        _learn(dataset, [told for _, told in hashed])
    return added, len(hashed) - added


def delete_records(*, actor: User, dataset: EvaluationDataset, ids: Sequence[str]) -> int:
    """Remove records by their ids. Answers how many there were."""
    with transaction.atomic():
        removed = 0
        for start in range(0, len(ids), 500):
            removed += dataset.records.filter(pk__in=ids[start : start + 500]).delete()[0]
        if removed:
            _touch(dataset)
    return removed


def _known(dataset: EvaluationDataset, hashes: Iterable[str]) -> dict[str, EvaluationRecord]:
    wanted = list(hashes)
    found: dict[str, EvaluationRecord] = {}
    for start in range(0, len(wanted), 500):
        for row in dataset.records.filter(input_hash__in=wanted[start : start + 500]):
            found[row.input_hash] = row
    return found


def _hash(record: Mapping[str, Any]) -> str:
    inputs = record.get("inputs") if isinstance(record, dict) else None
    return hashlib.sha256(orjson.dumps(inputs or {}, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _checked(record: Mapping[str, Any], index: int) -> Mapping[str, Any]:
    if not isinstance(record, dict):
        raise Invalid("invalid_fields", f"Record {index} is no JSON object.")
    for part in ("inputs", "expectations", "tags", "source"):
        if record.get(part) is not None and not isinstance(record[part], dict):
            raise Invalid("invalid_fields", f"{part} of record {index} is no JSON object.")
    kind = (record.get("source") or {}).get("source_type")
    if kind is not None and (not isinstance(kind, str) or kind.upper() not in SOURCES):
        message = f"Invalid dataset record source type: {str(kind)[:80]}. Valid source types: {', '.join(SOURCES)}"
        raise Invalid("invalid_fields", message)
    return record


def _new(dataset: EvaluationDataset, key: str, told: Mapping[str, Any], now_ms: int) -> EvaluationRecord:
    source = told.get("source") or None
    person = str((told.get("tags") or {}).get(USER_TAG, ""))[:255]
    row = EvaluationRecord(
        dataset=dataset,
        inputs=told.get("inputs") or {},
        input_hash=key,
        outputs=told.get("outputs", {}),
        expectations=told.get("expectations"),
        tags=told.get("tags"),
        created_ms=now_ms,
        updated_ms=now_ms,
        created_by=person,
        updated_by=person,
    )
    if source:
        row.source_type = str(source.get("source_type") or "UNSPECIFIED").upper()
        data = source.get("source_data") or {}
        row.source = {"source_type": row.source_type, "source_data": data}
        row.source_id = str(data.get("trace_id" if row.source_type == "TRACE" else "source_id") or "")[:255]
    return row


def _merge(row: EvaluationRecord, told: Mapping[str, Any], now_ms: int) -> None:
    if "outputs" in told:
        row.outputs = told["outputs"]
    if told.get("expectations"):
        row.expectations = {**(row.expectations or {}), **told["expectations"]}
    if told.get("tags"):
        row.tags = {**(row.tags or {}), **told["tags"]}
        row.updated_by = str(told["tags"].get(USER_TAG, row.updated_by))[:255]
    row.updated_ms = now_ms


def _learn(dataset: EvaluationDataset, records: Sequence[Mapping[str, Any]]) -> None:
    """Take the fields of these records into the dataset's schema: the first type told of a field stays."""
    schema: dict[str, Any] = dataset.schema or {**{part: {} for part in PARTS}, "version": "1.0"}
    person = ""
    for record in records:
        for part in PARTS:
            value = record.get(part)
            if isinstance(value, dict) and isinstance(schema[part], dict):
                schema[part] = {**{key: _kind(item) for key, item in value.items()}, **schema[part]}
            elif value is not None and not schema[part]:
                schema[part] = _kind(value)
        person = str((record.get("tags") or {}).get(USER_TAG, person))[:255]
    dataset.schema = schema
    _touch(dataset, schema=schema, updated_by=person)


def _kind(value: object) -> str:
    if value is None:
        return "null"
    return next((name for kind, name in _KINDS if isinstance(value, kind)), "unknown")


def _touch(dataset: EvaluationDataset, **changes: Any) -> None:
    now = timezone.now()
    changes = {"updated_at": now, "digest": _digest(dataset.name, now), **changes}
    EvaluationDataset.objects.filter(pk=dataset.pk).update(**changes)
    for name, value in changes.items():
        setattr(dataset, name, value)


def _digest(name: str, moment: datetime) -> str:
    return hashlib.sha256(f"{name}:{int(moment.timestamp() * 1e6)}".encode()).hexdigest()[:8]


def _clean_tags(tags: Mapping[str, Any]) -> dict[str, str]:
    if len(tags) > MAX_TAGS:
        raise Invalid("too_many", f"Set at most {MAX_TAGS:,} tags at a time.")
    return {
        words.clean_text(key, field="tag", limit=255, required=True): words.clean_text(
            value if isinstance(value, str) else str(value), field=f"tag {key}", limit=5000
        )
        for key, value in tags.items()
    }


def _write_tags(dataset: EvaluationDataset, tags: Mapping[str, str]) -> None:
    rows = [EvaluationTag(dataset=dataset, key=key, value=value) for key, value in tags.items()]
    EvaluationTag.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["dataset", "key"], update_fields=["value"]
    )
