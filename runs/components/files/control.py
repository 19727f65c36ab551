"""Nodes that decide what runs: if_else, do_while, parallel_for."""

import json
from typing import Any

from runs.components.files import bindings, interface, node_fields
from runs.components.files.checking import FileCheck
from runs.tracking.jobfile.reader import Entry, Items, Scalar, Table, Tree, to_plain

TYPES = ("if_else", "do_while", "parallel_for")
FIELDS = {
    "if_else": ("type", "condition", "true_block", "false_block", "comment", "display_name"),
    "do_while": ("type", "body", "condition", "mapping", "limits", "comment", "display_name"),
    "parallel_for": ("type", "body", "items", "max_concurrency", "outputs", "comment", "display_name"),
}
MAX_ROUNDS = 1000
MAX_ITEMS = 1000
MAX_AT_ONCE = 1000


def read(check: FileCheck, table: Table, path: str, kind: str) -> dict[str, Any]:
    """The node in normal form: blocks and bodies as `${{parent.jobs.NODE}}`."""
    fields = check.known(table.entries, path, FIELDS[kind])
    found: dict[str, Any] = {"type": kind, "comment": ""}
    found |= node_fields.texts(check, fields, path, ("comment", "display_name"))
    return found | _READERS[kind](check, table, fields, path)


def _branch(check: FileCheck, table: Table, fields: dict[str, Entry], path: str) -> dict[str, Any]:
    found: dict[str, Any] = {"condition": _condition(check, table, fields, path)}
    for name in ("true_block", "false_block"):
        if name in fields:
            block = _nodes(check, fields[name].tree, f"{path}.{name}")
            found |= {name: block} if block else {}
    if "true_block" not in found and "false_block" not in found:
        sentence = "an if_else needs a true_block or a false_block: ${{parent.jobs.NODE}}"
        check.wrong(path, table.place, sentence, "bad_control")
    return found


def _loop(check: FileCheck, table: Table, fields: dict[str, Entry], path: str) -> dict[str, Any]:
    found = {"body": _body(check, table, fields, path), "condition": "", "mapping": {}, "limits": {}}
    if "condition" in fields:
        found["condition"] = _condition(check, table, fields, path)
    if "mapping" in fields:
        found["mapping"] = _mapping(check, fields["mapping"].tree, f"{path}.mapping")
    if "limits" not in fields:
        sentence = "a do_while needs limits: {max_iteration_count: …}, so that it ends"
        check.wrong(path, table.place, sentence, "bad_control")
        return found
    below = check.known(
        check.entries(fields["limits"].tree, f"{path}.limits"), f"{path}.limits", ("max_iteration_count",)
    )
    if "max_iteration_count" in below:
        tree = below["max_iteration_count"].tree
        count = check.whole(tree, f"{path}.limits.max_iteration_count", minimum=1, maximum=MAX_ROUNDS)
        found["limits"] = {"max_iteration_count": count} if count else {}
    return found


def _each(check: FileCheck, table: Table, fields: dict[str, Entry], path: str) -> dict[str, Any]:
    found: dict[str, Any] = {"body": _body(check, table, fields, path)}
    if "items" in fields:
        found["items"] = _items(check, fields["items"].tree, f"{path}.items")
    else:
        check.wrong(path, table.place, "a parallel_for needs items: a list, a mapping or a binding", "bad_control")
        found["items"] = []
    if "max_concurrency" in fields:
        tree = fields["max_concurrency"].tree
        count = check.whole(tree, f"{path}.max_concurrency", minimum=1, maximum=MAX_AT_ONCE)
        found |= {"max_concurrency": count} if count else {}
    outputs = fields["outputs"].tree if "outputs" in fields else None
    entries = check.entries(outputs, f"{path}.outputs") if outputs is not None else {}
    found["outputs"] = {name: _output(check, entry, f"{path}.outputs.{name}") for name, entry in entries.items()}
    return found


_READERS = {"if_else": _branch, "do_while": _loop, "parallel_for": _each}


def _output(check: FileCheck, entry: Entry, path: str) -> Any:
    check.at(path, entry.place)
    value = interface.output(check, entry.tree, path)
    if "path" in value:
        value["path"] = bindings.normal(value["path"])
    return value["path"] if list(value) == ["path"] and bindings.is_bound(value["path"]) else value


