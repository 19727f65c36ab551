"""The environments that ship, and Azure's curated names, which resolve to what they hold here.

Ours are found by their name alone. Azure's are found by a word in the name ("sklearn-1.5"); the pins of those named in
`PINS` are the ones of Azure's own, the series in any other name ("sklearn-1.3") pins its chief package. Packages without
wheels for the Python that is used are lifted to the first version that has them, and the note says so.
"""

import re
import sys
from dataclasses import dataclass

from registry.environments import wheels
from registry.environments.wheels import Pin


@dataclass(frozen=True, slots=True)
class Shipped:
    """One of ours."""

    name: str
    title: str
    description: str
    pins: tuple[Pin, ...]


@dataclass(frozen=True, slots=True)
class Curated:
    """What a curated name stands for here."""

    name: str  # without prefix and label
    python: str
    packages: tuple[str, ...]
    changes: tuple[str, ...] = ()  # "scikit-learn 1.1.3 instead of 1.0", and the Python


BASE: tuple[Pin, ...] = (("numpy", "2.4"), ("pandas", "3.1"), ("joblib", "1.6"))
SCIENCE: tuple[Pin, ...] = (*BASE, ("scipy", "1.17"), ("matplotlib", "3.11"), ("scikit-learn", "1.9"))
SHIPPED = (
    Shipped("minimal", "Minimal", "NumPy, pandas and joblib: for scripts that need little.", BASE),
    Shipped("scikit-learn", "scikit-learn", "scikit-learn with SciPy and Matplotlib.", SCIENCE),
    Shipped(
        "xgboost-lightgbm",
        "XGBoost and LightGBM",
        "Gradient boosting beside scikit-learn.",
        (*SCIENCE, ("xgboost-cpu", "3.2"), ("lightgbm", "4.7")),
    ),
    Shipped(
        "designer",
        "Designer",
        "What the designer's components compute with.",
        (
            *SCIENCE,
            ("pyarrow", "25.0"),
            ("imbalanced-learn", "0.14"),
            ("lightgbm", "4.7"),
            ("xgboost-cpu", "3.2"),
            ("cloudpickle", "3.1"),
            ("gensim", "4.4"),
            ("scikit-surprise", "1.1"),
            ("simplemma", "2.0"),
            ("stop-words", ">=2025"),
            ("google-re2", "1.1"),
            ("hanta", "1.2"),
        ),
    ),
    Shipped(
        "pytorch",
        "PyTorch",
        "PyTorch with torchvision. The package index decides the build: PyPI's brings CUDA along.",
        (*BASE, ("torch", "2.15"), ("torchvision", "")),
    ),
)

