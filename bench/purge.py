"""Into the trash and out of it for good: how fast, and how long another writer waits meanwhile.

    python -m bench.purge [--database sqlite|postgresql] [--runs 1000] [--trashed 5000] [--profile]

Each run has 3 files, 20 metrics, parameters and tags. The other writer is a process that writes a row every 5 ms and
measures how long each takes; the same without a removal is the measure beside it.
"""

import argparse
import multiprocessing
import statistics
import time
from typing import Any

from bench import machine

FILES, METRICS = 3, 20


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--database", choices=machine.DATABASES, default="sqlite")
    asked.add_argument("--runs", type=int, default=1000)
    asked.add_argument("--trashed", type=int, default=5000)
    asked.add_argument("--profile", action="store_true")
    options = asked.parse_args()
    print(machine.described(), options.database)
    with machine.studio(options.database):
        measure(options)


def measure(options: argparse.Namespace) -> None:
    from runs.tracking.models import Run
    from runs.trash import services

    scene = _scene()
    _fill(scene, options.trashed - options.runs, with_parts=False)
    full = _fill(scene, options.runs, with_parts=True)
    everything = list(Run.objects.values_list("pk", flat=True))
    began = time.perf_counter()
    services.trash_runs(actor=scene["user"], workspace=scene["workspace"], ids=everything)
    took = time.perf_counter() - began
    print(f"into the trash: {len(everything):,} runs in {took:.2f} s")
    print("another writer, alone:", _said(_with_writer(lambda: time.sleep(3))[1]))
    seconds, waits = _with_writer(lambda: _purge(scene, full, options.profile))
    rows = options.runs * METRICS
    print(f"for good: {options.runs:,} runs, {options.runs * FILES:,} files, {rows:,} metric rows in {seconds:.1f} s")
    print(f"  {options.runs / seconds:.0f} runs/s; another writer meanwhile: {_said(waits)}")
    began = time.perf_counter()
    _purge(scene, [], is_profiled=False)
    took = time.perf_counter() - began
    print(f"for good, nothing on them and nobody beside: {(options.trashed - options.runs) / took:.0f} runs/s")


def _scene() -> dict[str, Any]:
    from runs.tracking.metrics.models import MetricKey
    from runs.tracking.models import Experiment
    from studio.access.models import Workspace
    from studio.accounts.models import User

    user = User.objects.create(email="ada@example.org", name="Ada")
    workspace = Workspace.objects.create(slug="vision", name="Vision")
    experiment = Experiment.objects.create(workspace=workspace, path="digits", created_by=user)
    keys = [MetricKey.objects.create(workspace=workspace, name=f"metric-{number}") for number in range(METRICS)]
    return {"user": user, "workspace": workspace, "experiment": experiment, "keys": keys}


def _fill(scene: dict[str, Any], count: int, *, with_parts: bool) -> list[str]:
    from runs.tracking.models import Param, Run, RunState, Tag

    made = [
        Run(
            workspace=scene["workspace"], experiment=scene["experiment"], name=f"run-{number}",
            created_by=scene["user"], state=RunState.COMPLETED,
        )
        for number in range(count)
    ]  # fmt: skip
    Run.objects.bulk_create(made, batch_size=500)
    if with_parts:
        Param.objects.bulk_create([Param(run=run, key=key, value="1") for run in made for key in ("lr", "seed")], 500)
        Tag.objects.bulk_create([Tag(run=run, key="team", value="blue") for run in made], 500)
        _give_metrics(scene, made)
        _give_files(scene, made)
    return [run.pk for run in made]


def _give_metrics(scene: dict[str, Any], runs: list[Any]) -> None:
    from runs.tracking.metrics.models import MetricBatch, MetricSummary, MetricWriter

    summaries = [MetricSummary(run=run, key=key, count=10, last=1.0) for run in runs for key in scene["keys"]]
    MetricSummary.objects.bulk_create(summaries, 500)
    MetricWriter.objects.bulk_create([MetricWriter(run=run, name="w", contiguous_seq=0) for run in runs], 500)
    batches = [MetricBatch(run=run, writer="w", seq=0, count=200, data=b"x" * 1600) for run in runs]
    MetricBatch.objects.bulk_create(batches, 500)


def _give_files(scene: dict[str, Any], runs: list[Any]) -> None:
    import io

    from django.db import transaction

    from runs.tracking.models import Artifact
    from studio.storage import blobs

    for number, run in enumerate(runs):
        with transaction.atomic():
            for name in range(FILES):
                data = f"{number}-{name}".encode() * 100
                blob = blobs.store(workspace=scene["workspace"], stream=io.BytesIO(data), limit=10_000_000)
                Artifact.objects.create(
                    run=run, path=f"file-{name}.bin", blob=blob, size=blob.size, content_type="text/plain"
                )


def _purge(scene: dict[str, Any], runs: list[str], is_profiled: bool) -> None:
    import cProfile
    import pstats

    from runs.trash import engine, services

    opened = services.purge(
        actor=scene["user"], workspace=scene["workspace"], runs=runs, everything=not runs
    )  # fmt: skip
    profile = cProfile.Profile()
    if is_profiled:
        profile.enable()
    while engine.work(opened.pk):
        pass
    if is_profiled:
        profile.disable()
        pstats.Stats(profile).sort_stats("cumulative").print_stats(45)
    opened.refresh_from_db()
    assert opened.is_done, opened.state


def _with_writer(work: Any) -> tuple[float, list[float]]:
    """How long the work took, and how long each write of another process waited, in ms."""
    context = multiprocessing.get_context("spawn")
    ready, stop, answers = context.Event(), context.Event(), context.Queue()
    writer = context.Process(target=_write, args=(ready, stop, answers))
    writer.start()
    ready.wait(60)
    began = time.perf_counter()
    work()
    took = time.perf_counter() - began
    stop.set()
    waits = answers.get(timeout=60)
    writer.join(60)
    return took, waits


def _write(ready: Any, stop: Any, answers: Any) -> None:
    import django

    django.setup()
    from django.db import transaction

    from studio.access.models import Workspace

    waits = []
    ready.set()
    while not stop.is_set():
        began = time.perf_counter()
        with transaction.atomic():
            Workspace.objects.filter(slug="vision").update(description=str(began))
        waits.append((time.perf_counter() - began) * 1000)
        time.sleep(0.005)
    answers.put(waits)


def _said(waits: list[float]) -> str:
    cuts = statistics.quantiles(waits, n=100)
    return f"median {cuts[49]:.1f} ms, 95 % {cuts[94]:.1f} ms, 99 % {cuts[98]:.1f} ms, worst {max(waits):.0f} ms"


if __name__ == "__main__":
    main()
