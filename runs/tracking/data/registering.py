"""The end of a run's outputs: versions of a run that completed, nothing of one that did not."""

import logging
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from registry.data.assets import services as assets
from registry.data.assets import tasks as asset_tasks
from registry.data.assets.models import DataVersion, ManagedFolder
from runs.tracking.data import looking, storing, tasks
from runs.tracking.data.models import RunOutput
from runs.tracking.models import Run, RunState
from studio import prepared
from studio.errors import StudioError
from studio.lineage import services as lineage
from studio.lineage.things import Thing
from studio.live import pacing, topics
from studio.rows import all_rows

logger = logging.getLogger(__name__)
State = RunOutput.State
MAX_FOLDER = 400  # characters of a folder's path that the janitor's list holds
_UNSETTLED = f"""x."run_id" = %s AND x."state" IN ('{State.OPEN}', '{State.WHOLE}') ORDER BY x."name\""""
_END = f'UPDATE "{RunOutput._meta.db_table}" SET "state" = %s, "problem" = %s WHERE "id" = %s'
_TAKE = f'DELETE FROM "{ManagedFolder._meta.db_table}" WHERE "version_id" IS NULL AND "datastore_id" = %s'
NOT_WRITTEN = "The job wrote nothing to it."


def finished(run: Run) -> list[RunOutput]:
    """Settle the outputs of a run that has ended, in the transaction of its end. Answers them as they are now."""
    found = all_rows(RunOutput, _UNSETTLED, [run.pk])
    for output in found:
        output.run = run
        _settle(run, output)
    _take_folders([output for output in found if output.state == State.STORED and output.is_managed])
    if any(output.state in (State.DROPPED, State.FAILED) for output in found):
        tasks.drop_left.delay_on_commit()
    if found:
        pacing.publish_paced(topics.workspace(run.workspace.slug), "data")
    return found


def _take_folders(stored: Sequence[RunOutput]) -> None:
    """The rows of stored outputs remember their folders from now on: one that only waits for a version is removed in a week."""
    for datastore in {output.datastore_id for output in stored}:
        paths = [storing.folder_of(output) for output in stored if output.datastore_id == datastore]
        marks = ", ".join(["%s"] * len(paths))
        prepared.change(f'{_TAKE} AND "path" IN ({marks})', [datastore, *paths])


def release(output: RunOutput) -> None:
    """Let go of a stored output's folder: its files are removed soon, where no version of a data asset lies there."""
    if not RunOutput.objects.filter(pk=output.pk, is_managed=True).update(is_managed=False):
        return
    path, released = storing.folder_of(output), {"released_at": timezone.now()}
    if output.datastore_id is None or len(path) > MAX_FOLDER:
        logger.warning("the files of the output %s stay in %s", output, path)
        return
    folder, is_new = ManagedFolder.objects.get_or_create(datastore_id=output.datastore_id, path=path, defaults=released)
    if is_new or ManagedFolder.objects.filter(pk=folder.pk, version=None).update(**released):
        asset_tasks.remove_released.delay_on_commit()


def drop(output: RunOutput) -> None:
    """Remove what an output that became nothing left in its datastore. May be done again."""
    storing.forget(output, output.files.all())
    if output.is_managed:
        folders = ManagedFolder.objects.filter(datastore=output.datastore, path=storing.folder_of(output), version=None)
        if folders.update(released_at=timezone.now()):
            asset_tasks.remove_released.delay_on_commit()


def _settle(run: Run, output: RunOutput) -> None:
    if run.state != RunState.COMPLETED:
        _end(output, State.DROPPED)
    elif output.state == State.OPEN:
        _end(output, State.FAILED, problem=NOT_WRITTEN)
    elif output.problem:
        _end(output, State.FAILED, problem=output.problem)
    elif not output.asset_name:
        _end(output, State.STORED)
    else:
        _register(run, output)


def _register(run: Run, output: RunOutput) -> None:
    """The version with its edge. What can't be registered says why: the run has completed all the same."""
    try:
        with transaction.atomic():
            version = _version(run, output)
            made = Thing("data_version", str(version.pk))
            lineage.link(workspace=run.workspace, source=Thing("run", run.pk), target=made, verb="made")
    except StudioError as error:
        logger.warning("the output %s was not registered: %s", output, error.message)
        _end(output, State.FAILED, problem=error.message[:1000])
        return
    RunOutput.objects.filter(pk=output.pk).update(data_version=version)
    _end(output, State.REGISTERED)


def _version(run: Run, output: RunOutput) -> DataVersion:
    files = looking.data_files(list(output.files.all()))
    new = assets.NewVersion(
        name=output.asset_name,
        type=output.type,
        folder=storing.folder_of(output) if output.is_managed else "",
        path="" if output.is_managed else output.uri,
        version=output.asset_version,
        description=output.description,
        run_id=run.pk,
        files=files,
        reading=output.facts.get("reading") or {},
        schema=output.facts.get("schema"),
        mltable=output.facts.get("mltable") or "",
        row_count=output.facts.get("row_count"),
    )
    return assets.register(actor=run.created_by, workspace=run.workspace, new=new)


def _end(output: RunOutput, state: str, problem: str = "") -> None:
    output.state, output.problem = state, problem
    prepared.change(_END, [state, problem, output.pk])