_OLD: tuple[Pin, ...] = (
    ("numpy", "1.22"), ("scipy", "1.10"), ("joblib", "1.2"), ("matplotlib", "3.5"), ("psutil", "5.8"),
)  # fmt: skip
# Azure's name → its Python and its pins
PINS: dict[str, tuple[str, tuple[Pin, ...]]] = {
    "sklearn-1.0": ("3.9", (("scikit-learn", "1.0"), ("pandas", "1.3"), *_OLD)),
    "sklearn-1.1": ("3.9", (("scikit-learn", "1.1"), ("pandas", "1.3"), *_OLD)),
    "sklearn-1.5": ("3.10", (("scikit-learn", "1.5"), ("pandas", "1.5"), *_OLD)),
    "lightgbm-3.3": (
        "3.10",
        (("lightgbm", "4.6"), ("xgboost", "1.7"), ("scikit-learn", "1.5"), ("pandas", "1.5"), *_OLD),
    ),
    "tensorflow-2.16": ("3.10", (("tensorflow", "2.16"), ("scikit-learn", "1.5"), ("pandas", ""), ("matplotlib", ""))),
    "pytorch-1.13": ("3.8", (("torch", "1.13"), ("torchvision", ""), ("numpy", "<2"), ("matplotlib", "3.5"))),
    "pytorch-2.2": ("3.10", (("torch", "2.2"), ("torchvision", ""), ("numpy", "<2"), ("matplotlib", "3.5"))),
    "pytorch-2.8": ("3.10", (("torch", "2.8"), ("torchvision", ""), ("numpy", ""), ("transformers", ""))),
    "minimal-py311": ("3.11", (("numpy", ""), ("joblib", ""))),
    "minimal-py312": ("3.12", (("numpy", ""), ("joblib", ""))),
    "mlflow-py312": (
        "3.12",
        (("mlflow", ""), ("scikit-learn", ""), ("cloudpickle", ""), ("pandas", ""), ("numpy", ""), ("joblib", "")),
    ),
}
_ANY: tuple[Pin, ...] = (("numpy", ""), ("pandas", ""), ("scipy", ""), ("matplotlib", ""), ("joblib", ""))
# word of a name → its chief package, which a series in the name pins, and what else it holds
FAMILIES: dict[str, tuple[str, tuple[Pin, ...]]] = {
    "lightgbm": ("lightgbm", (("scikit-learn", ""), ("xgboost", ""), *_ANY)),
    "xgboost": ("xgboost", (("scikit-learn", ""), *_ANY)),
    "responsibleai": ("", (("scikit-learn", ""), *_ANY)),
    "sklearn": ("scikit-learn", _ANY),
    "scikit-learn": ("scikit-learn", _ANY),
    "automl": ("", (("scikit-learn", ""), ("lightgbm", ""), ("xgboost", ""), *_ANY)),
    "mlflow": ("", (("mlflow", ""), ("scikit-learn", ""), *_ANY)),
    "minimal": ("", _ANY),
    "python-sdk": ("", (("scikit-learn", ""), *_ANY)),
    "tensorflow": ("tensorflow", (("scikit-learn", ""), *_ANY)),
    "acpt": ("torch", (("torchvision", ""), *_ANY)),
    "pytorch": ("torch", (("torchvision", ""), *_ANY)),
    "transformers": ("", (("torch", ""), ("transformers", ""), ("datasets", ""), *_ANY)),
}
SERIES = re.compile(r"-(\d+\.\d+)(?![\d])")
PYTHON = re.compile(r"py(?:thon)?-?(3)\.?(\d{1,2})")
# What these name is on the way to the chief package's own name ("acpt-pytorch-2.2-cuda12.1").
PREFIXES = ("azureml-", "ai-ml-", "acpt-")


def own_python() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def find(name: str, *, is_azures: bool = False, python: str = "") -> Curated | None:
    """What a plain curated name stands for, or None when it is none: "sklearn-1.5", "AzureML-sklearn-1.5".

    `is_azures` says that it was named in Azure's own registry; a name of ours is then none.
    """
    python = python or own_python()
    shipped = None if is_azures else next((each for each in SHIPPED if each.name == name), None)
    if shipped is not None:
        return _made(shipped.name, "", shipped.pins, python)
    plain = name.casefold()
    starts = any(plain.startswith(word) for word in (*FAMILIES, *PREFIXES))
    if not is_azures and "azureml" not in plain and not starts:
        return None
    exact = next((PINS[word] for word in PINS if word in plain), None)
    if exact is not None:
        return _made(name, exact[0], exact[1], python)
    word = next((word for word in FAMILIES if word in plain), None)
    return None if word is None else _made(name, _python_of(plain), _family(word, plain), python)


def _family(word: str, plain: str) -> tuple[Pin, ...]:
    chief, others = FAMILIES[word]
    if not chief:
        return others
    series = SERIES.search(plain[plain.index(word) :])
    return ((chief, series[1] if series else ""), *(pin for pin in others if pin[0] != chief))


def _made(name: str, wanted: str, pins: tuple[Pin, ...], python: str) -> Curated:
    packages, changes = [], []
    if wanted and wanted != python:
        changes.append(f"Python {python} instead of {wanted}")
    for pin in pins:
        requirement, lifted = wheels.requirement(pin, python)
        packages.append(requirement)
        if lifted:
            changes.append(f"{pin[0]} {lifted} instead of {pin[1]}, which has no wheels for Python {python}")
    return Curated(name, python, tuple(packages), tuple(changes))


def _python_of(plain: str) -> str:
    found = PYTHON.search(plain)
    return f"3.{int(found[2])}" if found else ""
