"""`${{secrets.token}}` in the value of an environment variable, and the sentence for it elsewhere."""

from atelier import _secrets

from runs.tracking.jobfile import bindings
from runs.tracking.jobfile.problems import did_you_mean
from runs.tracking.jobfile.reader import Tree
from runs.tracking.jobfile.values import Check

KIND = "secrets"


def note(check: Check, tree: Tree, path: str, text: str) -> None:
    """Keep the place of a value that names secrets: whether they are there is known in the workspace alone."""
    for binding in bindings.find(text):
        if binding.kind != KIND:
            guess = did_you_mean(binding.kind, [KIND])
            if guess:
                check.wrong(path, tree.place, f"{binding.text} names nothing.{guess}")
        elif _secrets.REFERENCE.fullmatch(binding.text) is None:
            check.wrong(path, tree.place, f"{binding.text} names no secret: write ${{{{secrets.name}}}}")
        else:
            check.places[path] = tree.place


def elsewhere(binding: bindings.Binding) -> str:
    """What is wrong with a secret in a command; empty when it is none."""
    if binding.kind != KIND:
        return ""
    return (
        f"{binding.text} can't stand in the command, which everybody can read: give it to an environment variable"
        " (environment_variables: {TOKEN: ${{secrets.…}}}) and read that"
    )
