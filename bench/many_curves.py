"""Fifty runs of twenty-four metrics of ten thousand points, written as the compaction would have left them."""

from typing import Any

POINTS = 10_000
STARTED_MS = 1_760_000_000_000
_CURVES = (("loss", "min"), ("accuracy", "max"), ("f1", "max"), ("grad_norm", ""), ("lr", ""), ("entropy", ""))
_PARTS = ("train", "val", "test", "probe")
KEYS = [(f"{part}/{name}", goal) for part in _PARTS for name, goal in _CURVES]


def fill(workspace: Any, experiment: Any, user: Any, runs: int = 50, points: int = POINTS) -> list[str]:
    """The ids of the new runs, each with a chunk and a summary for every metric."""
    import numpy as np

    from runs.tracking.metrics.models import MetricChunk, MetricKey, MetricSummary
    from runs.tracking.models import Param, Run

    made = [_run(workspace, experiment, user, number) for number in range(runs)]
    Run.objects.bulk_create(made)
    Param.objects.bulk_create(
        [Param(run=run, key="lr", value=str(10 ** -(1 + number % 5))) for number, run in enumerate(made)]
        + [Param(run=run, key="seed", value=str(number // 5)) for number, run in enumerate(made)]
    )
    MetricKey.objects.bulk_create(
        [MetricKey(workspace=workspace, name=name, goal=goal) for name, goal in KEYS], ignore_conflicts=True
    )
    ids = dict(MetricKey.objects.filter(workspace=workspace).values_list("name", "id"))
    noise = np.random.default_rng(11)
    for run in made:
        curves = [_curve(noise, name, points) for name, _ in KEYS]
        rows = zip(KEYS, curves, strict=True)
        MetricChunk.objects.bulk_create([_chunk(run, ids[name], curve) for (name, _), curve in rows])
        rows = zip(KEYS, curves, strict=True)
        MetricSummary.objects.bulk_create([_summary(run, ids[name], curve) for (name, _), curve in rows])
    return [run.pk for run in made]


def _run(workspace: Any, experiment: Any, user: Any, number: int) -> Any:
    from datetime import UTC, datetime, timedelta

    from runs.tracking.models import Run

    start = datetime.fromtimestamp(STARTED_MS / 1000, UTC)
    return Run(
        workspace=workspace,
        experiment=experiment,
        created_by=user,
        name=f"trial-{number + 1}",
        state="completed",
        started_at=start,
        ended_at=start + timedelta(hours=1),
    )


def _curve(noise: Any, name: str, points: int) -> Any:
    import numpy as np

    from runs.tracking.metrics.curves import Curve

    step = np.arange(points, dtype=np.int64)
    falling = np.exp(-step / points * noise.uniform(2, 5))
    shape = falling if "loss" in name or "norm" in name or "lr" in name else 1 - falling
    value = shape * noise.uniform(0.7, 1.3) + noise.normal(0, 0.015, points)
    return Curve(step, STARTED_MS + 300 * step + noise.integers(0, 200, points), value)


def _chunk(run: Any, key_id: int, curve: Any) -> Any:
    from runs.tracking.metrics import codec, outlines
    from runs.tracking.metrics.models import MetricChunk

    return MetricChunk(
        run=run,
        key_id=key_id,
        count=len(curve),
        step_min=int(curve.step[0]),
        step_max=int(curve.step[-1]),
        time_min_ms=int(curve.time_ms.min()),
        time_max_ms=int(curve.time_ms.max()),
        value_min=float(curve.value.min()),
        value_max=float(curve.value.max()),
        data=codec.pack(curve.step, curve.time_ms, curve.value),
        outline=outlines.outline(curve),
    )


def _summary(run: Any, key_id: int, curve: Any) -> Any:
    from runs.tracking.metrics.models import MetricSummary

    low, high, value = int(curve.value.argmin()), int(curve.value.argmax()), curve.value
    return MetricSummary(
        run=run,
        key_id=key_id,
        count=len(curve),
        first=float(value[0]),
        first_step=int(curve.step[0]),
        first_time_ms=int(curve.time_ms[0]),
        last=float(value[-1]),
        last_step=int(curve.step[-1]),
        last_time_ms=int(curve.time_ms[-1]),
        min=float(value[low]),
        min_step=int(curve.step[low]),
        max=float(value[high]),
        max_step=int(curve.step[high]),
        total=float(value.sum()),
        finite_count=len(curve),
    )
