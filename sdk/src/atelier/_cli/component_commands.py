"""The commands of components and pipeline files, for the table in `commands`."""

from __future__ import annotations

from atelier._cli.parser import Verb, arg

_NAME = arg("name", metavar="NAME", help="the component's name")
_VERSION = arg("--version", metavar="VERSION", default="", help="one version of it")

COMPONENT = (
    Verb(
        "list",
        "List components.",
        "atelier component list --source workspace",
        "components.list_components",
        (
            arg("--search", metavar="WORDS", default="", help="only those with these words in name or description"),
            arg("--category", metavar="NAME", default="", help="only those of this category"),
            arg("--source", choices=("studio", "workspace"), default="", help="the studio's own, or registered ones"),
        ),
    ),
    Verb("show", "Show a component or one version of it.", "atelier component show train --version 2", "components.show",
         (_NAME, _VERSION)),
    Verb(
        "create",
        "Register a version of a component file.",
        "atelier component create -f component.yml",
        "components.create",
        (
            arg("-f", "--file", required=True, metavar="FILE", help="the file, as Azure ML writes it"),
            arg("--version", metavar="VERSION", default="", help="the version instead of the file's"),
        ),
    ),
    Verb("archive", "Hide a component, or one version from `latest`.", "atelier component archive train --version 1",
         "components.archive", (_NAME, _VERSION)),
    Verb("restore", "Take an archived component or version back.", "atelier component restore train",
         "components.restore", (_NAME, _VERSION)),
    Verb("delete", "Delete a version, or a component with all of them.", "atelier component delete train --version 1",
         "components.delete", (_NAME, _VERSION, arg("--yes", action="store_true", help="do not ask"))),
)  # fmt: skip
PIPELINE = (
    Verb(
        "check",
        "Say what is wrong with a pipeline file. Nothing is started.",
        "atelier pipeline check pipeline.yml",
        "components.check",
        (arg("file", metavar="FILE", help="the pipeline file"),),
    ),
)
