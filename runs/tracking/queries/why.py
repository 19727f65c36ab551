"""Why is this run different? What differs from a baseline, the likeliest reason first.

A difference counts for more when few other runs share it, and when, over the other runs of the experiment, its values go
along with the values of the metric asked about. The second is association, not cause, and is said as such.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from runs.tracking.metrics import queries as metric_queries
from runs.tracking.metrics.queries import Summary
from runs.tracking.models import Run
from runs.tracking.queries import code as code_queries
from runs.tracking.queries import runs as run_queries
from runs.tracking.queries import surroundings

NEIGHBOURS = 300  # the newest runs of the experiment that are looked at
FEWEST = 6  # runs below which association is chance
PARAMS, TAGS = "parameter", "tag"
KINDS = {
    surroundings.CODE: "code",
    surroundings.PACKAGES: "package",
    surroundings.DATA: "data",
    surroundings.HARDWARE: "hardware",
}
# What a difference weighs before anything is known of other runs: data and code before a host's name.
WEIGHTS = {PARAMS: 1.0, "data": 1.0, "code": 0.9, "package": 0.6, "hardware": 0.4, TAGS: 0.2}
# Facts that differ nearly always and say what another line says better.
SAME_AS_OTHERS = frozenset(
    {("code", "commit"), ("code", "snapshot"), ("code", "uncommitted changes"), ("hardware", "host")}
)
SYSTEM_PREFIX = "system/"


@dataclass(frozen=True, slots=True)
class Reason:
    """One difference. `rarity` and `association` are shares from 0 to 1; `association` is None where it can't be told."""

    kind: str
    name: str
    here: str | None
    there: str | None
    score: float
    rarity: float
    association: float | None
    words: str


@dataclass(frozen=True, slots=True)
class Why:
    run: Run
    baseline: Run
    metric: str
    here: float | None
    there: float | None
    reasons: list[Reason]
    compared: int  # other runs that were looked at


@dataclass(frozen=True, slots=True)
class _Subject:
    """A run as flat (kind, name) → value."""

    facts: dict[tuple[str, str], str]
    metrics: Mapping[str, Summary]


def why(run: Run, baseline: Run, metric: str = "") -> Why:
    """The differences between a run and its baseline, ranked. Without `metric` the one that moved most is taken, of those with a goal."""
    others = _neighbours(run, baseline)
    subjects = _subjects([run, baseline, *others])
    here, there = subjects[run.pk], subjects[baseline.pk]
    metric = metric or _moved_most(here.metrics, there.metrics)
    everybody = list(subjects.values())
    reasons = [
        _reason(name, here.facts.get(name), there.facts.get(name), everybody, metric)
        for name in sorted(here.facts.keys() | there.facts.keys())
        if not _same(here.facts.get(name), there.facts.get(name))
    ]
    reasons.sort(key=lambda reason: (-reason.score, reason.kind, reason.name))
    return Why(run, baseline, metric, _last(here, metric), _last(there, metric), reasons, len(others))


def shared_metrics(run: Run, baseline: Run) -> list[str]:
    """The metrics both runs have, those of the machine left out."""
    found = metric_queries.summaries_of([run.pk, baseline.pk])
    both = found.get(run.pk, {}).keys() & found.get(baseline.pk, {}).keys()
    return sorted(key for key in both if not key.startswith(SYSTEM_PREFIX))


def _neighbours(run: Run, baseline: Run) -> list[Run]:
    rows = run_queries.in_workspace(run.workspace).filter(experiment=run.experiment_id, deleted_at=None)
    return list(rows.exclude(pk__in=[run.pk, baseline.pk]).order_by("-created_at", "-id")[:NEIGHBOURS])


