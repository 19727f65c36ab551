"""Curated environment names of Azure ML and what they stand for here. A row is found by a word in the name."""

import re
from dataclasses import dataclass

BASE = ("numpy", "pandas", "scipy", "matplotlib", "joblib")
# word of the name → packages besides BASE
MEANINGS: dict[str, tuple[str, ...]] = {
    "lightgbm": ("scikit-learn", "lightgbm", "xgboost"),
    "xgboost": ("scikit-learn", "xgboost"),
    "responsibleai": ("scikit-learn",),
    "sklearn": ("scikit-learn",),
    "automl": ("scikit-learn", "lightgbm", "xgboost"),
    "minimal": (),
    "python-sdk": ("scikit-learn",),
    "tensorflow": ("tensorflow", "scikit-learn"),
    "acpt": ("torch", "torchvision"),
    "pytorch": ("torch", "torchvision"),
    "transformers": ("torch", "transformers", "datasets"),
}
CURATED = re.compile(
    r"(azureml:)?(//registries/[\w-]+/environments/)?(?P<name>[\w.-]+?)"
    r"(@latest|@[\w.-]+|:[\w.-]+|/versions/[\w.-]+|/labels/[\w.-]+)?\Z"
)
PYTHON = re.compile(r"py(?:thon)?-?(3)\.?(\d{1,2})")
OLDEST = 9  # what uv still finds for every machine


@dataclass(frozen=True, slots=True)
class Curated:
    python: str
    packages: tuple[str, ...]


def find(name: str) -> Curated | None:
    """What a curated name stands for, or None when it is none: "azureml:AzureML-sklearn-1.5@latest"."""
    match = CURATED.match(name.strip())
    if match is None:
        return None
    plain = match["name"].casefold()
    is_curated = "azureml" in plain or "/registries/azureml/" in name or plain.startswith("acpt-")
    if not is_curated and not plain.startswith(tuple(MEANINGS)):
        return None
    word = next((word for word in MEANINGS if word in plain), None)
    return None if word is None else Curated(_python(plain), (*BASE, *MEANINGS[word]))


def _python(plain: str) -> str:
    """The Python in the name ("…-py38-cpu"), lifted to the oldest kept, or the one most wheels exist for."""
    found = PYTHON.search(plain)
    return f"3.{max(int(found[2]), OLDEST)}" if found else "3.11"
