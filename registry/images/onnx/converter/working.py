"""From the folder of a model to its ONNX file and what was found out on the way."""

import contextlib
import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from registry.images.onnx.converter import checking, making, reading

MODEL = "model.onnx"
NOT_OF_THE_MODEL = frozenset({
    "MLmodel", "conda.yaml", "python_env.yaml", "requirements.txt", "input_example.json", "serving_input_example.json",
    "registered_model_meta", "README.md",
})  # fmt: skip


def main(given: Path, made: Path) -> int:
    """The exit code; what went wrong is one sentence on stdout."""
    try:
        with _quiet():
            facts = convert(given / "model", made)
    except reading.CannotConvert as error:
        print(error)
        return 1
    except Exception as error:  # noqa: BLE001  the build says it in one sentence
        print(f"The conversion to ONNX failed: {type(error).__name__}: {reading.first_line(error)}. {reading.AS_IT_IS}")
        return 1
    (made / "facts.json").write_text(json.dumps(facts))
    print(facts["sentence"])
    return 0


def convert(folder: Path, made: Path) -> dict[str, Any]:
    """Put the ONNX model of `folder` into `made`; answers what was found out. Raises CannotConvert."""
    source = reading.read(folder)
    if source.onnx_file is not None:
        return _as_it_is(source, made)
    problems: list[str] = []
    nearest: checking.Differs | None = None
    for converted in making.ways(source, problems):
        try:
            raw, compared, largest = checking.check(source, converted)
        except checking.Differs as error:
            nearest = error if nearest is None or error.largest < nearest.largest else nearest
            continue
        except Exception as error:  # noqa: BLE001  whatever onnxruntime raises
            problems.append(reading.first_line(error))
            continue
        (made / MODEL).write_bytes(raw)
        return _facts(source.flavor, compared, largest)
    if nearest is not None:
        raise reading.CannotConvert(str(nearest))
    why = problems[0] if problems else "nobody knows how"
    raise reading.CannotConvert(
        f"The model ({reading.name_of(source.model)}) can't be converted to ONNX: {why}. {reading.AS_IT_IS}"
    )


def _as_it_is(source: reading.Source, made: Path) -> dict[str, Any]:
    """An ONNX model is copied with what lies beside it, and loaded once."""
    import onnxruntime

    assert source.onnx_file is not None
    for path in sorted(source.onnx_file.parent.iterdir()):
        if path.name in NOT_OF_THE_MODEL:
            continue
        if path.is_dir():
            shutil.copytree(path, made / path.name)
        else:
            shutil.copyfile(path, made / path.name)
    try:
        onnxruntime.InferenceSession(str(made / source.onnx_file.name), providers=["CPUExecutionProvider"])
    except Exception as error:
        raise reading.CannotConvert(
            f"onnxruntime can't load {source.onnx_file.name}: {reading.first_line(error)}."
        ) from error
    return {**_facts("onnx", 0, 0.0), "sentence": "The model is ONNX already: it is taken as it is."}


def _facts(flavor: str, compared: int, largest: float) -> dict[str, Any]:
    told = f"checked on {compared} rows, the largest difference is {largest:.3g}"
    if not compared:
        told = "not checked: the model has no input example"
    return {"from": flavor, "compared": compared, "largest_difference": largest, "sentence": f"Converted, {told}."}


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """What libraries say on the way is no part of the answer."""
    import warnings

    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        yield
