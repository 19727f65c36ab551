"""`atelier import …`, `atelier export …`"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from atelier import _errors
from atelier._cli import output, session
from atelier._exchange import exporting, importing
from atelier._exchange.records import Source


def import_mlflow(options: argparse.Namespace) -> None:
    """From an MLflow server, a folder `mlruns` or a file `mlflow.db`."""
    _bring(_mlflow(options), options)


def import_tensorboard(options: argparse.Namespace) -> None:
    """From TensorBoard's event files."""
    from atelier._exchange.sources import tensorboard

    _bring(tensorboard.TensorBoard(_folder(options.place), options.experiment or ""), options)


def import_wandb(options: argparse.Namespace) -> None:
    """From a folder `wandb`."""
    from atelier._exchange.sources import wandb

    _bring(wandb.WandbFolder(_folder(options.place), options.experiment or ""), options)


def import_aim(options: argparse.Namespace) -> None:
    """From an Aim repository."""
    from atelier._exchange.sources import aim

    _bring(aim.AimRepository(_folder(options.place)), options)


def import_zip(options: argparse.Namespace) -> None:
    """From a zip that an export wrote."""
    from atelier._exchange.sources import archive

    _bring(archive.ExportArchive(_file(options.place)), options)


def export_runs(options: argparse.Namespace) -> None:
    """Exports runs by their ids."""
    workspace = session.workspace(options)
    _export(options, [workspace.run(run_id).data for run_id in options.runs])


def export_experiment(options: argparse.Namespace) -> None:
    """Exports every run of an experiment and of those below it."""
    workspace = session.workspace(options)
    path = workspace.experiment(options.path).path
    _export(options, workspace.client.pages("runs", {"experiment": path, "archived": "all", "limit": 100}))


def export_models(options: argparse.Namespace) -> None:
    """Exports registered models with all their versions."""
    models = session.workspace(options).models
    _export(options, (), [models.get(name) for name in options.models])


def export_workspace(options: argparse.Namespace) -> None:
    """Exports every run and every registered model of the workspace."""
    workspace = session.workspace(options)
    runs = workspace.client.pages("runs", {"archived": "all", "limit": 100})
    # Prompts are models that lists leave out unless they are asked for.
    prompts = workspace.models.search("tags.`mlflow.prompt.is_prompt` = 'true'")
    _export(options, runs, itertools.chain(workspace.models.search(), prompts))


def _mlflow(options: argparse.Namespace) -> Source:
    from atelier._exchange.sources import mlflow_db, mlflow_files, mlflow_http

    place = options.place
    if place.startswith(("http://", "https://")):
        return mlflow_http.MlflowServer(place)
    path = Path(place.removeprefix("sqlite:///").removeprefix("file://"))
    if path.is_dir():
        return mlflow_files.MlflowFiles(path)
    artifacts = Path(options.artifacts) if options.artifacts else None
    return mlflow_db.MlflowDatabase(_file(str(path)), artifacts)


def _bring(source: Source, options: argparse.Namespace) -> None:
    client = session.workspace(options).client
    chosen = importing.Options(is_dry=options.dry_run, files=not options.no_files, prefix=_prefix(options.prefix))
    report = importing.bring(client, source, chosen, _progress)
    _progress("")
    if options.output == "json":
        output.as_json(report.as_dict())
        return
    would = "Would import" if options.dry_run else "Imported"
    known = f", brought {report.runs_known} up to date" if report.runs_known else ""
    for count, thing in ((report.versions_new, "version"), (report.logged_models_new, "logged model")):
        known += f", {output.many(count, f'new {thing}')}" if count else ""
    points, files = output.many(report.points, "point"), output.many(report.files, "file")
    size = f"{report.bytes / 1_000_000:.1f} MB"
    print(f"{would} {output.many(report.runs_new, 'new run')}{known}: {points}, {files} ({size}).")
    for note in dict.fromkeys(report.notes):
        output.say(note)


def _export(options: argparse.Namespace, rows: Any, models: Any = ()) -> None:
    target = Path(options.to or f"{options.workspace or 'atelier'}-export.zip")
    if target.exists() and not options.force:
        raise _errors.UsageError(f"{target} is there already. Name another file with --to, or overwrite with --force.")
    client = session.workspace(options).client
    made = exporting.export(
        client, _each(rows), target, models=models, with_files=not options.no_files, progress=_progress
    )
    _progress("")
    if options.output == "json":
        output.as_json({**dataclasses.asdict(made), "path": str(made.path)})
        return
    counted = [(made.runs, "run"), (made.models, "model"), (made.versions, "version")]
    things = [output.many(count, thing) for count, thing in counted if count or thing == "run"]
    rest = f"{output.many(made.points, 'point')}, {output.many(made.files, 'file')}"
    print(f"Wrote {made.path}: {', '.join(things)}, {rest}.")


def _each(rows: Any) -> Iterator[dict[str, Any]]:
    yield from rows


def _prefix(text: str | None) -> str:
    return f"{text.strip('/')}/" if text and text.strip("/") else ""


def _folder(place: str) -> Path:
    path = Path(place)
    if not path.is_dir():
        raise _errors.UsageError(f"There is no folder {place}.")
    return path


def _file(place: str) -> Path:
    path = Path(place)
    if not path.is_file():
        raise _errors.UsageError(f"There is no file {place}.")
    return path


def _progress(text: str) -> None:
    """On a terminal one line that is written over; elsewhere nothing, as programs read the result."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{output.printable(text)[:100]}")
        sys.stderr.flush()
