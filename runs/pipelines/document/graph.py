"""What a pipeline's nodes need of each other. Pure: `jobs` is the mapping of one level, a document's or a component's."""

from collections.abc import Iterator, Mapping
from typing import Any

from runs.components.files import bindings

Jobs = Mapping[str, Mapping[str, Any]]
CONTROL = ("if_else", "do_while", "parallel_for")
LOOPS = ("do_while", "parallel_for")


def owners(jobs: Jobs) -> dict[str, str]:
    """The body of each loop, with the loop that runs it."""
    found: dict[str, str] = {}
    for name, node in jobs.items():
        if node.get("type") in LOOPS:
            for body in bindings.nodes_of(node.get("body")):
                found.setdefault(body, name)
    return found


def branches(jobs: Jobs) -> dict[str, list[str]]:
    """Each node that stands in a block of an if_else, with the if_elses that decide on it."""
    found: dict[str, list[str]] = {}
    for name, node in jobs.items():
        if node.get("type") == "if_else":
            for block in (*bindings.nodes_of(node.get("true_block")), *bindings.nodes_of(node.get("false_block"))):
                found.setdefault(block, []).append(name)
    return found


def needs(jobs: Jobs) -> dict[str, list[str]]:
    """For each node that runs by itself, the nodes it waits for; the body of a loop is a part of the loop.

    What reads an output of a body waits for the loop; a node of a block waits for its if_else. Names that are no
    nodes are left out.
    """
    owner, decided = owners(jobs), branches(jobs)
    found: dict[str, list[str]] = {}
    for name in jobs:
        if name in owner:
            continue
        wanted: dict[str, None] = {}
        for part in [name, *_bodies(name, jobs, owner)]:
            sources = (*_sources(jobs[part]), *decided.get(part, []))
            wanted |= dict.fromkeys(_outermost(source, owner) for source in sources if source in jobs)
        is_loop = jobs[name].get("type") in LOOPS
        found[name] = [one for one in wanted if not (one == name and is_loop)]
    return found


def cycle(jobs: Jobs) -> list[str]:
    """The names of a cycle in the order in which data would go round, ["a", "b", "a"]; empty where there is none."""
    wanted = needs(jobs)
    done: set[str] = set()
    for first in wanted:
        if first not in done and (found := _cycle_from(first, wanted, done)):
            return found[::-1]
    return []


def levels(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The document and every inline pipeline below it, each with the node it stands in ("outer.inner")."""
    waiting: list[tuple[str, Mapping[str, Any]]] = [("", document)]
    while waiting:
        path, holder = waiting.pop(0)
        yield path, holder
        for name, node in (holder.get("jobs") or {}).items():
            component = node.get("component")
            if isinstance(component, Mapping) and "jobs" in component:
                waiting.append((f"{path}.{name}" if path else name, component))


def _sources(node: Mapping[str, Any]) -> Iterator[str]:
    """The nodes that a node names as what it reads."""
    for part in ("inputs", "condition", "items"):
        for bound in bindings.find(node.get(part)):
            if bound.kind == "output":
                yield bound.node


def _bodies(name: str, jobs: Jobs, owner: Mapping[str, str]) -> list[str]:
    """The body of a loop, and of a loop that is a body."""
    found: list[str] = []
    at = name
    while jobs[at].get("type") in LOOPS:
        below = [body for body in bindings.nodes_of(jobs[at].get("body")) if owner.get(body) == at and body in jobs]
        if not below or below[0] in found or below[0] == name:
            break
        found.append(below[0])
        at = below[0]
    return found


def _outermost(name: str, owner: Mapping[str, str]) -> str:
    seen = {name}
    while name in owner and owner[name] not in seen:
        name = owner[name]
        seen.add(name)
    return name


def _cycle_from(first: str, wanted: Mapping[str, list[str]], done: set[str]) -> list[str]:
    """Depth first without recursion: a pipeline may be a line of 2,000 nodes."""
    path, places = [first], {first: 0}
    iterators = [iter(wanted[first])]
    while iterators:
        following = next(iterators[-1], None)
        if following is None:
            done.add(path[-1])
            places.pop(path.pop())
            iterators.pop()
        elif following in places:
            return [*path[places[following] :], following]
        elif following not in done and following in wanted:
            places[following] = len(path)
            path.append(following)
            iterators.append(iter(wanted[following]))
    return []
