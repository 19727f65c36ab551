"""What scores the items of a part: a script's `run(mini_batch)`, or a model in MLflow's format.

Both answer rows and the items that failed. `one_by_one` is the last try of a part: then one bad item costs only itself.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from atelier.serving import mlflow_models, pipeline_models, places, scripts, sklearn_models
from atelier.serving.batch import tables
from atelier.serving.batch.rows import rows_of
from atelier.serving.problems import LoadProblem
from atelier.serving.settings import Settings
from atelier.serving.signatures import Signature
from atelier.serving.signatures import read as read_signature

# How often a table's rows are halved to find the bad ones: beyond that, those left count as bad together.
MOST_HALVINGS = 400


class Lost(NamedTuple):
    """An item that was not scored; `size` counts its rows."""

    item: str
    problem: str
    size: int = 1


class Scored(NamedTuple):
    rows: list[Any]
    lost: list[Lost]


class Scorer(Protocol):
    def score(self, items: Sequence[Any], *, one_by_one: bool) -> Scored: ...


class Source(Protocol):
    """The input as a scorer asks for it."""

    def path(self, item: str) -> Path: ...

    def name(self, item: str) -> str: ...

    def frame(self, item: Mapping[str, Any]) -> Any: ...


def load(settings: Settings, source: Source, mode: str) -> Scorer:
    """What the settings name, ready to score. Raises LoadProblem."""
    if settings.entry_script:
        module = scripts.load_module(settings)
        scripts.start(module, settings)
        return ScriptScorer(scripts.function_of(module, "run", settings), source, mode)
    folder = places.mlflow_folder(settings.model_dir) if settings.model_dir else None
    if folder is None:
        raise LoadProblem(
            "The model is not in MLflow's format: it needs a scoring script with init() and run(mini_batch)."
        )
    with scripts.naming_the_place(f"The MLflow model in {folder.name} can't be loaded", folder):
        return ModelScorer(load_model(folder), source, mode)


class ScriptScorer:
    """`run` gets paths of files, or a data frame of a table's rows, and answers a row for each that went well."""

    def __init__(self, run: Any, source: Source, mode: str) -> None:
        self._run = run
        self._source = source
        self._by_rows = mode == "rows"

    def score(self, items: Sequence[Any], *, one_by_one: bool) -> Scored:
        if self._by_rows:
            item = items[0]
            frame = self._source.frame(item)
            scored = halved(lambda part: rows_of(self._run(part)), frame, item, finds=one_by_one)
            return scored
        if not one_by_one or len(items) == 1:
            return self._together(items)
        each = [self._alone(item) for item in items]
        return Scored([row for one in each for row in one.rows], [lost for one in each for lost in one.lost])

    def _together(self, items: Sequence[str]) -> Scored:
        rows = rows_of(self._run([str(self._source.path(item)) for item in items]))
        missing = len(items) - len(rows)
        if missing <= 0:
            return Scored(rows, [])
        # Azure's contract: a row for each item that went well. Which ones did not, only the script knows.
        named = items[0] if len(items) == 1 else f"{missing} of {len(items)}: {', '.join(map(str, items[:5]))}"
        return Scored(rows, [Lost(named, "run() gave no row for it; its log may say why.", missing)])

    def _alone(self, item: str) -> Scored:
        try:
            return self._together([item])
        except (Exception, SystemExit) as error:  # noqa: BLE001 - users' code may raise anything
            traceback.print_exc()
            return Scored([], [Lost(item, said(error))])


