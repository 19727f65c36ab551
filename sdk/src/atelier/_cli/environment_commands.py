"""The commands of environments, for the table in `commands`."""

from __future__ import annotations

from atelier._cli.parser import Verb, arg

_NAME = arg("name", metavar="NAME", help="the environment's name")
_VERSION = arg("--version", metavar="REF", help="a version, or latest")

ENVIRONMENT = (
    Verb(
        "list",
        "List environments.",
        "atelier environment list --curated",
        "environments.list_environments",
        (
            arg("--search", metavar="WORDS", help="only those with these words in name or description"),
            arg("--curated", action="store_true", help="those that ship with the studio"),
            arg("--contents", action="store_true", help="what runs were given, named or not"),
            arg("--archived", action="store_true", help="the archived ones"),
            arg("--limit", type=int, default=50, metavar="N", help="at most this many (default 50)"),
        ),
    ),
    Verb(
        "show",
        "Show an environment with its versions, or one version.",
        "atelier environment show train --version latest",
        "environments.show",
        (arg("name", metavar="NAME", help="its name, or the number of a content"), _VERSION),
    ),
    Verb(
        "create",
        "Register a version of an environment file.",
        "atelier environment create -f env.yml",
        "environments.create",
        (
            arg("-f", "--file", required=True, metavar="FILE", help="the file, as Azure ML writes it"),
            arg("--name", help="the name instead of the file's"),
            arg("--version", metavar="VERSION", help="the version instead of the file's"),
        ),
    ),
    Verb(
        "build",
        "Build an environment as a virtual environment or an image.",
        "atelier environment build train:2 --form image --stream",
        "environments.build",
        (
            arg("name", metavar="REF", help="a name with or without a version, also a curated one"),
            arg("--form", choices=("venv", "image"), default="venv", help="what to build (default: venv)"),
            arg("--stream", action="store_true", help="print the log and wait for the end"),
            arg("--retry", action="store_true", help="try a build again that failed"),
        ),
    ),
    Verb("archive", "Hide an environment, or one version from `latest`.", "atelier environment archive train --version 1",
         "environments.archive", (_NAME, _VERSION)),
    Verb("restore", "Take an archived environment or version back.", "atelier environment restore train",
         "environments.restore", (_NAME, _VERSION)),
    Verb(
        "delete",
        "Delete a version, or an environment with all of them.",
        "atelier environment delete train --version 1",
        "environments.delete",
        (_NAME, _VERSION, arg("--yes", action="store_true", help="do not ask")),
    ),
)  # fmt: skip
