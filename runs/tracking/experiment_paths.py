"""The parts of an experiment's path. MLflow's names may begin or end with a slash or hold several in a row."""

import re

# Only a slash between two other characters parts the levels of the tree: no level has an empty name.
_BETWEEN = re.compile(r"(?<=[^/])/(?=[^/])")


def parts(path: str) -> list[str]:
    """The names from the top down; joined by slashes they are the path again."""
    return _BETWEEN.split(path)


def prefixes(path: str) -> list[str]:
    """The path of each level from the top down, its own last."""
    names = parts(path)
    return ["/".join(names[: depth + 1]) for depth in range(len(names))]
