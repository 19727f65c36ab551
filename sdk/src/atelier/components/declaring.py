"""How a component is declared: ports, parameters and what carries it out, all as data that any page can be drawn from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

Value = Any  # a plain JSON value: text, number, boolean, list of them, or None


class PortType(str, Enum):
    """What goes through a wire. A component gets and gives the Python value named beside each."""

    DATASET = "Dataset"  # a Table
    UNTRAINED_MODEL = "UntrainedModel"  # a learners.UntrainedModel
    TRAINED_MODEL = "TrainedModel"  # a learners.TrainedModel
    UNTRAINED_CLUSTER = "UntrainedCluster"  # a clusters.UntrainedCluster
    TRAINED_CLUSTER = "TrainedCluster"  # a clusters.TrainedCluster
    TRANSFORM = "Transform"  # a transforms.Transform
    RECOMMENDER = "Recommender"  # a recommenders.TrainedRecommender
    EVALUATION = "Evaluation"  # plain JSON, as `views` describes it
    ZIP = "Zip"  # the path of a zip file or of a folder of files
    FOLDER = "uri_folder"  # the path of a folder
    FILE = "uri_file"  # the path of a file
    MODEL = "mlflow_model"  # the path of a model's folder

    def __str__(self) -> str:
        return self.value


class Kind(str, Enum):
    """What a parameter holds, and so which field edits it."""

    TEXT = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    CHOICE = "choice"  # one of `choices`
    CHOICES = "choices"  # some of `choices`, in one text, with commas
    COLUMNS = "columns"  # a rule that picks columns of the table at `port` (`column_rules`)
    COLUMN = "column"  # the name of one column of the table at `port`
    NUMBERS = "numbers"  # a list of numbers in one text: "0.1; 0.2; 0.4"
    SCRIPT = "script"  # text in the language `language`
    MULTILINE = "multiline"  # text of many lines

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class Port:
    """An input or an output. `name` is what a pipeline file says, `label` what a page says."""

    name: str
    type: PortType
    label: str = ""
    description: str = ""
    optional: bool = False

    def to_dict(self) -> dict[str, Any]:
        found = {"type": str(self.type), "label": self.label or in_words(self.name), "description": self.description}
        return {**found, **({"optional": True} if self.optional else {})}


@dataclass(frozen=True)
class Parameter:
    """One setting. `when` says for which values of other parameters it counts; elsewhere it is neither shown nor asked."""

    name: str
    kind: Kind
    label: str = ""
    default: Value = None
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    optional: bool = False
    description: str = ""
    when: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    port: str = ""
    language: str = ""

    def to_dict(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "kind": str(self.kind),
            "label": self.label or in_words(self.name),
            "default": self.default,
            "choices": list(self.choices),
            "minimum": self.minimum,
            "maximum": self.maximum,
            "optional": self.optional,
            "description": self.description,
            "when": {name: list(values) for name, values in self.when.items()},
            "port": self.port,
            "language": self.language,
        }
        # A zero says something: a least value or a default.
        return {key: value for key, value in found.items() if value not in ("", None, [], {}) and value is not False}


@dataclass(frozen=True)
class Component:
    """A component: its data, and `run(inputs, parameters, context) -> {port: value}`, which carries it out.

    `inputs` holds the value of each connected port (None where an optional one is not), `parameters` every parameter
    that counts, of its kind's Python type. `run` raises `ComponentError` for what the person can mend.
    """

    name: str
    label: str
    category: str
    description: str
    run: Callable[..., Mapping[str, Any]]
    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    version: str = "1"
    is_deterministic: bool = True
    packages: tuple[str, ...] = ()  # names of distributions it computes with, beside pandas and pyarrow
    keywords: tuple[str, ...] = ()  # other words that it is searched by

    @property
    def reference(self) -> str:
        """What a pipeline file says: `atelier:split_data:1`."""
        return f"atelier:{self.name}:{self.version}"

    def parameter(self, name: str) -> Parameter:
        """Its parameter of that name. Raises KeyError."""
        return {one.name: one for one in self.parameters}[name]

    def to_dict(self) -> dict[str, Any]:
        """The declaration as plain data: what REST answers, what the palette and the panel are drawn from."""
        return {
            "name": self.name,
            "version": self.version,
            "reference": self.reference,
            "label": self.label,
            "category": self.category,
            "description": self.description,
            "inputs": {port.name: port.to_dict() for port in self.inputs},
            "outputs": {port.name: port.to_dict() for port in self.outputs},
            "parameters": {one.name: one.to_dict() for one in self.parameters},
            "is_deterministic": self.is_deterministic,
            "packages": list(self.packages),
            "keywords": list(self.keywords),
        }


def in_words(name: str) -> str:
    """`results_dataset` as a label: "Results dataset"."""
    return name.replace("_", " ").capitalize()
