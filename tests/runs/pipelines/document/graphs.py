"""Random pipelines: valid ones, with all that a document can hold."""

import random
from typing import Any

WORDS = (
    "plain", "with space", "1.10", "yes", "null", "0x1f", "2024-05-01", "colon: in it", "# no comment", "- dash", "'q'",
    '"dq"', "ünï ☃", "tab\there", "a\nb\n", "\n begins", "trailing \n  deeper\n", "x\u2028y\x85z", "{brace}", "1e3", "~",
    "=", "a\r\nb", "import pandas as pd\n\n\ndef azureml_main(a):\n    return a\n", "\ufeffmark", "no end\n\nhere", "@at",
)  # fmt: skip


def document(seed: int) -> dict[str, Any]:
    """A pipeline as plain data, as a client could send it."""
    source = random.Random(seed)
    inputs = {f"in{number}": _input(source) for number in range(source.randrange(4))}
    outputs = {f"out{number}": _output(source) for number in range(source.randrange(3))}
    jobs = _jobs(source, list(inputs), list(outputs), depth=0)
    found: dict[str, Any] = {
        "type": "pipeline",
        "display_name": source.choice(WORDS),
        "description": source.choice(WORDS),
        "tags": {f"t{number}": source.choice(WORDS) for number in range(source.randrange(3))},
        "properties": {"p": source.choice(WORDS)} if source.random() < 0.3 else {},
        "inputs": inputs,
        "outputs": outputs,
        "jobs": jobs,
        "layout": {name: [source.randrange(2000), round(source.uniform(0, 900), 2)] for name in jobs},
    }
    if source.random() < 0.5:
        found["settings"] = {"force_rerun": source.random() < 0.5, "max_concurrency": source.randrange(1, 30)}
    return found


def _literal(source: random.Random) -> Any:
    return source.choice((source.choice(WORDS), source.randrange(-9, 10**9), source.random(), 1e-20, True, False, 7))


def _input(source: random.Random) -> Any:
    value = _literal(source)
    return source.choice(
        (
            value,
            {"type": "number", "default": 0.5, "min": 0, "max": 1, "description": source.choice(WORDS)},
            {"type": "string", "enum": ["a", "b"], "default": "a"},
            {"type": "uri_folder", "path": "azureml:cars:1", "mode": "ro_mount"},
            {"type": "uri_file", "path": "https://example.org/a.csv"},
            {"type": "integer"},
            "azureml:cars@latest",
        )
    )


def _output(source: random.Random) -> Any:
    return source.choice((None, {"type": "uri_file", "mode": "upload"}, {"type": "uri_folder", "name": "scored"}))


def _jobs(source: random.Random, inputs: list[str], outputs: list[str], depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for number in range(source.randrange(1, 8)):
        found[f"node_{number}"] = _node(source, list(found), inputs, outputs, depth)
    steps = [name for name, node in found.items() if "component" in node or "command" in node]
    if len(steps) > 1 and source.random() < 0.4:
        found["decide"] = _control(source, steps)
    return found


def _control(source: random.Random, steps: list[str]) -> dict[str, Any]:
    first, last = f"${{{{parent.jobs.{steps[0]}}}}}", f"${{{{parent.jobs.{steps[-1]}}}}}"
    return source.choice(
        (
            {"type": "if_else", "condition": f"${{{{parent.jobs.{steps[0]}.outputs.o}}}}", "true_block": last},
            {"type": "if_else", "condition": False, "true_block": [first, last], "comment": source.choice(WORDS)},
            {
                "type": "do_while",
                "body": last,
                "condition": "go_on",
                "mapping": {"o": f"${{{{parent.jobs.{steps[-1]}.inputs.a}}}}"},
                "limits": {"max_iteration_count": 5},
            },
            {
                "type": "parallel_for",
                "body": last,
                "items": [{"a": 1}, {"a": source.choice(WORDS)}],
                "max_concurrency": 3,
            },
            {"type": "parallel_for", "body": last, "items": {"one": {"a": None}}},
            {"type": "parallel_for", "body": last, "items": f"${{{{parent.jobs.{steps[0]}.outputs.o}}}}"},
        )
    )


def _node(
    source: random.Random, before: list[str], inputs: list[str], outputs: list[str], depth: int
) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for name in source.sample("abcde", source.randrange(4)):
        values = [_literal(source), {"type": "uri_file", "path": "azureml:cars:2", "mode": "download"}, [1, 2.5, "x"]]
        values += [f"${{{{parent.jobs.{source.choice(before)}.outputs.o}}}}"] if before else []
        values += [f"${{{{parent.inputs.{source.choice(inputs)}}}}}"] if inputs else []
        given[name] = source.choice(values)
    node: dict[str, Any] = {"inputs": given}
    if outputs and source.random() < 0.3:
        node["outputs"] = {"o": f"${{{{parent.outputs.{source.choice(outputs)}}}}}"}
    elif source.random() < 0.3:
        node["outputs"] = {"o": None, "p": {"type": "uri_file", "mode": "upload"}}
    if source.random() < 0.4:
        node |= {"comment": source.choice(WORDS), "compute": "azureml:gpu", "limits": {"timeout": 60}}
    if source.random() < 0.2:
        node |= {"is_deterministic": source.random() < 0.5, "retry_settings": {"max_retries": 2}}
    return node | _body(source, list(given), depth)


def _body(source: random.Random, given: list[str], depth: int) -> dict[str, Any]:
    kind = source.randrange(5 if depth < 2 else 4)
    if kind == 0:
        return {"component": "atelier:split_data:1"}
    if kind == 1:
        return {"component": source.choice(("azureml:train:3", "azureml:train@latest"))}
    if kind == 2:
        return {"command": source.choice(("python a.py", "set -e\npython b.py\n")), "environment": {"image": "python"}}
    if kind == 3:
        return {"component": {"type": "command", "command": "python c.py ${{inputs.a}}", "inputs": {"a": {"type": "number", "max": 3}}}}  # fmt: skip
    inner = _jobs(source, given, ["done"], depth + 1)
    declared = {name: {"type": "string", "optional": True} for name in given}
    return {"type": "pipeline", "component": {"inputs": declared, "outputs": {"done": None}, "jobs": inner}}
