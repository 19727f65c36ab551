"""Pages of documentation made from the declarations: one for each category."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from atelier.components import catalogue
from atelier.components.declaring import Component, Kind, Parameter, Port, in_words

NOTE = "<!-- Made from the declarations by `python -m atelier.components docs docs/components`. -->"
KINDS = {
    Kind.TEXT: "text",
    Kind.INTEGER: "whole number",
    Kind.NUMBER: "number",
    Kind.BOOLEAN: "true or false",
    Kind.COLUMNS: "columns",
    Kind.COLUMN: "a column",
    Kind.NUMBERS: "numbers",
    Kind.SCRIPT: "script",
    Kind.MULTILINE: "text of many lines",
}


def write(folder: Path) -> list[Path]:
    """Write the pages of all categories into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")
        written.append(folder / name)
    return written


def pages() -> dict[str, str]:
    """The text of each page by its file's name; `README.md` lists them all."""
    components = catalogue.every()
    found = {}
    for category in catalogue.CATEGORIES:
        own = [one for one in components if one.category == category]
        if own:
            found[file_name(category)] = _page(category, own)
    return {"README.md": _contents(components), **found}


def file_name(category: str) -> str:
    """What the page of a category is called: `data-transformation.md`."""
    return re.sub(r"[^a-z0-9]+", "-", category.lower()).strip("-") + ".md"


def _contents(components: Sequence[Component]) -> str:
    lines = ["# Components of the designer", NOTE, "", INTRODUCTION]
    for category in catalogue.CATEGORIES:
        own = [one for one in components if one.category == category]
        if own:
            links = (f"[{one.label}]({file_name(category)}#{anchor(one)})" for one in own)
            lines += ["", f"**[{category}]({file_name(category)})**: {', '.join(links)}"]
    return "\n".join(lines) + "\n"


def anchor(component: Component) -> str:
    """Where a component stands on its category's page."""
    return re.sub(r"[^\w\- ]", "", component.label.lower()).replace(" ", "-")


def _page(category: str, components: Sequence[Component]) -> str:
    lines = [f"# {category}", NOTE, "", "Part of the [components of the designer](README.md)."]
    for component in components:
        lines += ["", *_section(component)]
    return "\n".join(lines) + "\n"


def _section(component: Component) -> list[str]:
    lines = [f"## {component.label}", f"`{component.reference}`", "", component.description]
    if not component.is_deterministic:
        lines += ["", "It may give something else each time, so its results are never reused."]
    lines += _ports("Inputs", component.inputs) + _ports("Outputs", component.outputs)
    if component.parameters:
        rows = [_parameter(component, one) for one in component.parameters]
        lines += ["", *_table(("Parameter", "Name", "Value", "Default", ""), rows)]
    return lines


def _ports(title: str, ports: Sequence[Port]) -> list[str]:
    if not ports:
        return []
    rows = []
    for port in ports:
        said = " ".join(filter(None, ("Optional." if port.optional else "", port.description)))
        rows.append((port.label or in_words(port.name), f"`{port.name}`", str(port.type), said))
    return ["", *_table((title, "Name", "Type", ""), rows)]


def _parameter(component: Component, one: Parameter) -> tuple[str, str, str, str, str]:
    said = [one.description] if one.description else []
    conditions = [f"{_label(component, name)} is {_either(values)}" for name, values in one.when.items()]
    if conditions:
        said = [text if text.endswith((".", "?", "!")) else f"{text}." for text in said]
        said.append(f"Only where {' and '.join(conditions)}.")
    default = "" if one.default is None else _shown(one.default)
    if one.default is None and one.optional:
        default = "empty"
    return one.label or in_words(one.name), f"`{one.name}`", _kind(one), default, " ".join(said)


def _kind(one: Parameter) -> str:
    if one.kind in (Kind.CHOICE, Kind.CHOICES):
        before = "some of: " if one.kind is Kind.CHOICES else ""
        return before + ", ".join(one.choices)
    kind = KINDS[one.kind]
    low, high = one.minimum, one.maximum
    if low is not None and high is not None:
        return f"{kind}, {low:.12g} to {high:.12g}"
    if low is not None:
        return f"{kind}, at least {low:.12g}"
    return f"{kind}, at most {high:.12g}" if high is not None else kind


def _shown(value: Any) -> str:
    if isinstance(value, str) and "\n" in value:
        return "an example"
    if isinstance(value, bool):
        return str(value).lower()
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return f"`{text}`" if text else "empty"


def _label(component: Component, name: str) -> str:
    return component.parameter(name).label or in_words(name)


def _either(values: Iterable[Any]) -> str:
    return " or ".join(str(value).lower() if isinstance(value, bool) else str(value) for value in values)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return lines + [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]


INTRODUCTION = """A component is a step of a pipeline: it gets tables, models and transforms through its inputs and gives what it makes
through its outputs. In a pipeline file it is named by its reference, such as `atelier:split_data:1`, with its inputs and
parameters together:

```yaml
jobs:
  split:
    type: command
    component: atelier:split_data:1
    inputs:
      dataset: ${{parent.jobs.clean.outputs.cleaned_dataset}}
      fraction_of_rows: 0.7
      seed: 3
```

It also runs alone, on files and folders: CSV, TSV, JSON lines and Parquet, or what another component has written.

```sh
export ATELIER_COMPONENT_PARAMETERS='{"fraction_of_rows": 0.7}'
python -m atelier.components run split_data --input dataset=cars.csv --output results_dataset1=train --output results_dataset2=test
python -m atelier.components list                # every component
python -m atelier.components show split_data     # its declaration as JSON
```

**Columns** are picked by a rule: names with commas between them (`make, price`), or steps with `;` between them that begin
with `all` or `none`:

| rule | picks |
|---|---|
| `make, price` | these two; quotes around a name that has a comma, a semicolon or a quote: `"normalized, losses"` |
| `all; exclude names price` | all but one |
| `none; include types numeric` | by type: numeric, string, boolean, categorical, datetime |
| `all; exclude indices 1-3, 5` | by number, the first column is 1 |
| `none; include roles feature; include names price` | by role: feature, label, score |

**Ports** fit when their types are the same. What goes through a wire is kept in a folder: a table (`Dataset`) as `data.parquet`
with `_schema.json`, a model or a transform as `model.joblib` with `about.json`, an evaluation as `evaluation.json`; what
the page of a run shows of it is `_view.json` beside it."""