def _condition(check: FileCheck, table: Table, fields: dict[str, Entry], path: str) -> Any:
    """True, false, or what is bound; a do_while may name an output of its body by its name alone."""
    if "condition" not in fields:
        check.wrong(path, table.place, "condition is missing: ${{parent.jobs.NODE.outputs.PORT}}", "bad_control")
        return ""
    tree = fields["condition"].tree
    check.at(f"{path}.condition", tree.place)
    value = check.scalar(tree, f"{path}.condition")
    if isinstance(value, str):
        plain = value.strip().lower()
        return interface.BOOLEANS[plain] if plain in interface.BOOLEANS else bindings.normal(value.strip())
    if value is not None and not isinstance(value, bool):
        check.wrong(f"{path}.condition", tree.place, "condition must be true, false or a binding", "bad_control")
        return ""
    return "" if value is None else value


def _body(check: FileCheck, table: Table, fields: dict[str, Entry], path: str) -> str:
    if "body" not in fields:
        check.wrong(path, table.place, "body is missing: ${{parent.jobs.NODE}}", "bad_control")
        return ""
    found = _nodes(check, fields["body"].tree, f"{path}.body")
    if isinstance(found, list):
        check.wrong(f"{path}.body", fields["body"].tree.place, "body is one node", "bad_control")
        return ""
    return found


def _nodes(check: FileCheck, tree: Tree, path: str) -> Any:
    """`${{parent.jobs.NODE}}`, or a list of more than one."""
    trees = tree.items if isinstance(tree, Items) else (tree,)
    check.at(path, tree.place)
    found = []
    for one in trees:
        text = check.text(one, path, limit=500).strip()
        named = bindings.parse(text)
        if text and (named is None or named.kind != "node"):
            sentence = f"{path} names a node of this pipeline, ${{{{parent.jobs.NODE}}}}, not {text[:80]!r}"
            check.wrong(path, one.place, sentence, "bad_control")
        elif named is not None:
            found.append(bindings.write(named))
    return "" if not found else found[0] if len(found) == 1 else found


def _mapping(check: FileCheck, tree: Tree, path: str) -> dict[str, Any]:
    """`{output of the body: input of the body}`, as `${{parent.jobs.BODY.inputs.NAME}}` or a list of these."""
    found = {}
    for name, entry in check.entries(tree, path).items():
        below = f"{path}.{name}"
        check.at(below, entry.tree.place)
        trees = entry.tree.items if isinstance(entry.tree, Items) else (entry.tree,)
        texts = [bindings.normal(check.text(one, below, limit=500).strip()) for one in trees]
        found[name] = texts[0] if len(texts) == 1 else texts
    return found


def _items(check: FileCheck, tree: Tree, path: str) -> Any:
    """A binding, or a list or mapping of what each round is given. JSON as a text is read."""
    check.at(path, tree.place)
    value = to_plain(tree)
    if isinstance(tree, Scalar):
        text = check.text(tree, path)
        if bindings.is_bound(text):
            return bindings.normal(text.strip())
        try:
            value = json.loads(text)
        except ValueError:
            value = None
    if not isinstance(value, list | dict):
        check.wrong(path, tree.place, "items must be a list, a mapping, either as JSON, or a binding", "bad_control")
        return []
    if len(value) > MAX_ITEMS:
        check.wrong(path, tree.place, f"items has more than {MAX_ITEMS:,} entries", "too_large")
        return []
    rounds = value.values() if isinstance(value, dict) else value
    if not all(isinstance(one, dict) for one in rounds):
        check.wrong(path, tree.place, "each of items must be a mapping of inputs and their values", "bad_control")
        return []
    return _checked_rounds(check, tree, path, value)


def _checked_rounds(check: FileCheck, tree: Tree, path: str, value: Any) -> Any:
    """The items, once every value in them can be kept as JSON."""
    try:
        text = json.dumps(value, allow_nan=False)
        text.encode()
    except (TypeError, ValueError):
        check.wrong(path, tree.place, "items holds a value that JSON has not, such as NaN")
        return []
    if "\\u0000" in text:
        check.wrong(path, tree.place, "items holds a NUL, which can't be stored")
        return []
    return value
