"""What went through a wire: where it lies, and how a page can show it."""

import json
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from registry.data import uris
from registry.data.assets import placing
from registry.data.datastores import opening
from registry.data.datastores.kinds.base import FileStore
from registry.data.datastores.models import Datastore
from registry.data.reading import sources, tables
from registry.data.reading.tables import Table
from runs.pipelines.models import Step
from runs.pipelines.run_pages import gathering
from runs.pipelines.run_pages.gathering import Round
from studio.errors import Invalid, NotFound, StudioError

VIEW, EVALUATION = "_view.json", "evaluation.json"
MOST_VIEW_BYTES = 8_000_000
MOST_FILES = 200


@dataclass(frozen=True, slots=True)
class Placed:
    """The files of an output."""

    datastore: Datastore
    store: FileStore
    path: str
    is_file: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """One output for a page: `kind` is "value", "table", "evaluation", "view", "rounds", "files" or "gone"."""

    kind: str
    value: Any = None
    view: dict[str, Any] | None = None
    files: tuple[tuple[str, int], ...] = ()
    rounds: tuple[Round, ...] = ()
    problem: str = ""


def made_of(step: Step, port: str) -> dict[str, Any]:
    """What the step left at that port, its own or that of the step it was taken over from. Raises NotFound."""
    made = step.outputs.get(port)
    if not isinstance(made, dict):
        names = ", ".join(sorted(step.outputs)) or "none yet"
        raise NotFound("not_found", f"The step {step.path} has no output {port[:80]!r}; it has {names}.")
    return made


def placed_of(step: Step, port: str) -> Placed:
    """Where an output's files lie. Raises NotFound for a value without files."""
    uri = str(made_of(step, port).get("uri") or "")
    named = uris.parse(uri) if uri else None
    if not isinstance(named, uris.DatastorePath):
        raise NotFound("not_found", f"The output {port[:80]!r} of {step.path} is a value, not files.")
    datastore = placing.datastore_named(step.pipeline_run.run.workspace, named.datastore)
    store = opening.file_store(datastore)
    entry = store.stat(named.path) if named.path else None
    return Placed(datastore, store, named.path, is_file=entry is not None and not entry.is_dir)


def table_of(step: Step, port: str) -> Table:
    """An output as a table. Raises Invalid when it is none, NotFound when it is gone."""
    rounds = gathering.rounds_of(step, port)
    if rounds:
        return gathering.table_of(step, rounds)
    placed = placed_of(step, port)
    return sources.table_at(placed.datastore, placed.path)


def shown(step: Step, port: str) -> Shown:
    """How the output is shown; what can't be read says why."""
    made = made_of(step, port)
    if "value" in made:
        return Shown("value", value=made["value"])
    rounds = gathering.rounds_of(step, port)
    if rounds:
        return _shown_rounds(step, port, rounds)
    try:
        return _shown_files(placed_of(step, port))
    except NotFound:
        return Shown("gone", problem="Its files are gone from the datastore. Run the step again to have them.")
    except StudioError as error:
        return Shown("files", problem=error.message)


def _shown_rounds(step: Step, port: str, rounds: list[Round]) -> Shown:
    """One table where the rounds left tables; else each round by itself."""
    found = tuple(rounds)
    first = Step.objects.select_related("pipeline_run__run").get(pipeline_run=step.pipeline_run_id, path=found[0].step)
    if shown(first, port).kind != "table":
        return Shown("rounds", rounds=found)
    try:
        gathering.table_of(step, rounds)
    except StudioError as error:
        return Shown("rounds", rounds=found, problem=error.message)
    return Shown("table", rounds=found)


def _shown_files(placed: Placed) -> Shown:
    if placed.is_file:
        name = PurePosixPath(placed.path).name
        return Shown("table") if tables.ending_format(name) else Shown("files", files=((name, 0),))
    files = _listed(placed)
    if not files:
        raise NotFound("not_found", "There are no files.")
    names = [name for name, _ in files]
    if VIEW in names:
        view = _read_json(placed, EVALUATION if EVALUATION in names else VIEW)
        return Shown("evaluation" if EVALUATION in names else "view", view=view, files=files)
    visible = [name for name in names if not name.rsplit("/", 1)[-1].startswith(("_", "."))]
    try:
        tables.format_of(visible)
    except Invalid:
        return Shown("files", files=files)
    return Shown("table", files=files)


def _listed(placed: Placed) -> tuple[tuple[str, int], ...]:
    found = []
    for entry in placed.store.walk(placed.path):
        found.append((entry.path.removeprefix(f"{placed.path}/"), entry.size))
        if len(found) >= MOST_FILES:
            break
    return tuple(sorted(found))


def _read_json(placed: Placed, name: str) -> dict[str, Any]:
    """A small JSON file that a job wrote: only ever shown as text and drawn as numbers."""
    place = f"{placed.path}/{name}".lstrip("/")
    entry = placed.store.stat(place)
    if entry is None or entry.size > MOST_VIEW_BYTES:
        raise Invalid("view_unreadable", f"{name} is too large to be shown.", hint="Download the files.")
    try:
        found = json.loads(b"".join(placed.store.read(place)), parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        raise Invalid(
            "view_unreadable", f"{name} is not the JSON that a view is.", hint="Download the files."
        ) from error
    if not isinstance(found, dict):
        raise Invalid("view_unreadable", f"{name} is not the JSON that a view is.", hint="Download the files.")
    return found
