"""What can become an ONNX image, and the environments it takes: one to convert the model in, one to serve it."""

import re
from collections.abc import Sequence
from typing import Protocol

from registry.environments import definitions
from registry.environments import services as environments
from registry.environments.definitions import Definition
from registry.environments.models import Environment
from registry.images import defaults
from registry.mlmodels.models import ModelVersion
from studio.access.models import Workspace
from studio.errors import Invalid

Kind = Environment.Kind
ONNX = "onnx"
FLAVORS = frozenset({ONNX, "sklearn", "xgboost", "lightgbm", "pytorch"})
PICKLES = (".pkl", ".pickle", ".joblib")
AS_IT_IS = "Build it with the type docker, which runs the model as it is."
# What every conversion needs beside the model's own packages, and what the model's library needs.
ALWAYS = ("onnx>=1.17,<2", "onnxruntime>=1.20,<2", "numpy", "PyYAML>=6,<7")
OF_SKLEARN = ("skl2onnx>=1.18,<2",)
OF_BOOSTING = ("onnxmltools>=1.13,<2", *OF_SKLEARN)
OF_PACKAGE = {
    "scikit-learn": OF_SKLEARN,
    "xgboost": OF_BOOSTING,
    "xgboost-cpu": OF_BOOSTING,
    "lightgbm": OF_BOOSTING,
    "torch": (),
}
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


class Packed(Protocol):
    """What is asked of a model here."""

    @property
    def version(self) -> ModelVersion: ...
    @property
    def paths(self) -> Sequence[str]: ...
    @property
    def is_mlflow(self) -> bool: ...
    @property
    def is_onnx(self) -> bool: ...


def check(models: Sequence[Packed], *, has_script: bool) -> None:
    """Raise Invalid with one sentence for what onnxruntime can't serve by itself."""
    if has_script:
        raise wrong(
            "scoring_script",
            "An image of the type onnx takes no scoring script: onnxruntime answers by itself.",
            AS_IT_IS,
        )
    if len(models) != 1:
        raise wrong("model", f"An image of the type onnx holds one model, and {len(models)} are named.", AS_IT_IS)
    (model,) = models
    if model.is_onnx:
        return
    if model.is_mlflow:
        known = [name for name in model.version.flavors if name != "python_function"]
        if known and not FLAVORS.intersection(known):
            raise _no_way(model, f"a model of {', '.join(known)}")
        return
    if sum(path.endswith(PICKLES) for path in model.paths) != 1:
        raise _no_way(model, "neither in MLflow's format nor one ONNX or pickle file")


def serving(workspace: Workspace) -> Environment:
    """What an ONNX model is served in: onnxruntime and nothing of the library it was made with."""
    definition = definitions.parse({"requirements": list(defaults.ONNX_PACKAGES)}, {})
    return environments.resolve(workspace=workspace, definition=definition)


def converting(content: Environment) -> Environment:
    """The model's environment with what the conversion needs, resolved together. Raises Invalid."""
    definition = Definition.from_json(content.definition)
    if definition.needs_docker or definition.inference:
        message = "A model is converted to ONNX in an environment of packages, not in one with a Dockerfile or server of its own."
        raise wrong("environment", message, "Name one with a requirements or conda file.")
    named = {_plain(line) for line in definition.packages}
    needed = [line for name, lines in OF_PACKAGE.items() if name in named for line in lines]
    packages = (*definition.packages, *dict.fromkeys([*ALWAYS, *needed]))
    wanted = Definition(
        Kind.REQUIREMENTS, definition.python, packages, image=definition.image, variables=definition.variables
    )
    return environments.resolve(workspace=content.workspace, definition=wanted)


def wrong(field: str, message: str, hint: str = "") -> Invalid:
    return Invalid("bad_image", message, hint=hint, fields={field: f"{message} {hint}".strip()})


def _no_way(model: Packed, what: str) -> Invalid:
    message = f"{model.version} is {what}: what is converted to ONNX is a model of scikit-learn, XGBoost, LightGBM or PyTorch."
    return wrong("type", message, AS_IT_IS)


def _plain(line: str) -> str:
    """The name of a requirement as the index has it: `Scikit_Learn==1.9` → `scikit-learn`."""
    found = _NAME.match(line.strip())
    return re.sub(r"[-_.]+", "-", found[0]).lower() if found else ""
