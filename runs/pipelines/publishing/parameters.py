"""What a published pipeline may be given, and whether what was given fits."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from studio.errors import Invalid

LITERALS: dict[str, tuple[type, ...]] = {
    "string": (str,), "number": (int, float), "integer": (int,), "boolean": (bool,)
}  # fmt: skip
MAX_TEXT = 10_000
MAX_INPUTS = 500


@dataclass(frozen=True, slots=True)
class Parameter:
    """An input of the pipeline: a literal, or data. `sample` is something that could be sent."""

    name: str
    type: str
    default: Any
    is_needed: bool
    description: str
    minimum: float | None
    maximum: float | None
    choices: tuple[str, ...]

    @property
    def is_data(self) -> bool:
        return self.type not in LITERALS

    @property
    def sample(self) -> Any:
        if self.default not in (None, ""):
            return self.default
        if self.choices:
            return self.choices[0]
        return {"string": "text", "number": 0.5, "integer": 1, "boolean": True}.get(self.type, "azureml:cars@latest")

    @property
    def default_text(self) -> str:
        """The default as somebody would write it."""
        return str(self.default).lower() if isinstance(self.default, bool) else str(self.default)

    @property
    def rule(self) -> str:
        """What it may be, in words; empty when anything of its type will do."""
        if self.choices:
            return f"one of {', '.join(self.choices)}"
        if self.minimum is not None and self.maximum is not None:
            return f"from {self.minimum:g} to {self.maximum:g}"
        if self.minimum is not None:
            return f"at least {self.minimum:g}"
        return f"at most {self.maximum:g}" if self.maximum is not None else ""


def of(document: Mapping[str, Any]) -> list[Parameter]:
    """The inputs of a pipeline, in its order."""
    declared = document.get("inputs") or {}
    return [
        _parameter(name, facts if isinstance(facts, Mapping) else {"default": facts})
        for name, facts in declared.items()
    ]


def checked(document: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """What was given, ready for the engine. Raises Invalid `bad_inputs` with a sentence for each wrong one."""
    parameters = {each.name: each for each in of(document)}
    problems: dict[str, str] = {}
    for name in list(given)[:MAX_INPUTS]:
        if name not in parameters:
            known = ", ".join(parameters) or "none"
            problems[f"inputs.{name}"[:200]] = f"The pipeline has no input {str(name)[:80]}. It has: {known}."
        elif sentence := _wrong(parameters[name], given[name]):
            problems[f"inputs.{name}"] = sentence
    for name, each in parameters.items():
        if each.is_needed and name not in given:
            problems[f"inputs.{name}"] = f"The input {name} is missing: it has no default."
    if problems:
        first = next(iter(problems.values()))
        more = f" ({len(problems) - 1} more)" if len(problems) > 1 else ""
        raise Invalid("bad_inputs", first + more, hint="Nothing was started.", fields=problems)
    return dict(given)


def _parameter(name: str, facts: Mapping[str, Any]) -> Parameter:
    default = facts.get("default", facts.get("path"))
    kind = str(facts.get("type") or _type_of(default))
    choices = tuple(str(each) for each in facts.get("enum") or ())
    needed = default in (None, "") and not facts.get("optional")
    return Parameter(
        name, kind, default, needed, str(facts.get("description") or ""), facts.get("min"), facts.get("max"), choices
    )  # fmt: skip


def _type_of(value: Any) -> str:
    for kind in ("boolean", "integer", "number"):
        if isinstance(value, LITERALS[kind]):
            return kind
    return "string"


def _wrong(parameter: Parameter, value: Any) -> str:
    """Why the value does not fit; empty when it does."""
    name = parameter.name
    if parameter.is_data:
        path = value.get("path") if isinstance(value, Mapping) else value
        fine = isinstance(path, str) and 0 < len(path) <= MAX_TEXT
        return "" if fine else f"The input {name} is data: give a reference such as azureml:cars@latest."
    if not isinstance(value, LITERALS[parameter.type]) or (isinstance(value, bool) and parameter.type != "boolean"):
        return f"The input {name} must be of the type {parameter.type}, and {str(value)[:60]!r} is none."
    if isinstance(value, str) and len(value) > MAX_TEXT:
        return f"The input {name} is longer than {MAX_TEXT:,} characters."
    if parameter.choices and str(value) not in parameter.choices:
        return f"The input {name} must be {parameter.rule}, not {str(value)[:60]}."
    if isinstance(value, int | float) and not isinstance(value, bool):
        low, high = parameter.minimum, parameter.maximum
        if (low is not None and value < low) or (high is not None and value > high):
            return f"The input {name} must be {parameter.rule}, not {value}."
    return ""