class ModelScorer:
    """A model in MLflow's format asked with tables: the rows it answers say of which file and row they are."""

    def __init__(self, predict: Any, source: Source, mode: str) -> None:
        self._predict = predict
        self._source = source
        self._by_rows = mode == "rows"

    def score(self, items: Sequence[Any], *, one_by_one: bool) -> Scored:
        if self._by_rows:
            item = items[0]
            name, first = self._source.name(item["file"]), int(item["from"])
            frame = self._source.frame(item)
            return halved(lambda part: self._rows(part, name, first), frame, item, finds=one_by_one)
        rows: list[Any] = []
        lost: list[Lost] = []
        for item in items:
            try:
                frame = tables.read(self._source.path(item), self._source.name(item))
                rows += self._rows(frame.reset_index(drop=True), self._source.name(item), 0)
            except Exception as error:  # a model may raise anything
                if not one_by_one:
                    raise
                lost.append(Lost(str(item), said(error)))
        return Scored(rows, lost)

    def _rows(self, frame: Any, name: str, first: int) -> list[Any]:
        """`file`, `row` and what the model says; the frame's index counts rows from the span's first."""
        found = rows_of(self._predict(frame.reset_index(drop=True)))
        if len(found) != len(frame):
            raise ValueError(f"the model answered {len(found)} rows for {len(frame)}")
        numbers = [first + int(at) for at in frame.index]
        return [{"file": name, "row": number, **_named(row)} for number, row in zip(numbers, found)]


def halved(score: Any, frame: Any, item: Mapping[str, Any], *, finds: bool) -> Scored:
    """All rows at once; where that fails and `finds`, halves of them, down to the rows that are bad."""
    frame = frame.reset_index(drop=True)
    waiting, tries = [(0, len(frame))], 0
    rows: list[Any] = []
    lost: list[Lost] = []
    while waiting:
        start, end = waiting.pop()
        tries += 1
        try:
            rows += score(frame.iloc[start:end])
        except Exception as error:  # users' code may raise anything
            if not finds:
                raise
            if end - start > 1 and tries < MOST_HALVINGS:
                middle = (start + end) // 2
                waiting += [(middle, end), (start, middle)]
            else:
                lost.append(Lost(_words(item, start, end), said(error), end - start))
    return Scored(rows, lost)


def load_model(folder: Path) -> Any:
    """What takes a data frame and answers predictions: MLflow's own way, or scikit-learn's where MLflow is not installed."""
    mlmodel = mlflow_models.read_mlmodel(folder)
    signature = read_signature(mlmodel)
    if pipeline_models.is_one(mlmodel):
        graph = pipeline_models.load_graph(folder)
        return lambda frame: graph.score({str(name): frame[name].tolist() for name in frame.columns})
    try:
        import mlflow.pyfunc
    except ImportError:
        if not sklearn_models.may_be_direct(mlmodel, signature):
            raise LoadProblem("The environment lacks mlflow, which this model needs to be loaded.") from None
        estimator = sklearn_models.load_estimator(folder, mlmodel)
        name = str(mlmodel["flavors"]["python_function"].get("predict_fn") or "predict")
        return lambda frame: getattr(estimator, name)(_chosen(frame, signature))
    model = mlflow.pyfunc.load_model(str(folder))
    return lambda frame: model.predict(_fitting(frame, signature))


def said(error: BaseException) -> str:
    """One line about an error."""
    return traceback.format_exception_only(type(error), error)[-1].strip()[:900]


def _chosen(frame: Any, signature: Signature) -> Any:
    names = [column.name for column in signature.columns]
    return frame[names] if names and names[0] else frame


def _fitting(frame: Any, signature: Signature) -> Any:
    """Whole numbers where the signature has numbers with a point: text does not tell the two apart."""
    kinds = {"double": "float64", "float": "float32"}
    found = {
        column.name: kinds[column.type]
        for column in signature.columns
        if column.type in kinds and column.name in frame.columns and frame[column.name].dtype.kind in "iu"
    }
    return frame.astype(found) if found else frame


def _named(row: Any) -> dict[str, Any]:
    if isinstance(row, Mapping):
        return {str(name): value for name, value in row.items()}
    return {"prediction": row}


def _words(item: Mapping[str, Any], start: int, end: int) -> str:
    first, last = int(item["from"]) + start, int(item["from"]) + end - 1
    rows = f"row {first}" if first == last else f"rows {first} to {last}"
    return f"{item['file']} {rows}".strip()