def _subjects(runs: Sequence[Run]) -> dict[str, _Subject]:
    around = surroundings.surroundings_of(runs)
    rows = run_queries.rows_of(list(runs), metrics=None)
    files = _changed_files(runs[0], runs[1])
    found = {}
    for row in rows:
        facts = {(PARAMS, key): value for key, value in row.params.items()}
        facts |= {(TAGS, key): value for key, value in row.tags.items()}
        for section, values in around[row.run.pk].items():
            facts |= {(KINDS[section], name): value for name, value in values.items()}
        found[row.run.pk] = _Subject(facts, row.metrics)
    if files:
        found[runs[0].pk].facts["code", "changed files"] = files
    return found


def _changed_files(run: Run, baseline: Run) -> str:
    if run.snapshot is None or baseline.snapshot is None or run.snapshot_id == baseline.snapshot_id:
        return ""
    changed = code_queries.changed_paths(baseline.snapshot, run.snapshot)
    shown = ", ".join(changed[:5])
    return f"{shown} and {len(changed) - 5} more" if len(changed) > 5 else shown


def _reason(
    name: tuple[str, str], here: str | None, there: str | None, everybody: Sequence[_Subject], metric: str
) -> Reason:
    kind, key = name
    rarity = sum(not _same(subject.facts.get(name), here) for subject in everybody) / len(everybody)
    association = _association(name, everybody, metric) if kind in (PARAMS, "data", "package") else None
    weight = WEIGHTS[kind] * (0.3 if name in SAME_AS_OTHERS else 1.0)
    score = weight * (0.4 + 0.2 * rarity + 0.4 * (0.0 if association is None else association))
    return Reason(kind, key, here, there, score, rarity, association, _words(name, association, metric, len(everybody)))


def _words(name: tuple[str, str], association: float | None, metric: str, count: int) -> str:
    if association is None:
        return ""
    share = f"{association:.0%}"
    return f"Over {count} runs, {name[1]} goes along with {share} of how {metric} varies."


def _association(name: tuple[str, str], everybody: Sequence[_Subject], metric: str) -> float | None:
    """The share of the metric's variance that goes with this fact: rank correlation squared for numbers, else eta squared."""
    pairs = [(subject.facts.get(name), _last(subject, metric)) for subject in everybody]
    known = [(value, last) for value, last in pairs if value is not None and last is not None and math.isfinite(last)]
    if len(known) < FEWEST or len({value for value, _ in known}) < 2:
        return None
    lasts = _ranks(np.array([last for _, last in known]))
    if not lasts.std():
        return None
    numbers = [_number(value) for value, _ in known]
    if all(number is not None for number in numbers):
        values = _ranks(np.array(numbers, dtype=float))
        return float(np.corrcoef(values, lasts)[0, 1] ** 2) if values.std() else None
    return _eta_squared([value for value, _ in known], lasts)


def _eta_squared(groups: Sequence[str], values: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> float | None:
    names = sorted(set(groups))
    if len(names) > len(groups) / 2:
        return None  # nearly every run has a value of its own: it would explain anything
    labels = np.array([names.index(group) for group in groups])
    between = sum((labels == at).sum() * (values[labels == at].mean() - values.mean()) ** 2 for at in range(len(names)))
    return float(between / ((values - values.mean()) ** 2).sum())


def _ranks(values: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Ranks with ties at their mean."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray(ends - (counts - 1) / 2, dtype=np.float64)[places]


def _moved_most(here: Mapping[str, Summary], there: Mapping[str, Summary]) -> str:
    """The metric both have that moved most, measured by its own size; of those with a goal, if there are any."""
    best, most = "", -1.0
    for key in sorted(here.keys() & there.keys()):
        if key.startswith(SYSTEM_PREFIX):
            continue
        one, other = here[key].last, there[key].last
        if one is None or other is None or not (math.isfinite(one) and math.isfinite(other)):
            continue
        moved = abs(one - other) / (max(abs(one), abs(other)) or 1.0)
        moved += 2.0 if here[key].goal else 0.0  # more than any metric moves
        if moved > most:
            best, most = key, moved
    return best


def _last(subject: _Subject, metric: str) -> float | None:
    found = subject.metrics.get(metric)
    return found.last if found else None


def _same(one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return one is other
    first, second = _number(one), _number(other)
    return first == second if first is not None and second is not None else one == other


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None
