"""The commands of the trash and the store, for the table in `commands`."""

from __future__ import annotations

from atelier._cli.parser import Verb, arg

_RUNS = arg("runs", metavar="RUN", nargs="+", help="the runs' ids")
_PATH = arg("path", metavar="PATH", help="the experiment's path")

TOP = (
    Verb(
        "purge",
        "Remove what is in the trash for good, or say what that would free.",
        "atelier purge --dry-run",
        "trash.purge",
        (
            arg("runs", metavar="RUN", nargs="*", help="only these runs of the trash (default: all of it)"),
            arg("--dry-run", action="store_true", help="say what would go; nothing is removed"),
            arg("--yes", action="store_true", help="do not ask"),
        ),
    ),
    Verb("storage", "Show what the store holds.", "atelier storage", "trash.storage"),
)

RUN = (
    Verb("rm", "Put runs into the trash.", "atelier run rm k3v9x2m7qabc", "trash.remove_runs", (_RUNS,)),
    Verb(
        "restore",
        "Bring runs back from the trash or the archive.",
        "atelier run restore k3v9x2m7qabc",
        "trash.restore_runs",
        (_RUNS,),
    ),
)

EXPERIMENT = (
    Verb(
        "rm",
        "Put an experiment and its runs into the trash.",
        "atelier experiment rm vision/digits",
        "trash.remove_experiment",
        (_PATH,),
    ),
    Verb(
        "restore",
        "Bring an experiment back from the trash, with the runs that went with it.",
        "atelier experiment restore vision/digits",
        "trash.restore_experiment",
        (_PATH,),
    ),
)
